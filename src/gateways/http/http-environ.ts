// An HTTP/1.1 request as an environ block. RFC 3875 names the keys, PEP 3333 and wsgi-requirements W11 to W18 the rest.

import type { RequestHead } from '../../http/request-head.ts'
import { isForwardedField } from '../../http/forwarded.ts'
import { equalsIgnoringCase } from '../../http/grammar.ts'
import { EnvironBlock, encodePairs, environKey } from '../../wsgi/environ-block.ts'

const CONTENT_TYPE = environKey('CONTENT_TYPE')
const CONTENT_LENGTH = environKey('CONTENT_LENGTH')
const HTTP_HOST = environKey('HTTP_HOST')
const PROTOCOL_1_1 = encodePairs({ SERVER_PROTOCOL: 'HTTP/1.1' })
const PROTOCOL_1_0 = encodePairs({ SERVER_PROTOCOL: 'HTTP/1.0' })
const UNDERSCORE = 0x5f
// Every key written below by name, with its NULs and the digits of a length.
const FIXED_BYTES = 256
// "HTTP_", two NULs, and a separator.
const FIELD_EXTRA_BYTES = 9
const FORWARDED_BYTES = 'Forwarded'.length
const X_FORWARDED_BYTES = 'X-Forwarded-'.length
const LOWER_X = 0x78

/** What the environ of all connections' requests depends on. */
export interface EnvironSettings {
  /** The mount prefix as it stands in request targets; empty without one. */
  readonly mount: Buffer
  /** The mount prefix decoded, each of its bytes a character. */
  readonly scriptName: string
  readonly serverSoftware: string
  /** Whether a trusted proxy has this address; `''` asks for peers on a Unix socket. */
  readonly trusts: (address: string) => boolean
  /** Names in lower case of the fields that may hold `_`. */
  readonly allowedUnderscoreFields: ReadonlySet<string>
  /** Called with the name of each field that is dropped because its `_` would collide with `-` in an environ key. */
  readonly onUnderscoreField: (name: string) => void
  /** Called with the name of each field that is dropped because its sender may not say who the client is. */
  readonly onForwardedFieldRemoved: (name: string, remoteAddress: string) => void
}

/** Whom fields come from. */
export interface FieldSender {
  /** Empty on a Unix socket. */
  readonly remoteAddress: string
  /** Its word on who the client is counts. */
  readonly isTrusted: boolean
}

// One block serves all requests: it is only written to between `begin` and the return below.
const block = new EnvironBlock()

/** No more bytes than this are written by both functions below. */
export function httpEnvironBytes(head: RequestHead): number {
  const targetBytes = head.targetEnd - head.targetStart
  let bytes = FIXED_BYTES + 4 * targetBytes + head.methodEnd - head.methodStart
  bytes += head.hostEnd - head.hostStart
  if (head.fieldCount > 0) {
    bytes += head.valueEnd(head.fieldCount - 1) - head.nameStart(0) + head.fieldCount * FIELD_EXTRA_BYTES
  }
  return bytes
}

/**
 * Writes the four values that begin an own environ block, and the length of the body; -1 when nobody knows it yet. Returns where it
 * ends.
 */
export function writeRequestLine(
  target: Buffer,
  start: number,
  head: RequestHead,
  bodyBytes: number,
  mount: Buffer,
): number {
  const { bytes, targetStart, targetEnd } = head
  block.begin(target, start)
  block.putValue(bytes, head.methodStart, head.methodEnd)
  block.putPath(mount, bytes, head.pathStart, head.pathEnd, head.hasEncodedPath)
  block.putValue(bytes, head.queryStart, targetEnd)
  block.putValue(bytes, targetStart, targetEnd)
  // A chunked body that is complete has a length, which is all that an application can use (W16).
  if (bodyBytes !== -1 && (head.contentLength !== -1 || head.isChunked))
    block.putText(CONTENT_LENGTH, String(bodyBytes))
  return block.end
}

