// How long the next requests have to be expected to take in the application, judged by the last 512 to 1,024.

import { TIME_BUCKETS, bucketOf, endOf } from './time-buckets.ts'

const WINDOW = 512
const WARM_UP = 32
const OUTLIERS = 0.01
/** No wait for a processor lasts this long unless the machine is far beyond its limits, … */
const LONG_MICROS = 20_000
/** … or threads wait for one another: then it is a multiple of what most of them take. */
const LONG_TIMES = 8

export class ServiceTime {
  #recent = new Window()
  #earlier = new Window()

  /** One request's time in the application, in microseconds. */
  record(micros: number): void {
    this.#recent.record(micros)
    if (this.#recent.count === WINDOW) this.#turnWindow()
  }

  /**
   * In microseconds, pessimistically: as long as the slowest of them but for one in a hundred, which may be slow because its thread had to wait
   * for a processor. A request that took truly long counts even alone. Unknown (infinite) before the first few.
   */
  get expectedMicros(): number {
    const longest = Math.max(this.#recent.longest, this.#earlier.longest)
    const usual = this.#slowestButOutliers(longest)
    return longest >= LONG_MICROS && longest >= LONG_TIMES * usual ? longest : usual
  }

  /** In microseconds; unknown (infinite) before the first few. */
  get meanMicros(): number {
    const count = this.#count
    return count < WARM_UP ? Number.POSITIVE_INFINITY : (this.#recent.sum + this.#earlier.sum) / count
  }

  get #count(): number {
    return this.#recent.count + this.#earlier.count
  }

  #slowestButOutliers(longest: number): number {
    const count = this.#count
    if (count < WARM_UP) return Number.POSITIVE_INFINITY
    let outliers = Math.floor(count * OUTLIERS)
    let bucket = bucketOf(longest)
    while (bucket > 0) {
      outliers -= this.#recent.counts[bucket]! + this.#earlier.counts[bucket]!
      if (outliers < 0) break
      bucket--
    }
    return Math.max(1, endOf(bucket))
  }

  #turnWindow(): void {
    const oldest = this.#earlier
    this.#earlier = this.#recent
    this.#recent = oldest
    oldest.clear()
  }
}

class Window {
  readonly counts = new Uint32Array(TIME_BUCKETS)
  count = 0
  sum = 0
  longest = 0

  record(micros: number): void {
    this.counts[bucketOf(micros)]!++
    this.count++
    this.sum += micros
    if (micros > this.longest) this.longest = micros
  }

  clear(): void {
    this.counts.fill(0)
    this.count = this.sum = this.longest = 0
  }
}
