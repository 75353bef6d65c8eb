// Sends an open file as an answer's body, a block at a time, never more than one block ahead of the client.

import { close } from 'node:fs'
import type { FileBody } from '../wsgi/exchange.ts'
import { readBlock } from '../spool/file-block.ts'

/** Where the blocks go: `false` from `write` means to wait for `resume`. */
export interface BlockSink {
  write(block: Buffer): boolean
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
    readBlock(this.#descriptor, this.#position, this.#remaining, (error, block) => {
      this.#isReading = false
      if (this.#isStopped) this.#close()
      else if (error !== null || block.length === 0) this.#fail()
      else this.#pass(block)
    })
  }

  /** The client is gone, or all is sent. */
  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    // A read under way still uses the descriptor; it closes it when it comes back.
    if (!this.#isReading) this.#close()
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
