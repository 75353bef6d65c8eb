// The authority of a request: the Host field's value or the authority of an absolute-form target (RFC 9110 §7.2, RFC 3986 §3.2).

import { isDigitByte, isHostByte } from './grammar.ts'
import { canonicalAddress } from './ip-address.ts'

const COLON = 0x3a
const LEFT_BRACKET = 0x5b
const RIGHT_BRACKET = 0x5d
const MAX_PORT = 65535

/** Whether the bytes are `uri-host [ ":" port ]`: no user information, no path, no list. An empty value is none. */
export function isAuthority(bytes: Buffer, start: number, end: number): boolean {
  if (start === end) return false
  const hostEnd =
    bytes[start] === LEFT_BRACKET ? endOfIpLiteral(bytes, start, end) : endOfName(bytes, start, end)
  if (hostEnd === undefined || hostEnd === start) return false
  return hostEnd === end || (bytes[hostEnd] === COLON && isPort(bytes, hostEnd + 1, end))
}

function endOfName(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && isHostByte(bytes[at]!)) at++
  return at
}

/** Behind the closing bracket of an IPv6 address without a zone, which only its own machine understands. */
function endOfIpLiteral(bytes: Buffer, start: number, end: number): number | undefined {
  const length = bytes.subarray(start, end).indexOf(RIGHT_BRACKET)
  const address = bytes.toString('latin1', start + 1, start + Math.max(1, length))
  return address.includes(':') && canonicalAddress(address) !== undefined ? start + length + 1 : undefined
}

function isPort(bytes: Buffer, start: number, end: number): boolean {
  let port = 0
  for (let at = start; at < end; at++) {
    if (!isDigitByte(bytes[at]!)) return false
    port = port * 10 + bytes[at]! - 0x30
    if (port > MAX_PORT) return false
  }
  return true
}
