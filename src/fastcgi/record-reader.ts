// Received bytes in, FastCGI records out (§3.3). For both sides of a connection; what records mean is not decided here.

import { ReceivedBytes } from '../cgi/received-bytes.ts'
import { HEADER_BYTES, VERSION } from './record-types.ts'

const CONTENT_LENGTH_AT = 4

/** `violation`: a record of an unknown version; there is nothing to be read behind it. */
export type RecordEvent = 'record' | 'need-data' | 'violation'

/** Give it bytes with `receive`, then ask `next` until it is no record. */
export class RecordReader {
  /** The record found by the last `next`: its type and request, and where its content lies in `bytes`, where it stays. */
  type = 0
  requestId = 0
  start = 0
  end = 0
  readonly #received = new ReceivedBytes()
  /** Of the record found last, and not received yet. */
  #missingPadding = 0

  get bytes(): Buffer {
    return this.#received.bytes
  }

  /** In the middle of a record. */
  get isInRecord(): boolean {
    return this.#received.length > 0 || this.#missingPadding > 0
  }

  /** Takes `bytes` from `start` to `end`, which may not change from now on. */
  receive(bytes: Buffer, start = 0, end = bytes.length): void {
    this.#received.receive(bytes, start, end)
  }

  next(): RecordEvent {
    const received = this.#received
    this.#skipPadding()
    const { bytes, position, length } = received
    if (length > 0 && bytes[position] !== VERSION) return 'violation'
    if (length < HEADER_BYTES) return 'need-data'
    const contentLength = readU16(bytes, position + CONTENT_LENGTH_AT)
    if (length < HEADER_BYTES + contentLength) return 'need-data'
    this.type = bytes[position + 1]!
    this.requestId = readU16(bytes, position + 2)
    this.start = position + HEADER_BYTES
    this.end = this.start + contentLength
    this.#missingPadding = bytes[position + 6]!
    received.position = this.end
    return 'record'
  }

  #skipPadding(): void {
    const skipped = Math.min(this.#missingPadding, this.#received.length)
    this.#received.position += skipped
    this.#missingPadding -= skipped
  }
}

function readU16(bytes: Buffer, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}
