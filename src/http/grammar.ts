// Character classes of RFC 9110 and RFC 9112 as tables: one look-up a byte. Bytes in, booleans and small values out.

const TOKEN = 1
const FIELD_VALUE = 2
const TARGET = 4
const HOST = 8
const DIGIT = 16
const METHOD = 32

const CLASSES = new Uint8Array(256)

function mark(characters: string, bit: number): void {
  for (let i = 0; i < characters.length; i++) CLASSES[characters.charCodeAt(i)]! |= bit
}

function markRange(first: number, last: number, bit: number): void {
  for (let code = first; code <= last; code++) CLASSES[code]! |= bit
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

mark('0123456789', DIGIT)
mark(ALPHANUMERIC + "!#$%&'*+-.^_`|~", TOKEN) // RFC 9110 §5.6.2
markRange(0x20, 0x7e, FIELD_VALUE) // RFC 9110 §5.5: VCHAR, obs-text, SP and HTAB
markRange(0x80, 0xff, FIELD_VALUE)
mark('\t', FIELD_VALUE)
// RFC 3986 §2, and what browsers leave as it is beyond that. Never "#", on which proxies disagree.
mark(ALPHANUMERIC + "-._~%!$&'()*+,;=:@/?[]" + '\\^`{|}', TARGET)
// RFC 3986 §3.2.2 reg-name, without the comma that joins two Host lines, and without percent-encoding: who decodes it and who
// does not would see two hosts.
mark(ALPHANUMERIC + "-._~!$&'()*+;=", HOST)
mark('ABCDEFGHIJKLMNOPQRSTUVWXYZ-_', METHOD)

export function isTokenByte(byte: number): boolean {
  return (CLASSES[byte]! & TOKEN) !== 0
}

/** What the names of methods are made of in practice. */
export function isMethodByte(byte: number): boolean {
  return (CLASSES[byte]! & METHOD) !== 0
}

export function isFieldValueByte(byte: number): boolean {
  return (CLASSES[byte]! & FIELD_VALUE) !== 0
}

export function isTargetByte(byte: number): boolean {
  return (CLASSES[byte]! & TARGET) !== 0
}

export function isHostByte(byte: number): boolean {
  return (CLASSES[byte]! & HOST) !== 0
}

export function isDigitByte(byte: number): boolean {
  return (CLASSES[byte]! & DIGIT) !== 0
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** Whether the bytes are `lowerCase` (lower-case ASCII letters, digits and `-`) in any case. */
export function equalsIgnoringCase(
  bytes: Uint8Array,
  start: number,
  end: number,
  lowerCase: string,
): boolean {
  if (end - start !== lowerCase.length) return false
  for (let i = 0; i < lowerCase.length; i++) {
    const byte = bytes[start + i]!
    const folded = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    if (folded !== lowerCase.charCodeAt(i)) return false
  }
  return true
}