/** Writes what comes from the fields, and the protocol's version. Returns where it ends. */
export function writeFieldPairs(
  target: Buffer,
  start: number,
  head: RequestHead,
  sender: FieldSender,
  settings: EnvironSettings,
): number {
  block.begin(target, start)
  block.putPairs(head.minorVersion === 1 ? PROTOCOL_1_1 : PROTOCOL_1_0)
  if (head.hostStart !== -1) block.put(HTTP_HOST, head.bytes, head.hostStart, head.hostEnd)
  let hasAllowedUnderscore = false
  for (let field = 0; field < head.fieldCount; field++) {
    if (!hasUnderscore(head, field)) putField(head, field, sender, settings)
    else if (isAllowed(head, field, settings)) hasAllowedUnderscore = true
    else settings.onUnderscoreField(nameOf(head, field))
  }
  if (hasAllowedUnderscore) putAllowedFields(head, settings)
  return block.end
}

/** Last of all, so that they win over fields with `-` that have the same key (protocol/link.md). */
function putAllowedFields(head: RequestHead, settings: EnvironSettings): void {
  for (let field = 0; field < head.fieldCount; field++) {
    if (hasUnderscore(head, field) && isAllowed(head, field, settings)) putJoined(head, field)
  }
}

function isAllowed(head: RequestHead, field: number, settings: EnvironSettings): boolean {
  if (settings.allowedUnderscoreFields.size === 0) return false
  return settings.allowedUnderscoreFields.has(nameOf(head, field).toLowerCase())
}

function putField(head: RequestHead, field: number, sender: FieldSender, settings: EnvironSettings): void {
  const { bytes } = head
  const nameStart = head.nameStart(field)
  const nameEnd = head.nameEnd(field)
  if (!sender.isTrusted && saysWhoTheClientIs(bytes, nameStart, nameEnd)) {
    settings.onForwardedFieldRemoved(nameOf(head, field), sender.remoteAddress)
    return
  }
  switch (nameEnd - nameStart) {
    case 4:
      if (field === head.hostField) return
      break
    case 5:
      // HTTP_PROXY is where many a client library looks for its proxy ("httpoxy", CVE-2016-5385).
      if (equalsIgnoringCase(bytes, nameStart, nameEnd, 'proxy')) return
      break
    case 12:
      if (equalsIgnoringCase(bytes, nameStart, nameEnd, 'content-type')) {
        block.put(CONTENT_TYPE, bytes, head.valueStart(field), head.valueEnd(field))
        return
      }
      break
    case 14:
      if (equalsIgnoringCase(bytes, nameStart, nameEnd, 'content-length')) return
      break
    case 17:
      if (equalsIgnoringCase(bytes, nameStart, nameEnd, 'transfer-encoding')) return
      break
    default:
  }
  putJoined(head, field)
}

function saysWhoTheClientIs(bytes: Buffer, nameStart: number, nameEnd: number): boolean {
  // A length and a letter sort out nearly all.
  const length = nameEnd - nameStart
  const isLikely =
    length === FORWARDED_BYTES || (length >= X_FORWARDED_BYTES && (bytes[nameStart]! | 0x20) === LOWER_X)
  return isLikely && isForwardedField(bytes, nameStart, nameEnd)
}

/** Writes a field with all its repetitions, at the first of them (W13). */
function putJoined(head: RequestHead, field: number): void {
  if (head.mayRepeatNames && isRepetition(head, field)) return
  block.beginField(head.bytes, head.nameStart(field), head.nameEnd(field))
  block.putBytes(head.bytes, head.valueStart(field), head.valueEnd(field))
  if (head.mayRepeatNames) joinRepetitions(head, field)
  block.endValue()
}

function isRepetition(head: RequestHead, field: number): boolean {
  for (let earlier = 0; earlier < field; earlier++) {
    if (head.sameName(earlier, field)) return true
  }
  return false
}

/** W13: one key, the values in the order sent. */
function joinRepetitions(head: RequestHead, field: number): void {
  const isCookie = equalsIgnoringCase(head.bytes, head.nameStart(field), head.nameEnd(field), 'cookie')
  for (let later = field + 1; later < head.fieldCount; later++) {
    if (!head.sameName(field, later)) continue
    block.putSeparator(isCookie)
    block.putBytes(head.bytes, head.valueStart(later), head.valueEnd(later))
  }
}

function nameOf(head: RequestHead, field: number): string {
  return head.bytes.toString('latin1', head.nameStart(field), head.nameEnd(field))
}

function hasUnderscore(head: RequestHead, field: number): boolean {
  const { bytes } = head
  const end = head.nameEnd(field)
  for (let at = head.nameStart(field); at < end; at++) {
    if (bytes[at] === UNDERSCORE) return true
  }
  return false
}
