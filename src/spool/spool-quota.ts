// How much may lie in a spool at a time. Counts what was really handed over for writing, never what a client only announces:
// otherwise one that declares a gibibyte and sends nothing would keep everybody else out.

/** What a file of the spool is for. */
export type SpoolUse = 'body' | 'answer'

export class SpoolQuota {
  readonly maxBytes: number
  readonly #heldBytes = { body: 0, answer: 0 }

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  get heldBytes(): number {
    return this.#heldBytes.body + this.#heldBytes.answer
  }

  /** False, and nothing is counted, if there is no room for `bytes` more. */
  take(use: SpoolUse, bytes: number): boolean {
    if (this.heldBytes + bytes > this.maxBytes) return false
    // A full share only slows answers down, whereas a request body without room is refused: answers leave half of it alone.
    if (use === 'answer' && this.#heldBytes.answer + bytes > this.maxBytes / 2) return false
    this.#heldBytes[use] += bytes
    return true
  }

  free(use: SpoolUse, bytes: number): void {
    this.#heldBytes[use] -= bytes
  }
}
