// Lines of text out of a stream of bytes, none of them longer than memory has room for.

const LONGEST_BYTES = 131_072
const LF = 0x0a
const CR = 0x0d

export class LineSplitter {
  readonly #tell: (line: string) => void
  #begun: Buffer[] = []
  #begunBytes = 0

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  /** `bytes` stay as they are. */
  add(bytes: Buffer): void {
    let start = 0
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, start)) {
      this.#keep(bytes.subarray(start, end))
      this.#tellBegun()
      start = end + 1
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start))
    // The rest of it comes as a line of its own.
    if (this.#begunBytes > LONGEST_BYTES) this.#tellBegun()
  }

  /** Nothing more comes: what has no end yet is a line too. */
  end(): void {
    if (this.#begunBytes > 0) this.#tellBegun()
  }

  #keep(bytes: Buffer): void {
    this.#begun.push(bytes)
    this.#begunBytes += bytes.length
  }

  #tellBegun(): void {
    const line = Buffer.concat(this.#begun)
    this.#begun = []
    this.#begunBytes = 0
    this.#tell(line.toString('utf8', 0, line.at(-1) === CR ? line.length - 1 : line.length))
  }
}
