// What a stream of Node's has, block by block as it is asked for: who reads slowly slows down whoever writes.

import type { Readable } from 'node:stream'

const EVENTS = ['readable', 'end', 'close'] as const

export class ReadableBlocks {
  readonly #stream: Readable
  readonly #failed = (error: Error): void => this.fail(error)
  readonly #wakeUp = (): void => {
    for (const wake of this.#waiting.splice(0)) wake()
  }
  readonly #waiting: (() => void)[] = []
  #failure: Error | undefined

  constructor(stream: Readable) {
    this.#stream = stream
    for (const event of EVENTS) stream.on(event, this.#wakeUp)
    stream.on('error', this.#failed)
  }

  /** The next block; undefined at the end. Rejects with what the stream failed of. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure
      const block = this.#stream.read() as Buffer | null
      if (block !== null) return block
      if (this.#stream.readableEnded || this.#stream.destroyed) return undefined
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Whoever asks for a block is told `error`, from now on. */
  fail(error: Error): void {
    this.#failure ??= error
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

  /** Leaves the stream to somebody else. */
  leave(): void {
    for (const event of EVENTS) this.#stream.off(event, this.#wakeUp)
    this.#stream.off('error', this.#failed)
  }
}
