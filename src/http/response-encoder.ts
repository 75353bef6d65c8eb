// Answers as HTTP/1.1 bytes, RFC 9112 §4 and §6. No I/O: what comes in is checked already, what goes out is ready for the socket.

import type { ResponseHead } from '../wsgi/response-head.ts'
import { formatHttpDate } from './date.ts'

const EMPTY = Buffer.alloc(0)
const CR = 0x0d
const LF = 0x0a
const COLON = 0x3a
const SPACE = 0x20
const ZERO = 0x30
const LOWER_A_MINUS_TEN = 0x57
const LARGEST_STATUS = 999
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
  readonly nowMs: number
}

/** Encodes heads for one server, whose Server field is `server`; empty for none. */
export class ResponseEncoder {
  readonly #server: string
  #second = -1
  /** Date and Server as most answers have them, made once a second. */
  #standardFields = EMPTY

  constructor(server: string) {
    this.#server = server
  }

  /** Room that `encodeHead` may need. */
  headBytes(head: ResponseHead): number {
    return 2 * (head.blockEnd - head.blockStart) + this.#server.length + ADDED_BYTES
  }

  /** Writes status line and fields, with the empty line at their end. Returns where it ends. */
  encodeHead(target: Buffer, start: number, head: ResponseHead, options: ResponseHeadOptions): number {
    let at = copyBytes(target, start, statusLineStart(head.status))
    at = copyBlock(target, at, head)
    if (!head.hasDate && !head.hasServer) {
      at = copyBytes(target, at, this.#standard(options.nowMs))
    } else {
      if (!head.hasDate) at = writeText(target, at, `Date: ${formatHttpDate(options.nowMs)}\r\n`)
      if (!head.hasServer) at = writeText(target, at, this.#serverField())
    }
    if (options.framing === 'chunked') at = writeText(target, at, 'Transfer-Encoding: chunked\r\n')
    else if (head.contentLength < 0 && options.addedLength >= 0) {
      at = writeText(target, at, `Content-Length: ${options.addedLength}\r\n`)
    }
    if (!options.keepAlive) at = writeText(target, at, 'Connection: close\r\n')
    else if (options.isHttp10) at = writeText(target, at, 'Connection: keep-alive\r\n')
    target[at] = CR
    target[at + 1] = LF
    return at + 2
  }

  #standard(nowMs: number): Buffer {
    const second = Math.floor(nowMs / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#standardFields = Buffer.from(`Date: ${formatHttpDate(nowMs)}\r\n${this.#serverField()}`, 'latin1')
    }
    return this.#standardFields
  }

  #serverField(): string {
    return this.#server === '' ? '' : `Server: ${this.#server}\r\n`
  }
}

const statusLineStarts: Buffer[] = []

/** `HTTP/1.1 200 `, to be followed by the reason phrase. */
function statusLineStart(status: number): Buffer {
  if (status > LARGEST_STATUS) throw new RangeError(`${status} is not a status`)
  return (statusLineStarts[status] ??= Buffer.from(`HTTP/1.1 ${status} `, 'latin1'))
}

/** `reason NUL (name NUL value NUL)*` becomes `reason CRLF (name: value CRLF)*`. */
function copyBlock(target: Buffer, start: number, head: ResponseHead): number {
  const { bytes, blockEnd } = head
  let at = start
  let isName = false
  for (let i = head.blockStart; i < blockEnd; i++) {
    const byte = bytes[i]!
    if (byte !== 0) {
      target[at++] = byte
      continue
    }
    target[at] = isName ? COLON : CR
    target[at + 1] = isName ? SPACE : LF
    at += 2
    isName = !isName
  }
  return at
}

// A loop beats a call into C++ for so few bytes.
function copyBytes(target: Buffer, start: number, bytes: Buffer): number {
  for (let i = 0; i < bytes.length; i++) target[start + i] = bytes[i]!
  return start + bytes.length
}

function writeText(target: Buffer, start: number, text: string): number {
  for (let i = 0; i < text.length; i++) target[start + i] = text.charCodeAt(i)
  return start + text.length
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
    if (digit !== 0 || at > start || shift === 0)
      target[at++] = digit < 10 ? ZERO + digit : LOWER_A_MINUS_TEN + digit
  }
  target[at] = CR
  target[at + 1] = LF
  return at + 2
}
