// One field line, RFC 9112 §5, and the fields that decide about framing and the connection.

import { equalsIgnoringCase, isDigitByte, isFieldValueByte, isTokenByte } from './grammar.ts'
import { isAuthority } from './host.ts'
import type { HttpLimits } from './limits.ts'
import type { RequestHead } from './request-head.ts'
import type { ViolationCode } from './violation.ts'

const SPACE = 0x20
const TAB = 0x09
const COLON = 0x3a
const CR = 0x0d
const COMMA = 0x2c

/** Where name and value of a field line lie. One is made per parser and filled again and again. */
export interface FieldSpan {
  nameStart: number
  nameEnd: number
  valueStart: number
  valueEnd: number
  nameHash: number
}

/**
 * Whether a field line breaks a limit: `received` bytes of it came before its LF (or came at all), after `before` bytes of a part that
 * may have `maxBytes`. Of two limits the one that is reached first counts, so that the answer does not depend on how the bytes were split.
 */
export function lineTooLong(
  received: number,
  before: number,
  maxBytes: number,
  limits: HttpLimits,
): 'line' | 'part' | undefined {
  const lineRoom = limits.maxHeaderBytes + 1 // the CR
  const partRoom = maxBytes + 1 - before
  if (received <= lineRoom && received <= partRoom) return undefined
  return partRoom < lineRoom ? 'part' : 'line'
}

/** Reads the line between `start` and `end` (without its CRLF, not empty) into `span`. */
export function parseFieldLine(
  bytes: Buffer,
  start: number,
  end: number,
  span: FieldSpan,
): ViolationCode | undefined {
  if (bytes[start] === SPACE || bytes[start] === TAB) return 'FIELD_FOLDED'
  let at = start
  let hash = 0
  while (at < end && isTokenByte(bytes[at]!)) {
    hash = (hash * 31 + (bytes[at]! | 0x20)) | 0
    at++
  }
  // White space before the colon is refused, not skipped: proxies disagree on whose field it is then (RFC 9112 §5.1).
  if (at === start || bytes[at] !== COLON) return 'FIELD_MALFORMED'
  span.nameStart = start
  span.nameEnd = at
  span.nameHash = hash
  at++
  while (at < end && isWhiteSpace(bytes[at]!)) at++
  let valueEnd = end
  while (valueEnd > at && isWhiteSpace(bytes[valueEnd - 1]!)) valueEnd--
  span.valueStart = at
  span.valueEnd = valueEnd
  for (; at < valueEnd; at++) {
    if (!isFieldValueByte(bytes[at]!)) return 'FIELD_MALFORMED'
  }
  return undefined
}

/** Adds a parsed field to the head, noting what the server itself has to know of it. */
export function takeField(head: RequestHead, span: FieldSpan): ViolationCode | undefined {
  const { nameStart, nameEnd } = span
  const index = head.fieldCount
  head.addField(nameStart, nameEnd, span.valueStart, span.valueEnd, span.nameHash)
  const bytes = head.bytes
  switch (nameEnd - nameStart) {
    case 4:
      return equalsIgnoringCase(bytes, nameStart, nameEnd, 'host') ? takeHost(head, span, index) : undefined
    case 6:
      return equalsIgnoringCase(bytes, nameStart, nameEnd, 'expect') ? takeExpect(head, span) : undefined
    case 10:
      if (equalsIgnoringCase(bytes, nameStart, nameEnd, 'connection')) takeConnection(head, span)
      return undefined
    case 12:
      return equalsIgnoringCase(bytes, nameStart, nameEnd, 'content-type')
        ? refuseRepeated(head, index)
        : undefined
    case 14:
      return equalsIgnoringCase(bytes, nameStart, nameEnd, 'content-length')
        ? takeContentLength(head, span)
        : undefined
    case 17:
      return equalsIgnoringCase(bytes, nameStart, nameEnd, 'transfer-encoding')
        ? takeTransferEncoding(head, span)
        : undefined
    default:
      return undefined
  }
}

