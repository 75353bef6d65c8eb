// The link's frames as bytes (protocol/link.md). No I/O: values in and bytes out, or the other way round.
// Both this codec and the one in python/gantry_worker/frames.py are tested against protocol/vectors/.

import type { ResponseHead } from '../wsgi/response-head.ts'

export const MAX_FRAME_BYTES = 16_777_216
const EMPTY = Buffer.alloc(0)
const LEAST_OWN_BYTES = 16_384
export const CONTROL_LINK = 0xffff
export const STDOUT_LINK = 0xfffe
export const STDERR_LINK = 0xfffd
export const TEMPLATE_LINK = 0xfffc
/** In `ended` where somebody else has waited for the process. */
export const STATUS_UNKNOWN = 0xffff_ffff

export const FRAME = {
  linkHello: 0x01,
  request: 0x10,
  fileTaken: 0x11,
  input: 0x12,
  inputEnd: 0x13,
  response: 0x20,
  responseHead: 0x21,
  body: 0x22,
  file: 0x23,
  end: 0x24,
  abort: 0x25,
  failure: 0x26,
  log: 0x27,
  want: 0x28,
  boot: 0x30,
  booting: 0x31,
  ready: 0x32,
  bootFailed: 0x33,
  revoke: 0x34,
  revoked: 0x35,
  stop: 0x36,
  interrupt: 0x37,
  stacks: 0x38,
  stacksTold: 0x39,
  interrupted: 0x3a,
  fork: 0x40,
  forked: 0x41,
  forkFailed: 0x42,
  ended: 0x43,
} as const

const PREFIX_BYTES = 5
const REQUEST_MORE = 1
const REQUEST_BODY = { inline: 0, spooled: 2, streamed: 4 } as const
const HEAD_HAS_DATE = 1
const HEAD_HAS_SERVER = 2
const HEAD_HAS_LENGTH = 4
const HEAD_FIXED_BYTES = 15
const TWO_TO_32 = 0x1_0000_0000

export const MICROS_BYTES = 4
export const MAX_INPUT_BYTES = 65_536
/** Bytes of a `request` frame before its environ blocks. */
export const REQUEST_PREFIX_BYTES = 14

/** The peer sent what the protocol does not allow: the link cannot go on. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

/**
 * Finds the frames in what a socket delivers: give it bytes with `receive`, ask `next` until it is false, then let it `keepRest`
 * before the bytes change.
 */
export class FrameReader {
  /** The frame found by the last `next`: its type, and where its payload lies in `bytes`. */
  type = 0
  bytes: Buffer = EMPTY
  start = 0
  end = 0
  #position = 0
  #length = 0
  /** What is left over between two calls of `receive` is kept here. */
  #own: Buffer = EMPTY
  /** What follows behind that, from `#followingStart` on: only what completes a frame is copied. */
  #following: Buffer | undefined
  #followingStart = 0
  #followingEnd = 0

  /** Takes the first `length` of `bytes`. They are not copied but for what is missing in a frame that is left over from before. */
  receive(bytes: Buffer, length: number = bytes.length): void {
    if (this.#position === this.#length) {
      this.bytes = bytes
      this.#position = 0
      this.#length = length
      return
    }
    this.#following = bytes
    this.#followingStart = 0
    this.#followingEnd = length
  }

