// X-Forwarded-Prefix: the path that a proxy has cut off. Applications put it before the paths they redirect to, so what a browser
// takes for another host, or a header's end, must not get through.

import { hexValue, isTargetByte } from './grammar.ts'

const PERCENT = 0x25
const QUESTION_MARK = 0x3f
const SLASH = '/'
const BACKSLASH = '\\'
const SPACE = 0x20
const DELETE = 0x7f

/** The prefix percent-decoded, each byte a character, without a slash at its end; undefined where it is malformed. */
export function parseForwardedPrefix(text: string): string | undefined {
  if (!text.startsWith(SLASH)) return undefined
  const decoded = decode(Buffer.from(text.endsWith(SLASH) ? text.slice(0, -1) : text, 'latin1'))
  if (decoded === undefined || decoded === '') return decoded
  const segments = decoded.slice(1).split(SLASH)
  // Browsers read /\host like //host: as another host.
  if (segments[0]!.startsWith(BACKSLASH)) return undefined
  return segments.some((segment) => segment === '' || segment === '.' || segment === '..')
    ? undefined
    : decoded
}

/** Undefined where it is no path, or holds a control character. */
function decode(bytes: Buffer): string | undefined {
  const decoded: number[] = []
  for (let at = 0; at < bytes.length; at++) {
    let byte = bytes[at]!
    if (!isTargetByte(byte) || byte === QUESTION_MARK) return undefined
    if (byte === PERCENT) {
      const [high, low] = [hexValue(bytes[at + 1] ?? 0), hexValue(bytes[at + 2] ?? 0)]
      if (high < 0 || low < 0) return undefined
      byte = high * 16 + low
      at += 2
    }
    if (byte < SPACE || byte === DELETE) return undefined
    decoded.push(byte)
  }
  return Buffer.from(decoded).toString('latin1')
}
