// How much of bodies may lie in memory at a time, of all clients together: what has no room there goes to the disk. So it is fast clients,
// whose bodies are gone soon, that do without files, and thousands of slow ones cannot fill the memory.

export class MemoryBudget {
  readonly #maxBytes: number
  #heldBytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** False, and nothing is counted, if there is no room for `bytes` more. */
  take(bytes: number): boolean {
    if (this.#heldBytes + bytes > this.#maxBytes) return false
    this.#heldBytes += bytes
    return true
  }

  free(bytes: number): void {
    this.#heldBytes -= bytes
  }
}
