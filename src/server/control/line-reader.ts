// Bytes in, whole lines out. What is kept of a line that has not ended is bounded.

const NEWLINE = 0x0a

export class LineReader {
  readonly #longestBytes: number
  #parts: Buffer[] = []
  #partsBytes = 0
  /** A line was longer than may be: nothing more is read. */
  isTooLong = false

  constructor(longestBytes: number) {
    this.#longestBytes = longestBytes
  }

  /** The lines that have ended, without their ends. */
  receive(bytes: Buffer): readonly string[] {
    const lines: string[] = []
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      if (!this.#keep(bytes.subarray(start, end))) return lines
      lines.push(this.#take())
      start = end + 1
    }
    this.#keep(bytes.subarray(start))
    return lines
  }

  /** Whether there was room for it. */
  #keep(part: Buffer): boolean {
    this.#parts.push(part)
    this.#partsBytes += part.length
    this.isTooLong ||= this.#partsBytes > this.#longestBytes
    return !this.isTooLong
  }

  #take(): string {
    const line = Buffer.concat(this.#parts).toString('utf8')
    this.#parts = []
    this.#partsBytes = 0
    return line
  }
}
