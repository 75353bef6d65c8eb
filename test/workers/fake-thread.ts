// A worker's thread as its link sees it: a socket whose other end is the test.

import type { ConnectionSocket, SocketListener } from '../../src/io/connection-socket.ts'
import { FrameSocket } from '../../src/workers/frame-socket.ts'
import { FRAME, FrameReader, encodeFrame } from '../../src/workers/frames.ts'
import { TYPE_NAMES } from './frame-vectors.ts'

/** One frame that the front sent. */
export interface SentFrame {
  readonly type: string
  readonly payload: Buffer
}

/** A head of status 200 without flags, a length or a block. */
const HEAD = Buffer.from('00c800000000000000000000000000', 'hex')

export class FakeThread {
  readonly socket: FrameSocket
  /** Resolves when the link has taken note of its end. */
  readonly closed: Promise<void>
  readonly #socket: FakeSocket
  readonly #reader = new FrameReader()
  readonly #sent: SentFrame[] = []

  constructor() {
    this.#socket = new FakeSocket((bytes) => this.#take(bytes))
    const open = (listener: SocketListener): ConnectionSocket => {
      this.#socket.listener = listener
      return this.#socket
    }
    this.socket = new FrameSocket(open, { frame: () => undefined, closed: () => undefined })
    this.closed = this.#socket.whenClosed
  }

  get isClosed(): boolean {
    return !this.#socket.isOpen
  }

  /** What the front has sent since this was asked last. */
  sent(): readonly SentFrame[] {
    return this.#sent.splice(0)
  }

  send(type: keyof typeof FRAME, payload: Uint8Array = new Uint8Array(0)): void {
    this.sendBytes(encodeFrame(FRAME[type], payload))
  }

  /** In one read. */
  sendBytes(bytes: Buffer): void {
    this.#socket.listener?.received(bytes, bytes.length)
  }

  want(maxBytes: number): void {
    this.send('want', u32(maxBytes))
  }

  /** A whole answer without a body. */
  answer(micros = 1): void {
    this.send('response', Buffer.concat([u32(micros), HEAD]))
  }

  begin(): void {
    this.send('responseHead', HEAD)
  }

  end(): void {
    this.send('end', u32(1))
  }

  #take(bytes: Uint8Array): void {
    this.#reader.receive(Buffer.from(bytes))
    while (this.#reader.next()) {
      const { type, start, end } = this.#reader
      const payload = Buffer.from(this.#reader.bytes.subarray(start, end))
      this.#sent.push({ type: TYPE_NAMES.get(type) ?? String(type), payload })
    }
    this.#reader.keepRest()
  }
}

/** Whose other end takes all at once. */
class FakeSocket implements ConnectionSocket {
  isOpen = true
  isEnded = false
  readonly unsentBytes = 0
  sentBytes = 0
  readonly remote = undefined
  readonly local = undefined
  listener: SocketListener | undefined
  readonly whenClosed: Promise<void>
  readonly #take: (bytes: Uint8Array) => void
  #settleClosed: () => void = () => undefined

  constructor(take: (bytes: Uint8Array) => void) {
    this.#take = take
    this.whenClosed = new Promise((resolve) => (this.#settleClosed = resolve))
  }

  write(data: Uint8Array): void {
    if (this.isEnded) return
    this.sentBytes += data.length
    this.#take(data)
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.write(piece)
  }

  whenSent(): void {
    throw new Error('all of it is sent already')
  }

  pause(): void {
    // The test sends only what it wants to be read.
  }

  resume(): void {
    // The same.
  }

  end(): void {
    this.isEnded = true
  }

  destroy(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.isEnded = true
    // Later, as of any socket, but whatever clock the test has.
    process.nextTick(() => {
      this.listener?.closed()
      this.#settleClosed()
    })
  }

  reset(): void {
    this.destroy()
  }

  probe(): void {
    // It is always there.
  }
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
