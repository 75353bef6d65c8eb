// How long to wait before a process that died is replaced: not at all, or longer each time while they die young.

const FIRST_MS = 100
const LONGEST_MS = 10_000
// A process that dies younger than this would most likely do so again.
const SHORT_LIFE_MS = 1_000
// After such a time without a death, what happened before is over.
const QUIET_MS = 60_000

export class RestartPauses {
  #nextMs = FIRST_MS
  #lastMs = Number.NEGATIVE_INFINITY

  /** The pause after the death of a process that was of use for `lifeMs`. */
  after(lifeMs: number, nowMs: number = performance.now()): number {
    if (lifeMs >= SHORT_LIFE_MS || nowMs - this.#lastMs >= QUIET_MS) this.#nextMs = FIRST_MS
    this.#lastMs = nowMs
    if (lifeMs >= SHORT_LIFE_MS) return 0
    const pauseMs = this.#nextMs
    this.#nextMs = Math.min(pauseMs * 2, LONGEST_MS)
    return pauseMs
  }
}
