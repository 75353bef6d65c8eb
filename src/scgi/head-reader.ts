// Received bytes in, the headers of an SCGI request out, by the rules of https://python.ca/scgi/protocol.txt. What follows them is the body.

import { ReceivedBytes } from '../cgi/received-bytes.ts'
import type { ScgiViolation } from './violation.ts'

const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const COMMA = 0x2c
// More digits are no length that anybody could send.
const MOST_DIGITS = 10
const LENGTH = /^[0-9]{1,15}$/

/** `head-too-long`: the headers are longer than may be, and are not read. */
export type ScgiHeadEvent = 'need-data' | 'head' | 'head-too-long' | 'violation'

/** Give it bytes with `receive`, and ask `next`, until there is a head or will be none. */
export class ScgiHeadReader {
  /** Names and values in turn, one character a byte. */
  pairs: readonly string[] = []
  violation: ScgiViolation | undefined
  readonly #maxHeadBytes: number
  readonly #received = new ReceivedBytes()
  /** Of the headers, once it is read. */
  #headBytes = -1

  constructor(maxHeadBytes: number) {
    this.#maxHeadBytes = maxHeadBytes
  }

  /** Some of the request has come. */
  get hasBegun(): boolean {
    return this.#received.length > 0 || this.#headBytes !== -1
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

  next(): ScgiHeadEvent {
    if (this.#headBytes === -1) {
      const length = this.#readLength()
      if (typeof length === 'string') return length
      if (length > this.#maxHeadBytes) return 'head-too-long'
      this.#headBytes = length
    }
    const { bytes, position, length } = this.#received
    if (length <= this.#headBytes) return 'need-data'
    const headEnd = position + this.#headBytes
    if (bytes[headEnd] !== COMMA) return this.#violate('SCGI_NETSTRING_MALFORMED')
    this.#received.position = headEnd + 1
    this.violation = this.#readHeaders(bytes.toString('latin1', position, headEnd))
    return this.violation === undefined ? 'head' : 'violation'
  }

  /** The length in front of the headers; the digits and the colon are used up then. */
  #readLength(): number | 'need-data' | 'violation' {
    const { bytes, position, end } = this.#received
    let length = 0
    for (let at = position; at < end; at++) {
      const byte = bytes[at]!
      if (byte === COLON && at > position) {
        this.#received.position = at + 1
        return length
      }
      const hasLeadingZero = at === position + 1 && length === 0
      if (byte < ZERO || byte > NINE || hasLeadingZero || at - position === MOST_DIGITS)
        return this.#violate('SCGI_NETSTRING_MALFORMED')
      length = length * 10 + byte - ZERO
    }
    return 'need-data'
  }

  #readHeaders(text: string): ScgiViolation | undefined {
    const pairs = text.split('\0')
    // The last NUL leaves an empty string behind it.
    if (pairs.pop() !== '' || pairs.length % 2 !== 0) return 'SCGI_HEADERS_MALFORMED'
    const names = new Set<string>()
    let isVersion1 = false
    for (let i = 0; i < pairs.length; i += 2) {
      const name = pairs[i]!
      if (name === '') return 'SCGI_HEADERS_MALFORMED'
      if (names.has(name)) return 'SCGI_HEADER_REPEATED'
      names.add(name)
      if (name === 'SCGI') isVersion1 = pairs[i + 1] === '1'
    }
    if (pairs[0] !== 'CONTENT_LENGTH' || !LENGTH.test(pairs[1] ?? '')) return 'SCGI_LENGTH_NOT_FIRST'
    if (!isVersion1) return 'SCGI_VERSION_MISSING'
    this.pairs = pairs
    return undefined
  }

  #violate(code: ScgiViolation): 'violation' {
    this.violation = code
    return 'violation'
  }
}
