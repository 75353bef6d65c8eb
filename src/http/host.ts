// The authority of a request: the Host field's value or the authority of an absolute-form target (RFC 9110 §7.2, RFC 3986 §3.2).

import { hexValue, isDigitByte, isHostByte } from './grammar.ts'

const COLON = 0x3a
const LEFT_BRACKET = 0x5b
const RIGHT_BRACKET = 0x5d
const PERCENT = 0x25
const DOT = 0x2e
const MAX_PORT = 65535

/** Whether the bytes are `uri-host [ ":" port ]`: no user information, no path, no list. An empty value is none. */
export function isAuthority(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return false
  const hostEnd =
    bytes[start] === LEFT_BRACKET ? endOfIpLiteral(bytes, start, end) : endOfName(bytes, start, end)
  if (hostEnd === undefined || hostEnd === start) return false
  return hostEnd === end || (bytes[hostEnd] === COLON && isPort(bytes, hostEnd + 1, end))
}

function endOfName(bytes: Uint8Array, start: number, end: number): number | undefined {
  let at = start
  while (at < end && isHostByte(bytes[at]!)) {
    if (bytes[at] === PERCENT && !isEncodedByte(bytes, at, end)) return undefined
    at++
  }
  return at
}

function isEncodedByte(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 2 < end && hexValue(bytes[at + 1]!) >= 0 && hexValue(bytes[at + 2]!) >= 0
}

function endOfIpLiteral(bytes: Uint8Array, start: number, end: number): number | undefined {
  let at = start + 1
  while (at < end && (hexValue(bytes[at]!) >= 0 || bytes[at] === COLON || bytes[at] === DOT)) at++
  return at > start + 1 && bytes[at] === RIGHT_BRACKET && at < end ? at + 1 : undefined
}

function isPort(bytes: Uint8Array, start: number, end: number): boolean {
  let port = 0
  for (let at = start; at < end; at++) {
    if (!isDigitByte(bytes[at]!)) return false
    port = port * 10 + bytes[at]! - 0x30
    if (port > MAX_PORT) return false
  }
  return true
}
