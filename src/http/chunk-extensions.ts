// Chunk extensions, RFC 9112 §7.1.1. Nobody uses them, but parsers part ways over where a malformed one ends, so the grammar is kept:
// ";" name [ "=" ( token / quoted-string ) ], again and again, without the white space that only old senders put in.

import { isFieldValueByte, isTokenByte } from './grammar.ts'

const SEMICOLON = 0x3b
const EQUALS = 0x3d
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Whether the bytes between the chunk size and its CRLF are extensions, or none at all. */
export function areChunkExtensions(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end) {
    if (bytes[at] !== SEMICOLON) return false
    const nameEnd = endOfToken(bytes, at + 1, end)
    if (nameEnd === at + 1) return false
    at = nameEnd
    if (at === end || bytes[at] !== EQUALS) continue
    const valueStart = at + 1
    at =
      bytes[valueStart] === QUOTE ? endOfQuoted(bytes, valueStart, end) : endOfToken(bytes, valueStart, end)
    if (at === valueStart) return false
  }
  return true
}

function endOfToken(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && isTokenByte(bytes[at]!)) at++
  return at
}

/** Behind the closing quote of a quoted-string (RFC 9110 §5.6.4); `start` if it is none. */
function endOfQuoted(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    if (bytes[at] === QUOTE) return at + 1
    if (bytes[at] === BACKSLASH) at++
    if (at === end || !isFieldValueByte(bytes[at]!)) return start
  }
  return start
}
