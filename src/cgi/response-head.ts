// Heads of answers for web servers: by CGI's rules (RFC 3875 §6.3), which FastCGI and SCGI have too, or as the HTTP that uwsgi has.

import type { ResponseHead } from '../wsgi/response-head.ts'

const CR = 0x0d
const LF = 0x0a
const COLON = 0x3a
const SPACE = 0x20
const STATUS = Buffer.from('status', 'latin1')
// What begins the head, and a Content-Length of our own.
const ADDED_BYTES = 64

/** How the status is said: `Status: 200 OK`, or `HTTP/1.1 200 OK`. */
export type HeadForm = 'cgi' | 'HTTP/1.1' | 'HTTP/1.0'

/** No more bytes than this are written by `writeHead`. */
export function headBytes({ blockStart, blockEnd }: ResponseHead): number {
  return 2 * (blockEnd - blockStart) + ADDED_BYTES
}

/** Writes the head with the empty line at its end; with a Content-Length if it has none and `addedLength` is not negative. Returns where it ends. */
export function writeHead(
  target: Buffer,
  start: number,
  head: ResponseHead,
  form: HeadForm,
  addedLength: number,
): number {
  const { bytes, blockStart, blockEnd, status } = head
  const intro = form === 'cgi' ? `Status: ${status} ` : `${form} ${status} `
  let at = start + target.write(intro, start, 'latin1')
  let from = bytes.indexOf(0, blockStart) + 1
  at = putLine(target, at, bytes, blockStart, from - 1)
  while (from < blockEnd) {
    const nameEnd = bytes.indexOf(0, from)
    const valueEnd = bytes.indexOf(0, nameEnd + 1)
    // CGI has that name for itself: a second one would change the status for some servers, and not for others.
    if (!isStatus(bytes, from, nameEnd)) {
      at = putBytes(target, at, bytes, from, nameEnd)
      target[at] = COLON
      target[at + 1] = SPACE
      at = putLine(target, at + 2, bytes, nameEnd + 1, valueEnd)
    }
    from = valueEnd + 1
  }
  if (head.contentLength < 0 && addedLength >= 0)
    at += target.write(`Content-Length: ${addedLength}\r\n`, at, 'latin1')
  target[at] = CR
  target[at + 1] = LF
  return at + 2
}

function isStatus(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== STATUS.length) return false
  for (let i = 0; i < STATUS.length; i++) if ((bytes[start + i]! | 0x20) !== STATUS[i]) return false
  return true
}

function putLine(target: Buffer, start: number, bytes: Uint8Array, from: number, to: number): number {
  const at = putBytes(target, start, bytes, from, to)
  target[at] = CR
  target[at + 1] = LF
  return at + 2
}

// A loop beats a call into C++ for so few bytes.
function putBytes(target: Buffer, start: number, bytes: Uint8Array, from: number, to: number): number {
  let at = start
  for (let i = from; i < to; i++) target[at++] = bytes[i]!
  return at
}
