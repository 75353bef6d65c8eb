// A request body of unknown length, of which only so much is read.

import type { InputStream } from './input-stream.ts'

/** What reading throws beyond the limit. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
  readonly status = 413
  /** The same, as Express and Fastify look for it. */
  readonly statusCode = 413

  constructor(maxBytes: number) {
    super(`the request's body has more than the ${maxBytes} bytes that bodyLimit allows`)
  }
}

/** Reads `input` up to `maxBytes`. */
export class LimitedInput implements InputStream {
  readonly #input: InputStream
  readonly #maxBytes: number
  #bytes = 0

  constructor(input: InputStream, maxBytes: number) {
    this.#input = input
    this.#maxBytes = maxBytes
  }

  /** More was read, or there would have been more. */
  get isExceeded(): boolean {
    return this.#bytes > this.#maxBytes
  }

  async read(size = -1): Promise<Buffer> {
    return this.#count(await this.#input.read(this.#within(size)))
  }

  async readline(size = -1): Promise<Buffer> {
    return this.#count(await this.#input.readline(this.#within(size)))
  }

  async readlines(hint = -1): Promise<Buffer[]> {
    const lines: Buffer[] = []
    let bytes = 0
    for await (const line of this) {
      lines.push(line)
      bytes += line.length
      if (hint > 0 && bytes >= hint) break
    }
    return lines
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    for (let line = await this.readline(); line.length > 0; line = await this.readline()) yield line
  }

  /** One byte beyond the limit is asked for: only that tells whether there is more. */
  #within(size: number): number {
    const left = Math.max(0, this.#maxBytes - this.#bytes) + 1
    return size < 0 ? left : Math.min(size, left)
  }

  #count(bytes: Buffer): Buffer {
    this.#bytes += bytes.length
    if (this.isExceeded) throw new BodyTooLarge(this.#maxBytes)
    return bytes
  }
}
