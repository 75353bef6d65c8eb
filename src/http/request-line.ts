// The request line, RFC 9112 §3: method, one space, target, one space, version; nothing else, nothing repaired.

import { equalsIgnoringCase, hexValue, isMethodByte, isTargetByte, isTokenByte } from './grammar.ts'
import { isAuthority } from './host.ts'
import type { RequestHead } from './request-head.ts'
import type { ViolationCode } from './violation.ts'

const SPACE = 0x20
const SLASH = 0x2f
const QUESTION_MARK = 0x3f
const PERCENT = 0x25
const ASTERISK = 0x2a
const COLON = 0x3a
const DOT = 0x2e
const VERSION_BYTES = 8
const HTTP_SLASH = [0x48, 0x54, 0x54, 0x50, 0x2f]

/** Reads the line between `start` and `end` (without its CRLF) into `head`. Returns what is wrong with it, if anything. */
export function parseRequestLine(head: RequestHead, start: number, end: number): ViolationCode | undefined {
  const bytes = head.bytes
  let at = start
  while (at < end && isTokenByte(bytes[at]!)) at++
  if (at === start || bytes[at] !== SPACE) return 'REQUEST_LINE_MALFORMED'
  head.methodStart = start
  head.methodEnd = at
  head.isHead = isMethod(head, 'HEAD')
  const targetStart = at + 1
  const targetEnd = end - VERSION_BYTES - 1
  if (targetEnd <= targetStart || bytes[targetEnd] !== SPACE) return 'REQUEST_LINE_MALFORMED'
  head.targetStart = targetStart
  head.targetEnd = targetEnd
  return parseVersion(head, targetEnd + 1) ?? checkMethod(head) ?? parseTarget(head)
}

/** RFC 9110 §9.1 lets a method be any token, but names are upper-case: some parsers take "get" for GET, others do not. */
function checkMethod(head: RequestHead): ViolationCode | undefined {
  for (let at = head.methodStart; at < head.methodEnd; at++) {
    if (!isMethodByte(head.bytes[at]!)) return 'METHOD_UNUSUAL'
  }
  return isMethod(head, 'CONNECT') ? 'METHOD_CONNECT' : undefined
}

function parseVersion(head: RequestHead, start: number): ViolationCode | undefined {
  const bytes = head.bytes
  for (let i = 0; i < HTTP_SLASH.length; i++) {
    if (bytes[start + i] !== HTTP_SLASH[i]) return 'REQUEST_LINE_MALFORMED'
  }
  const major = bytes[start + 5]! - 0x30
  const minor = bytes[start + 7]! - 0x30
  if (bytes[start + 6] !== DOT || !isDigit(major) || !isDigit(minor)) return 'REQUEST_LINE_MALFORMED'
  if (major !== 1 || minor > 1) return 'VERSION_UNSUPPORTED'
  head.minorVersion = minor
  return undefined
}

function isDigit(value: number): boolean {
  return value >= 0 && value <= 9
}

function parseTarget(head: RequestHead): ViolationCode | undefined {
  const { bytes, targetStart, targetEnd } = head
  for (let at = targetStart; at < targetEnd; at++) {
    if (!isTargetByte(bytes[at]!)) return bytes[at] === SPACE ? 'REQUEST_LINE_MALFORMED' : 'TARGET_MALFORMED'
  }
  if (bytes[targetStart] === SLASH) return splitPath(head, targetStart)
  if (bytes[targetStart] === ASTERISK && targetEnd === targetStart + 1) {
    head.isAsterisk = true
    return isMethod(head, 'OPTIONS') ? splitPath(head, targetStart) : 'TARGET_MALFORMED'
  }
  return parseAbsoluteForm(head)
}

/** RFC 9112 §3.2.2: the authority of the target replaces what the Host field says. */
function parseAbsoluteForm(head: RequestHead): ViolationCode | undefined {
  const { bytes, targetStart, targetEnd } = head
  const colon = bytes.indexOf(COLON, targetStart)
  const authorityStart = colon + 3
  if (colon === -1 || authorityStart > targetEnd) return 'TARGET_MALFORMED'
  const isHttp =
    equalsIgnoringCase(bytes, targetStart, colon, 'http') ||
    equalsIgnoringCase(bytes, targetStart, colon, 'https')
  if (!isHttp || bytes[colon + 1] !== SLASH || bytes[colon + 2] !== SLASH) return 'TARGET_MALFORMED'
  let authorityEnd = authorityStart
  while (authorityEnd < targetEnd && bytes[authorityEnd] !== SLASH && bytes[authorityEnd] !== QUESTION_MARK)
    authorityEnd++
  if (!isAuthority(bytes, authorityStart, authorityEnd)) return 'TARGET_MALFORMED'
  head.hostStart = authorityStart
  head.hostEnd = authorityEnd
  return splitPath(head, authorityEnd)
}

function splitPath(head: RequestHead, pathStart: number): ViolationCode | undefined {
  const { bytes, targetEnd } = head
  let at = pathStart
  let hasEncodedPath = false
  for (; at < targetEnd && bytes[at] !== QUESTION_MARK; at++) {
    if (bytes[at] !== PERCENT) continue
    hasEncodedPath = true
    const high = at + 1 < targetEnd ? hexValue(bytes[at + 1]!) : -1
    const low = at + 2 < targetEnd ? hexValue(bytes[at + 2]!) : -1
    // %00 ends a string in C: file back ends and logs behind us would see another path than we do.
    if (high < 0 || low < 0 || high + low === 0) return 'TARGET_ENCODING'
  }
  head.pathStart = pathStart
  head.pathEnd = at
  head.queryStart = Math.min(at + 1, targetEnd)
  head.hasEncodedPath = hasEncodedPath
  return undefined
}

function isMethod(head: RequestHead, method: string): boolean {
  if (head.methodEnd - head.methodStart !== method.length) return false
  for (let i = 0; i < method.length; i++) {
    if (head.bytes[head.methodStart + i] !== method.charCodeAt(i)) return false
  }
  return true
}
