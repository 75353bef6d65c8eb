// Says when it is time to give back the memory that a crowd of clients has left behind.

// Fewer leave no more behind than the next thousand requests do.
const CROWD = 1_000
// Connections take a moment to be gone altogether.
const QUIET_MS = 2_000
// A server that never rests gives the memory back all the same.
const PATIENCE_MS = 15_000

export class QuietTimes {
  #most = 0
  #connections = 0
  #requests = 0
  #leftSinceMs: number | undefined
  #quietSinceMs = 0

  /** Call it with each turn of the clock: true once when most of a crowd has left and nothing is going on, or has been for long. */
  hasCrowdLeft(connections: number, requests: number, nowMs: number): boolean {
    if (requests !== this.#requests || connections !== this.#connections) this.#quietSinceMs = nowMs
    this.#requests = requests
    this.#connections = connections
    this.#most = Math.max(this.#most, connections)
    if (this.#most - connections < Math.max(CROWD, this.#most / 2)) {
      this.#leftSinceMs = undefined
      return false
    }
    this.#leftSinceMs ??= nowMs
    const isQuiet = nowMs - this.#quietSinceMs >= QUIET_MS
    if (!isQuiet && nowMs - this.#leftSinceMs < PATIENCE_MS) return false
    this.#most = connections
    this.#leftSinceMs = undefined
    return true
  }
}
