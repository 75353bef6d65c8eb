// Received bytes in, the variables of a uwsgi packet out (https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html). What follows them is
// the body.

import { ReceivedBytes } from '../cgi/received-bytes.ts'
import type { UwsgiViolation } from './violation.ts'

const HEADER_BYTES = 4
const LENGTH_BYTES = 2
/** modifier1 of a request for a WSGI application. modifier2 means nothing in one. */
const REQUEST = 0

/** `head-too-long`: the variables are longer than may be, and are not read. */
export type UwsgiHeadEvent = 'need-data' | 'head' | 'head-too-long' | 'violation'

/** Give it bytes with `receive`, and ask `next`, until there is a head or will be none. */
export class UwsgiHeadReader {
  /** Names and values in turn, one character a byte. */
  pairs: readonly string[] = []
  violation: UwsgiViolation | undefined
  readonly #maxHeadBytes: number
  readonly #received = new ReceivedBytes()

  constructor(maxHeadBytes: number) {
    this.#maxHeadBytes = maxHeadBytes
  }

  /** Some of the request has come. */
  get hasBegun(): boolean {
    return this.#received.length > 0
  }

  /** What follows the head, as far as it is received; it may be empty. */
  get rest(): Buffer {
    const { bytes, position, end } = this.#received
    return bytes.subarray(position, end)
  }

  /** Takes `bytes` from `start` to `end`, which may not change from now on. */
  receive(bytes: Buffer, start = 0, end = bytes.length): void {
    this.#received.receive(bytes, start, end)
  }

  next(): UwsgiHeadEvent {
    const { bytes, position, length } = this.#received
    if (length > 0 && bytes[position] !== REQUEST) return this.#violate('UWSGI_MODIFIER_UNSERVED')
    if (length < HEADER_BYTES) return 'need-data'
    const headBytes = readU16(bytes, position + 1)
    if (headBytes > this.#maxHeadBytes) return 'head-too-long'
    if (length < HEADER_BYTES + headBytes) return 'need-data'
    const start = position + HEADER_BYTES
    this.#received.position = start + headBytes
    return this.#readVariables(bytes, start, start + headBytes) ? 'head' : this.#violate('UWSGI_VARIABLE_CUT')
  }

  #readVariables(bytes: Buffer, start: number, end: number): boolean {
    const text = bytes.toString('latin1', start, end)
    const strings: string[] = []
    let at = start
    while (at < end) {
      const textStart = at + LENGTH_BYTES
      if (textStart > end) return false
      const textEnd = textStart + readU16(bytes, at)
      if (textEnd > end) return false
      strings.push(text.slice(textStart - start, textEnd - start))
      at = textEnd
    }
    this.pairs = strings
    return strings.length % 2 === 0
  }

  #violate(code: UwsgiViolation): 'violation' {
    this.violation = code
    return 'violation'
  }
}

function readU16(bytes: Buffer, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8)
}