/** RFC 9112 §3.2: exactly one Host field; an empty one is the client's word that the target has no authority. */
function takeHost(head: RequestHead, span: FieldSpan, index: number): ViolationCode | undefined {
  if (head.hostField !== -1) return 'FIELD_REPEATED'
  head.hostField = index
  const { valueStart, valueEnd } = span
  if (valueStart !== valueEnd && !isAuthority(head.bytes, valueStart, valueEnd)) return 'HOST_MALFORMED'
  if (head.hostStart === -1) {
    head.hostStart = valueStart
    head.hostEnd = valueEnd
  }
  return undefined
}

function takeExpect(head: RequestHead, span: FieldSpan): ViolationCode | undefined {
  if (!equalsIgnoringCase(head.bytes, span.valueStart, span.valueEnd, '100-continue'))
    return 'EXPECTATION_UNKNOWN'
  head.expectsContinue = true
  return undefined
}

function takeConnection(head: RequestHead, span: FieldSpan): void {
  const bytes = head.bytes
  let at = span.valueStart
  while (at < span.valueEnd) {
    let end = at
    while (end < span.valueEnd && bytes[end] !== COMMA) end++
    let last = end
    while (at < last && isWhiteSpace(bytes[at]!)) at++
    while (last > at && isWhiteSpace(bytes[last - 1]!)) last--
    if (equalsIgnoringCase(bytes, at, last, 'close')) head.asksClose = true
    else if (equalsIgnoringCase(bytes, at, last, 'keep-alive')) head.asksKeepAlive = true
    at = end + 1
  }
}

function refuseRepeated(head: RequestHead, index: number): ViolationCode | undefined {
  for (let other = 0; other < index; other++) {
    if (head.sameName(other, index)) return 'FIELD_REPEATED'
  }
  return undefined
}

/** RFC 9110 §8.6: 1*DIGIT, in one field only. A list, a sign or a prefix is where two parsers part ways. */
function takeContentLength(head: RequestHead, span: FieldSpan): ViolationCode | undefined {
  if (head.contentLength !== -1) return 'FIELD_REPEATED'
  if (span.valueStart === span.valueEnd || hasTab(head, span)) return 'CONTENT_LENGTH_MALFORMED'
  let length = 0
  for (let at = span.valueStart; at < span.valueEnd; at++) {
    const byte = head.bytes[at]!
    if (!isDigitByte(byte)) return 'CONTENT_LENGTH_MALFORMED'
    length = length * 10 + byte - 0x30
  }
  // Beyond 2^53 the number is rounded, which does not matter: no limit is that high.
  head.contentLength = length
  return head.isChunked ? 'FRAMING_AMBIGUOUS' : undefined
}

/** RFC 9112 §6.1: only exactly `chunked`, once, is served. */
function takeTransferEncoding(head: RequestHead, span: FieldSpan): ViolationCode | undefined {
  if (head.isChunked || hasTab(head, span)) return 'TRANSFER_ENCODING_MALFORMED'
  const { valueStart, valueEnd } = span
  if (!equalsIgnoringCase(head.bytes, valueStart, valueEnd, 'chunked')) {
    return isCodingList(head.bytes, valueStart, valueEnd)
      ? 'TRANSFER_ENCODING_UNSUPPORTED'
      : 'TRANSFER_ENCODING_MALFORMED'
  }
  // An HTTP/1.0 sender cannot have meant it (RFC 9112 §6.1), and a proxy before us may have ignored it.
  if (head.minorVersion === 0) return 'TRANSFER_ENCODING_MALFORMED'
  head.isChunked = true
  return head.contentLength !== -1 ? 'FRAMING_AMBIGUOUS' : undefined
}

/** A tab round a value is legal (RFC 9112 §5), but parsers that trim spaces only do not see the same framing. */
function hasTab({ bytes }: RequestHead, span: FieldSpan): boolean {
  for (let at = span.nameEnd; bytes[at] !== CR; at++) {
    if (bytes[at] === TAB) return true
  }
  return false
}

function isCodingList(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (!isTokenByte(byte) && byte !== COMMA && byte !== SPACE) return false
  }
  return end > start
}

function isWhiteSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB
}
