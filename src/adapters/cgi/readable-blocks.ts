// What a stream of Node's has, block by block as it is asked for: who reads slowly slows down whoever writes.

import type { Readable } from 'node:stream'

export class ReadableBlocks {
  readonly #stream: Readable
  readonly #wakeUp = (): void => this.#wake?.()
  #wake: (() => void) | undefined
  #failure: Error | undefined

  constructor(stream: Readable) {
    this.#stream = stream
    for (const event of ['readable', 'end', 'close'] as const) stream.on(event, this.#wakeUp)
    stream.on('error', (error) => this.fail(error))
  }

  /** The next block; undefined at the end. Rejects with what the stream failed of. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure
      const block = this.#stream.read() as Buffer | null
      if (block !== null) return block
      if (this.#stream.readableEnded || this.#stream.destroyed) return undefined
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** Nothing more is read: whoever asks for a block is told `error`. */
  fail(error: Error): void {
    this.#failure ??= error
    this.#stream.destroy()
    this.#wakeUp()
  }

  /** What still comes is dropped. */
  discard(): void {
    // A stream that was read by `readable` does not flow at once when that is taken off.
    const drop = (): void => {
      while (this.#stream.read() !== null);
    }
    this.#stream.on('readable', drop)
    drop()
  }
}
