// When to say that workers are still booting: after some seconds, then less and less often, until all are there.

const FIRST_MS = 5_000

export class BootWatch {
  #nextMs = FIRST_MS

  /** Whether it is time to say so. `forMs` is how long the one that boots the longest has; undefined when none does. */
  isTimeToTell(forMs: number | undefined): boolean {
    if (forMs === undefined) this.#nextMs = FIRST_MS
    if (forMs === undefined || forMs < this.#nextMs) return false
    this.#nextMs *= 2
    return true
  }
}
