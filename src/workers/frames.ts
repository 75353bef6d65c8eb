// The link's frames as bytes (protocol/link.md). No I/O: values in and bytes out, or the other way round.
// Both this codec and the one in python/gantry_worker/frames.py are tested against protocol/vectors/.

import type { ResponseHead } from '../wsgi/response-head.ts'

export const MAX_FRAME_BYTES = 16_777_216
export const CONTROL_LINK = 0xffff

export const FRAME = {
  linkHello: 0x01,
  request: 0x10,
  fileTaken: 0x11,
  response: 0x20,
  responseHead: 0x21,
  body: 0x22,
  file: 0x23,
  end: 0x24,
  abort: 0x25,
  failure: 0x26,
  log: 0x27,
  boot: 0x30,
  booting: 0x31,
  ready: 0x32,
  bootFailed: 0x33,
  revoke: 0x34,
  revoked: 0x35,
  stop: 0x36,
} as const

const PREFIX_BYTES = 5
const REQUEST_MORE = 1
const REQUEST_SPOOLED = 2
const HEAD_HAS_DATE = 1
const HEAD_HAS_SERVER = 2
const HEAD_HAS_LENGTH = 4
const HEAD_FIXED_BYTES = 15
const TWO_TO_32 = 0x1_0000_0000

/** Bytes of a `request` frame before its environ block. */
export const REQUEST_PREFIX_BYTES = 10

/** The peer sent what the protocol does not allow: the link cannot go on. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

/** Finds the frames in what a socket delivers. Give it bytes with `receive`, then ask `next` until it is false. */
export class FrameReader {
  /** The frame found by the last `next`: its type, and where its payload lies in `bytes`. */
  type = 0
  bytes: Buffer = Buffer.alloc(0)
  start = 0
  end = 0
  #position = 0

  receive(chunk: Buffer): void {
    this.bytes = this.#position === this.bytes.length ? chunk : Buffer.concat([this.bytes.subarray(this.#position), chunk])
    this.#position = 0
  }

  /** Moves to the next complete frame. Throws FrameError if the peer's next frame cannot be one. */
  next(): boolean {
    const { bytes } = this
    const position = this.#position
    if (bytes.length - position < PREFIX_BYTES) return false
    const length = readU32(bytes, position)
    if (length < 1 || length > MAX_FRAME_BYTES) throw new FrameError(`a frame of ${length} bytes cannot be`)
    const end = position + 4 + length
    if (end > bytes.length) return false
    this.type = bytes[position + 4]!
    this.start = position + PREFIX_BYTES
    this.end = end
    this.#position = end
    return true
  }
}

/** The head of `response` and `response-head` frames. Reused: valid until the next one is decoded. */
export class FrameHead implements ResponseHead {
  status = 0
  hasDate = false
  hasServer = false
  contentLength = -1
  bytes: Uint8Array = new Uint8Array(0)
  blockStart = 0
  blockEnd = 0

  /** Reads the head that starts a frame's payload; `blockEnd` says where it ends. */
  decode(frame: FrameReader): void {
    const { bytes, start, end } = frame
    if (end - start < HEAD_FIXED_BYTES) throw new FrameError('a response head is too short')
    const flags = bytes[start + 2]!
    this.status = readU16(bytes, start)
    this.hasDate = (flags & HEAD_HAS_DATE) !== 0
    this.hasServer = (flags & HEAD_HAS_SERVER) !== 0
    this.contentLength = (flags & HEAD_HAS_LENGTH) !== 0 ? readU64(bytes, start + 3) : -1
    this.bytes = bytes
    this.blockStart = start + HEAD_FIXED_BYTES
    this.blockEnd = this.blockStart + readU32(bytes, start + 11)
    if (this.blockEnd > end) throw new FrameError('a response head runs past the end of its frame')
  }
}

export interface LinkHello {
  readonly worker: number
  readonly link: number
}

export interface FileSpan {
  readonly offset: number
  readonly size: number
  readonly path: Buffer
}

export interface Revoked {
  readonly link: number
  readonly count: number
}

/**
 * Completes a `request` frame whose environ block and body are written already, the block at `start + REQUEST_PREFIX_BYTES`.
 * `isLast`: no other request of the same batch follows.
 */
export function finishRequest(
  target: Buffer,
  start: number,
  environEnd: number,
  end: number,
  isSpooled: boolean,
  isLast: boolean,
): void {
  writeU32(target, start, end - start - 4)
  target[start + 4] = FRAME.request
  target[start + 5] = (isLast ? 0 : REQUEST_MORE) | (isSpooled ? REQUEST_SPOOLED : 0)
  writeU32(target, start + 6, environEnd - start - REQUEST_PREFIX_BYTES)
}

export function encodeFileTaken(isTaken: boolean): Buffer {
  return encodeFrame(FRAME.fileTaken, Buffer.of(isTaken ? 1 : 0))
}

export function encodeRevoke(link: number): Buffer {
  return encodeFrame(FRAME.revoke, Buffer.of(link >>> 8, link & 0xff))
}

export function encodeJsonFrame(type: number, message: unknown): Buffer {
  return encodeFrame(type, Buffer.from(JSON.stringify(message), 'utf8'))
}

/** A frame of `type` with `payload`. */
export function encodeFrame(type: number, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + payload.length)
  writeU32(frame, 0, 1 + payload.length)
  frame[4] = type
  frame.set(payload, PREFIX_BYTES)
  return frame
}

export function decodeLinkHello(frame: FrameReader): LinkHello {
  expectBytes(frame, 6)
  return { worker: readU32(frame.bytes, frame.start), link: readU16(frame.bytes, frame.start + 4) }
}

/** The `micros` field that stands at `at`. */
export function decodeMicros(frame: FrameReader, at: number): number {
  if (at + 4 > frame.end) throw new FrameError('a frame is too short for its time')
  return readU32(frame.bytes, at)
}

export function decodeFile(frame: FrameReader): FileSpan {
  const { bytes, start, end } = frame
  if (end - start < 17) throw new FrameError('a file frame is too short')
  return { offset: readU64(bytes, start), size: readU64(bytes, start + 8), path: bytes.subarray(start + 16, end) }
}

/** `kind` of a `failure` and `level` of a `log` frame are one byte, with text behind. */
export function decodeTaggedText(frame: FrameReader, at: number): { readonly tag: number; readonly text: string } {
  if (at >= frame.end) throw new FrameError('a text frame is too short')
  return { tag: frame.bytes[at]!, text: frame.bytes.toString('utf8', at + 1, frame.end) }
}

export function decodeRevoked(frame: FrameReader): Revoked {
  expectBytes(frame, 4)
  return { link: readU16(frame.bytes, frame.start), count: readU16(frame.bytes, frame.start + 2) }
}

export function decodeJson(frame: FrameReader): unknown {
  try {
    return JSON.parse(frame.bytes.toString('utf8', frame.start, frame.end))
  } catch {
    throw new FrameError('a control frame does not hold JSON')
  }
}

function expectBytes(frame: FrameReader, count: number): void {
  if (frame.end - frame.start !== count) throw new FrameError(`a frame of type 0x${frame.type.toString(16)} has a wrong length`)
}

function readU16(bytes: Buffer, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

function readU32(bytes: Buffer, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

function readU64(bytes: Buffer, at: number): number {
  return readU32(bytes, at) * TWO_TO_32 + readU32(bytes, at + 4)
}

function writeU32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}
