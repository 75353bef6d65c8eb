// How long requests take in the application lately, judged pessimistically: by the slowest of them, not by the mean.

const WINDOW = 512
const WARM_UP = 32

export class ServiceTime {
  #recent = 0
  #earlier = 0
  #count = 0

  /** One request's time in the application, in microseconds. */
  record(micros: number): void {
    if (micros > this.#recent) this.#recent = micros
    if (++this.#count === WINDOW) {
      this.#earlier = this.#recent
      this.#recent = 0
      this.#count = 0
    }
  }

  /** The slowest of the last 512 to 1,024 requests, in microseconds; unknown (infinite) before the first ones. */
  get slowestMicros(): number {
    if (this.#earlier === 0 && this.#count < WARM_UP) return Number.POSITIVE_INFINITY
    return Math.max(this.#recent, this.#earlier, 1)
  }
}
