// Answers as HTTP/1.1 bytes, RFC 9112 §4 and §6. No I/O: what comes in is checked already, what goes out is ready for the socket.

import type { ResponseHead } from '../wsgi/response-head.ts'

const CR = 0x0d
const LF = 0x0a
const COLON = 0x3a
const SPACE = 0x20
const ZERO = 0x30
// Status line and the fields that the server adds: Date, Content-Length or Transfer-Encoding, Connection.
const ADDED_BYTES = 192

/** How the end of a body is marked: by its length, by chunks, by closing; `none` for answers that have no body. */
export type Framing = 'length' | 'chunked' | 'close' | 'none'

export interface ResponseHeadOptions {
  readonly framing: Framing
  /** Written as Content-Length if the head has none and this is not negative. */
  readonly addedLength: number
  /** HTTP/1.0 client. */
  readonly isHttp10: boolean
  readonly keepAlive: boolean
  readonly date: string
  /** The Server field's value; empty for none. */
  readonly server: string
}

/** Room that `encodeResponseHead` may need. */
export function responseHeadBytes(head: ResponseHead, server: string): number {
  return 2 * (head.blockEnd - head.blockStart) + server.length + ADDED_BYTES
}

/** Writes status line and fields, with the empty line at their end. Returns where it ends. */
export function encodeResponseHead(
  target: Buffer,
  start: number,
  head: ResponseHead,
  options: ResponseHeadOptions,
): number {
  let at = start + target.write(`HTTP/1.1 ${head.status} `, start, 'latin1')
  at = writeBlock(target, at, head)
  let added = ''
  if (!head.hasDate) added = `Date: ${options.date}\r\n`
  if (!head.hasServer && options.server !== '') added += `Server: ${options.server}\r\n`
  if (options.framing === 'chunked') added += 'Transfer-Encoding: chunked\r\n'
  else if (head.contentLength < 0 && options.addedLength >= 0) added += `Content-Length: ${options.addedLength}\r\n`
  if (!options.keepAlive) added += 'Connection: close\r\n\r\n'
  else added += options.isHttp10 ? 'Connection: keep-alive\r\n\r\n' : '\r\n'
  return at + target.write(added, at, 'latin1')
}

/** `reason NUL (name NUL value NUL)*` becomes `reason CRLF (name: value CRLF)*`. */
function writeBlock(target: Buffer, start: number, head: ResponseHead): number {
  const bytes = head.bytes
  let at = start
  let isName = false
  for (let i = head.blockStart; i < head.blockEnd; i++) {
    const byte = bytes[i]!
    if (byte !== 0) {
      target[at++] = byte
      continue
    }
    target[at++] = isName ? COLON : CR
    target[at++] = isName ? SPACE : LF
    isName = !isName
  }
  return at
}

/** The longest chunk prefix: eight digits, CR, LF. */
export const CHUNK_PREFIX_BYTES = 10
export const CHUNK_SUFFIX = Buffer.from('\r\n')
export const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/** Writes the size line of a chunk (RFC 9112 §7.1). Returns where it ends. */
export function encodeChunkPrefix(target: Buffer, start: number, size: number): number {
  let at = start
  for (let shift = 28; shift >= 0; shift -= 4) {
    const digit = (size >>> shift) & 15
    if (digit !== 0 || at > start || shift === 0) target[at++] = digit < 10 ? ZERO + digit : 0x57 + digit
  }
  target[at++] = CR
  target[at++] = LF
  return at
}
