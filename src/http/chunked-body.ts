// The chunked transfer coding, RFC 9112 §7.1. Bytes in, spans of body data out; sizes are read by our own digit loop.

import { areChunkExtensions } from './chunk-extensions.ts'
import { lineTooLong, parseFieldLine } from './field-line.ts'
import type { FieldSpan } from './field-line.ts'
import { equalsIgnoringCase, hexValue, isFieldValueByte } from './grammar.ts'
import type { HttpLimits } from './limits.ts'
import type { ViolationCode } from './violation.ts'

const CR = 0x0d
const LF = 0x0a
const SEMICOLON = 0x3b
// No limit is higher than 2^53, so more digits than this mean a body that is too large (leading zeros are not counted).
const MAX_SIZE_DIGITS = 13
const MAX_LEADING_ZEROS = 16
const FORBIDDEN_TRAILERS = ['content-length', 'transfer-encoding', 'connection']

type State = 'size' | 'data' | 'data-cr' | 'data-lf' | 'trailers'

/** Decodes one chunked body. Ask `next` again and again while it finds data. */
export class ChunkedBody {
  /** Span of the data found by the last `next`. */
  dataStart = 0
  dataEnd = 0
  /** Where `next` stopped reading. */
  position = 0
  violation: ViolationCode | undefined

  readonly #limits: HttpLimits
  readonly #maxBodyBytes: number
  readonly #span: FieldSpan = { nameStart: 0, nameEnd: 0, valueStart: 0, valueEnd: 0, nameHash: 0 }
  #state: State = 'size'
  #size = 0
  #bodyBytes = 0
  #extensionBytes = 0
  #trailerBytes = 0
  #trailerCount = 0

  constructor(limits: HttpLimits, maxBodyBytes = limits.maxBodyBytes) {
    this.#limits = limits
    this.#maxBodyBytes = maxBodyBytes
  }

  /** Reads on from `start`. `need-data` may leave bytes after `position`: give them again, with more behind them. */
  next(bytes: Buffer, start: number): 'data' | 'end' | 'need-data' | 'violation' {
    this.position = start
    for (;;) {
      switch (this.#state) {
        case 'size': {
          const step = this.#readSize(bytes)
          if (step !== 'go-on') return step
          break
        }
        case 'data':
          return this.#readData(bytes)
        case 'data-cr':
        case 'data-lf': {
          if (this.position === bytes.length) return 'need-data'
          const expected = this.#state === 'data-cr' ? CR : LF
          if (bytes[this.position] !== expected) return this.#fail('CHUNK_MALFORMED')
          this.position++
          this.#state = this.#state === 'data-cr' ? 'data-lf' : 'size'
          break
        }
        case 'trailers': {
          const step = this.#readTrailer(bytes)
          if (step !== 'go-on') return step
          break
        }
      }
    }
  }

  #readSize(bytes: Buffer): 'go-on' | 'need-data' | 'violation' {
    const lineStart = this.position
    let at = lineStart
    let size = 0
    let digits = 0
    for (; at < bytes.length; at++) {
      const value = hexValue(bytes[at]!)
      if (value < 0) break
      if (size > 0 || value > 0) digits++
      if (digits > MAX_SIZE_DIGITS) return this.#fail('BODY_TOO_LARGE')
      if (digits === 0 && at - lineStart >= MAX_LEADING_ZEROS) return this.#fail('CHUNK_MALFORMED')
      size = size * 16 + value
    }
    if (at === bytes.length) return 'need-data'
    if (at === lineStart) return this.#fail('CHUNK_MALFORMED')
    const sizeEnd = at
    if (bytes[at] === SEMICOLON) while (at < bytes.length && isFieldValueByte(bytes[at]!)) at++
    // Each is ignored, and an endless row of them must not keep us busy (CVE-2024-22019).
    if (this.#extensionBytes + at - sizeEnd > this.#limits.maxChunkExtensionBytes)
      return this.#fail('CHUNK_EXTENSIONS_TOO_LONG')
    if (at === bytes.length) return 'need-data'
    if (bytes[at] !== CR) return this.#fail('CHUNK_MALFORMED')
    if (at + 1 === bytes.length) return 'need-data'
    if (bytes[at + 1] !== LF || !areChunkExtensions(bytes, sizeEnd, at)) return this.#fail('CHUNK_MALFORMED')
    this.#extensionBytes += at - sizeEnd
    this.position = at + 2
    this.#bodyBytes += size
    if (this.#bodyBytes > this.#maxBodyBytes) return this.#fail('BODY_TOO_LARGE')
    this.#size = size
    this.#state = size === 0 ? 'trailers' : 'data'
    return 'go-on'
  }

  #readData(bytes: Buffer): 'data' | 'need-data' {
    const available = bytes.length - this.position
    if (available === 0) return 'need-data'
    const taken = Math.min(available, this.#size)
    this.dataStart = this.position
    this.dataEnd = this.position + taken
    this.position = this.dataEnd
    this.#size -= taken
    if (this.#size === 0) this.#state = 'data-cr'
    return 'data'
  }

  /** Trailer fields obey the grammar and the limits of header fields, and are then dropped: nothing here may use them. */
  #readTrailer(bytes: Buffer): 'go-on' | 'end' | 'need-data' | 'violation' {
    const start = this.position
    const lineFeed = bytes.indexOf(LF, start)
    const tooLong = lineTooLong(
      lineFeed === -1 ? bytes.length - start : lineFeed - start,
      this.#trailerBytes,
      this.#limits.maxTrailerBytes,
      this.#limits,
    )
    if (tooLong !== undefined) return this.#fail(tooLong === 'part' ? 'TRAILERS_TOO_LONG' : 'FIELD_TOO_LONG')
    if (lineFeed === -1) return 'need-data'
    const lineEnd = lineFeed - 1
    if (lineEnd < start || bytes[lineEnd] !== CR) return this.#fail('LINE_END')
    this.position = lineFeed + 1
    if (lineEnd === start) return 'end'
    this.#trailerBytes += this.position - start
    this.#trailerCount++
    if (this.#trailerCount > this.#limits.maxHeaders) return this.#fail('TOO_MANY_FIELDS')
    const violation = parseFieldLine(bytes, start, lineEnd, this.#span) ?? this.#checkTrailerName(bytes)
    return violation === undefined ? 'go-on' : this.#fail(violation)
  }

  /** RFC 9110 §6.5.1: no trailer steers message or connection. Whoever merges trailers into the head would see other ones. */
  #checkTrailerName(bytes: Buffer): ViolationCode | undefined {
    const { nameStart, nameEnd } = this.#span
    const isForbidden = FORBIDDEN_TRAILERS.some((name) => equalsIgnoringCase(bytes, nameStart, nameEnd, name))
    return isForbidden ? 'TRAILER_FORBIDDEN' : undefined
  }

  #fail(code: ViolationCode): 'violation' {
    this.violation = code
    return 'violation'
  }
}
