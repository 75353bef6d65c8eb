// Says when it is time to give back the memory that a crowd of clients has left behind.

// Fewer leave no more behind than the next thousand requests do.
const CROWD = 1_000
// A server that never rests gives it back all the same.
const PATIENCE_MS = 15_000

export class QuietTimes {
  #most = 0
  #requests = 0
  #waitingSinceMs: number | undefined

  /** Call it with each turn of the clock: true once when most of a crowd has left and nothing is going on, or has been for long. */
  hasCrowdLeft(connections: number, requests: number, nowMs: number): boolean {
    this.#most = Math.max(this.#most, connections)
    const isQuiet = requests === this.#requests
    this.#requests = requests
    if (this.#most - connections < Math.max(CROWD, this.#most / 2)) {
      this.#waitingSinceMs = undefined
      return false
    }
    this.#waitingSinceMs ??= nowMs
    if (!isQuiet && nowMs - this.#waitingSinceMs < PATIENCE_MS) return false
    this.#most = connections
    this.#waitingSinceMs = undefined
    return true
  }
}
