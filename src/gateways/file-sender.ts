// Sends an open file as an answer's body, a block at a time, never more than one block ahead of the client.

import { close, read } from 'node:fs'
import type { FileBody } from '../wsgi/exchange.ts'

/** Where the blocks go, and come from. */
export interface BlockSink {
  /** Memory for some of the `bytes` that are left. */
  takeBlock(bytes: number): Buffer
  /** Takes a block, or the beginning of one, which is the sink's again. False: wait for `resume`. */
  write(block: Buffer): boolean
  /** Takes a block back of which nothing is needed. */
  unused(block: Buffer): void
  /** Every byte was handed over. */
  finished(): void
  /** The file ended early or could not be read. */
  failed(): void
}

/** Reads the span of `file` and closes it, whatever happens. */
export class FileSender {
  readonly #descriptor: number
  readonly #sink: BlockSink
  #position: number
  #remaining: number
  #isReading = false
  #isStopped = false

  constructor(file: FileBody, sink: BlockSink) {
    this.#descriptor = file.descriptor
    this.#position = file.offset
    this.#remaining = file.size
    this.#sink = sink
  }

  /** Goes on after the start, or after the sink was full. */
  resume(): void {
    if (this.#isReading || this.#isStopped) return
    if (this.#remaining === 0) {
      this.stop()
      this.#sink.finished()
      return
    }
    this.#isReading = true
    const block = this.#sink.takeBlock(this.#remaining)
    const bytes = Math.min(block.length, this.#remaining)
    read(this.#descriptor, block, 0, bytes, this.#position, (error, bytesRead) => {
      this.#haveRead(block, error === null ? bytesRead : 0)
    })
  }

  /** The client is gone, or all is sent. */
  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    // A read under way still uses the descriptor; it closes it when it comes back.
    if (!this.#isReading) this.#close()
  }

  #haveRead(block: Buffer, bytes: number): void {
    this.#isReading = false
    if (!this.#isStopped && bytes > 0) {
      this.#pass(block.subarray(0, bytes))
      return
    }
    this.#sink.unused(block)
    if (this.#isStopped) this.#close()
    else this.#fail()
  }

  #pass(block: Buffer): void {
    this.#position += block.length
    this.#remaining -= block.length
    if (this.#sink.write(block) || this.#remaining === 0) this.resume()
  }

  #fail(): void {
    this.stop()
    this.#sink.failed()
  }

  #close(): void {
    close(this.#descriptor, () => undefined)
  }
}
