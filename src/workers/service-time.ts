// How long the next request has to be expected to take in the application, judged pessimistically by the recent ones: as long as
// the slowest of them but for one in a hundred, which may be slow because its thread had to wait for a processor. A request that took
// truly long counts even alone.

const WINDOW = 512
const WARM_UP = 32
const OUTLIERS = 0.01
/** No wait for a processor lasts this long unless the machine is far beyond its limits. */
const LONG_MICROS = 20_000
/** Bucket `n` holds times below 2^n microseconds. */
const BUCKETS = 33

export class ServiceTime {
  #recent = new Uint32Array(BUCKETS)
  #earlier = new Uint32Array(BUCKETS)
  #recentLongest = 0
  #earlierLongest = 0
  #count = 0
  #total = 0

  /** One request's time in the application, in microseconds. */
  record(micros: number): void {
    const bucket = 32 - Math.clz32(micros)
    this.#recent[bucket]!++
    if (micros > this.#recentLongest) this.#recentLongest = micros
    this.#total++
    if (++this.#count === WINDOW) this.#turnWindow()
  }

  /** In microseconds, by the last 512 to 1,024 requests; unknown (infinite) before the first few. */
  get expectedMicros(): number {
    if (this.#total < WARM_UP) return Number.POSITIVE_INFINITY
    const longest = Math.max(this.#recentLongest, this.#earlierLongest)
    if (longest >= LONG_MICROS) return longest
    let outliers = Math.floor((this.#count + (this.#total > this.#count ? WINDOW : 0)) * OUTLIERS)
    for (let bucket = BUCKETS - 1; bucket > 0; bucket--) {
      outliers -= this.#recent[bucket]! + this.#earlier[bucket]!
      if (outliers < 0) return 2 ** bucket
    }
    return 1
  }

  #turnWindow(): void {
    const oldest = this.#earlier
    this.#earlier = this.#recent
    this.#recent = oldest.fill(0)
    this.#earlierLongest = this.#recentLongest
    this.#recentLongest = 0
    this.#count = 0
  }
}
