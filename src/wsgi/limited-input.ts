// A request body of unknown length, of which only so much is read.

import { linesOf, readLines } from './input-lines.ts'
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

  readlines(hint = -1): Promise<Buffer[]> {
    return readLines(this, hint)
  }

  [Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    return linesOf(this)
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