  /** Moves to the next complete frame. Throws FrameError if the peer's next frame cannot be one. */
  next(): boolean {
    for (;;) {
      const missing = this.#missingBytes()
      if (missing === 0) break
      if (!this.#goOn(missing)) return false
    }
    const position = this.#position
    this.type = this.bytes[position + 4]!
    this.start = position + PREFIX_BYTES
    this.end = this.#position = position + 4 + readU32(this.bytes, position)
    return true
  }

  /** A copy of what no frame was made of yet, for who reads on without frames. */
  takeRest(): Buffer {
    this.#keepFollowing()
    const rest = Buffer.from(this.bytes.subarray(this.#position, this.#length))
    this.#position = this.#length
    return rest
  }

  /** Copies what no frame was made of yet: the bytes that were received may change from now on. */
  keepRest(): void {
    this.#keepFollowing()
    if (this.#position < this.#length && this.bytes !== this.#own) this.#makeRoom(0)
  }

  /** What the next frame lacks, as far as that is known. */
  #missingBytes(): number {
    const there = this.#length - this.#position
    if (there < PREFIX_BYTES) return PREFIX_BYTES - there
    const length = readU32(this.bytes, this.#position)
    if (length < 1 || length > MAX_FRAME_BYTES) throw new FrameError(`a frame of ${length} bytes cannot be`)
    return Math.max(0, 4 + length - there)
  }

  /** Goes on to what follows, or takes up to `missing` bytes of it. False if there is nothing. */
  #goOn(missing: number): boolean {
    const following = this.#following
    if (following === undefined) return false
    if (this.#position === this.#length) {
      this.bytes = following
      this.#position = this.#followingStart
      this.#length = this.#followingEnd
      this.#following = undefined
    } else {
      this.#takeFollowing(following, missing)
    }
    return true
  }

  #takeFollowing(following: Buffer, most: number): void {
    const taken = Math.min(most, this.#followingEnd - this.#followingStart)
    this.#makeRoom(taken)
    following.copy(this.#own, this.#length, this.#followingStart, this.#followingStart + taken)
    this.#length += taken
    this.#followingStart += taken
    if (this.#followingStart === this.#followingEnd) this.#following = undefined
  }

  #keepFollowing(): void {
    if (this.#following !== undefined) this.#takeFollowing(this.#following, Infinity)
  }

  /** Moves what is left over to the start of our own bytes, with room for `added` more behind it. */
  #makeRoom(added: number): void {
    const left = this.#length - this.#position
    const needed = left + added
    const target =
      this.#own.length < needed ? Buffer.allocUnsafeSlow(Math.max(needed * 2, LEAST_OWN_BYTES)) : this.#own
    this.bytes.copy(target, 0, this.#position, this.#length)
    this.#own = this.bytes = target
    this.#position = 0
    this.#length = left
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

  /** Reads the head that lies at `start` in a frame; `blockEnd` says where it ends. */
  decode(frame: FrameReader, start: number): void {
    const { bytes, end } = frame
    if (end - start < HEAD_FIXED_BYTES) throw new FrameError('a response head is too short')
    const flags = bytes[start + 2]!
    this.status = readU16(bytes, start)
    if (this.status < 200 || this.status > 999)
      throw new FrameError(`a response head has the status ${this.status}`)
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
  /** How often its thread has opened it, from 1; 0 for the control link. */
  readonly opening: number
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

export interface Forked {
  readonly worker: number
  readonly pid: number
}

export interface ForkFailed {
  readonly worker: number
  readonly reason: string
}

export interface Ended extends Forked {
  /** As `waitpid` tells it, or STATUS_UNKNOWN. */
  readonly status: number
}

/** Where the parts of a `request` frame that is written already end; its shared environ block starts behind the prefix. */
export interface RequestLayout {
  readonly start: number
  readonly sharedEnd: number
  readonly ownEnd: number
  readonly end: number
}

/** What a `request` frame holds in place of the body: the body, the path of its file, or nothing as it follows when it is wanted. */
export type BodyPlace = keyof typeof REQUEST_BODY

/** Completes a `request` frame. `isLast`: no other request of the same batch follows. */
export function finishRequest(
  target: Buffer,
  layout: RequestLayout,
  bodyPlace: BodyPlace,
  isLast: boolean,
): void {
  const { start, sharedEnd, ownEnd, end } = layout
  writeU32(target, start, end - start - 4)
  target[start + 4] = FRAME.request
  target[start + 5] = (isLast ? 0 : REQUEST_MORE) | REQUEST_BODY[bodyPlace]
  writeU32(target, start + 6, sharedEnd - start - REQUEST_PREFIX_BYTES)
  writeU32(target, start + 10, ownEnd - sharedEnd)
}

export function encodeFileTaken(isTaken: boolean): Buffer {
  return encodeFrame(FRAME.fileTaken, Buffer.of(isTaken ? 1 : 0))
}

/** The answer to a `want`. */
export function encodeInput(input: Uint8Array | 'end'): Buffer {
  return input === 'end' ? encodeFrame(FRAME.inputEnd) : encodeFrame(FRAME.input, input)
}

export function encodeRevoke(link: number): Buffer {
  return encodeFrame(FRAME.revoke, Buffer.of(link >>> 8, link & 0xff))
}

export function encodeInterrupt(link: number, opening: number): Buffer {
  const payload = Buffer.allocUnsafe(6)
  payload.writeUInt16BE(link)
  payload.writeUInt32BE(opening, 2)
  return encodeFrame(FRAME.interrupt, payload)
}

export function encodeStacks(number: number): Buffer {
  return encodeNumber(FRAME.stacks, number)
}

export function encodeFork(worker: number): Buffer {
  return encodeNumber(FRAME.fork, worker)
}

function encodeNumber(type: number, number: number): Buffer {
  const payload = Buffer.allocUnsafe(4)
  writeU32(payload, 0, number)
  return encodeFrame(type, payload)
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
  expectBytes(frame, 10)
  const { bytes, start } = frame
  return {
    worker: readU32(bytes, start),
    link: readU16(bytes, start + 4),
    opening: readU32(bytes, start + 6),
  }
}

/** The `micros` field, which stands first in a frame that ends an answer. */
export function decodeMicros(frame: FrameReader): number {
  if (frame.start + MICROS_BYTES > frame.end) throw new FrameError('a frame is too short for its time')
  return readU32(frame.bytes, frame.start)
}

/** How many bytes of a streamed body a `want` frame asks for at most. */
export function decodeWant(frame: FrameReader): number {
  expectBytes(frame, 4)
  const maxBytes = readU32(frame.bytes, frame.start)
  if (maxBytes === 0) throw new FrameError('a worker wants no bytes of a body')
  return maxBytes
}

export function decodeFile(frame: FrameReader): FileSpan {
  const { bytes, start, end } = frame
  if (end - start < 17) throw new FrameError('a file frame is too short')
  return {
    offset: readU64(bytes, start),
    size: readU64(bytes, start + 8),
    path: bytes.subarray(start + 16, end),
  }
}

/** `kind` of a `failure` and `level` of a `log` frame are one byte, with text behind. */
export function decodeTaggedText(
  frame: FrameReader,
  at: number,
): { readonly tag: number; readonly text: string } {
  if (at >= frame.end) throw new FrameError('a text frame is too short')
  return { tag: frame.bytes[at]!, text: frame.bytes.toString('utf8', at + 1, frame.end) }
}

export function decodeRevoked(frame: FrameReader): Revoked {
  expectBytes(frame, 4)
  return { link: readU16(frame.bytes, frame.start), count: readU16(frame.bytes, frame.start + 2) }
}

export function decodeForked(frame: FrameReader): Forked {
  expectBytes(frame, 8)
  return { worker: readU32(frame.bytes, frame.start), pid: readU32(frame.bytes, frame.start + 4) }
}

export function decodeForkFailed(frame: FrameReader): ForkFailed {
  const { bytes, start, end } = frame
  if (end - start < 4) throw new FrameError('a fork-failed frame is too short')
  return { worker: readU32(bytes, start), reason: bytes.toString('utf8', start + 4, end) }
}

export function decodeEnded(frame: FrameReader): Ended {
  expectBytes(frame, 12)
  const { bytes, start } = frame
  return { worker: readU32(bytes, start), pid: readU32(bytes, start + 4), status: readU32(bytes, start + 8) }
}

export function decodeJson(frame: FrameReader): unknown {
  try {
    return JSON.parse(frame.bytes.toString('utf8', frame.start, frame.end))
  } catch {
    throw new FrameError('a control frame does not hold JSON')
  }
}

function expectBytes(frame: FrameReader, count: number): void {
  if (frame.end - frame.start !== count)
    throw new FrameError(`a frame of type 0x${frame.type.toString(16)} has a wrong length`)
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
