// How long something took lately, as a histogram, and quantiles of it when somebody asks: at most an eighth too high.

import type { Quantiles } from './pool-status.ts'
import { TIME_BUCKETS, bucketOf, endOf } from './time-buckets.ts'

/** The last one to two of these are kept. */
const WINDOW_MS = 30_000
const MAX_MICROS = 0xffff_ffff

export class Latencies {
  #recent = new Uint32Array(TIME_BUCKETS)
  #earlier = new Uint32Array(TIME_BUCKETS)
  #recentMax = 0
  #earlierMax = 0
  #turnedMs = performance.now()

  /** `micros` is a whole number, or is taken as one. */
  record(micros: number): void {
    const value = micros < MAX_MICROS ? micros >>> 0 : MAX_MICROS
    if (value > this.#recentMax) this.#recentMax = value
    this.#recent[bucketOf(value)]!++
  }

  /** To be called every now and then: forgets what is too long ago. */
  forget(nowMs: number): void {
    if (nowMs - this.#turnedMs < WINDOW_MS) return
    this.#turnedMs = nowMs
    const oldest = this.#earlier
    this.#earlier = this.#recent
    this.#recent = oldest.fill(0)
    this.#earlierMax = this.#recentMax
    this.#recentMax = 0
  }

  get quantiles(): Quantiles {
    const counts = this.#recent.map((count, bucket) => count + this.#earlier[bucket]!)
    const count = counts.reduce((sum, next) => sum + next, 0)
    const max = Math.max(this.#recentMax, this.#earlierMax)
    const at = (part: number): number => Math.min(quantileOf(counts, count * part), max) / 1_000
    return { count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: max / 1_000 }
  }
}

/** The longest time of the bucket in which the one lies that `rank` others are not longer than. */
function quantileOf(counts: Uint32Array, rank: number): number {
  let seen = 0
  for (let bucket = 0; bucket < TIME_BUCKETS; bucket++) {
    seen += counts[bucket]!
    if (seen > 0 && seen >= rank) return endOf(bucket)
  }
  return 0
}
