// A worker's thread as its link sees it: a socket whose other end is the test.

import { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import type { BytesReceiver } from '../../src/io/shared-reading.ts'
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
  readonly #duplex: Duplex
  readonly #reader = new FrameReader()
  readonly #sent: SentFrame[] = []
  #receive: BytesReceiver = () => undefined

  constructor() {
    this.#duplex = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        this.#take(chunk)
        done()
      },
    })
    const open = (receive: BytesReceiver): Socket => {
      this.#receive = receive
      return this.#duplex as unknown as Socket
    }
    this.socket = new FrameSocket(open, { frame: () => undefined, closed: () => undefined })
    this.closed = new Promise((resolve) => this.#duplex.once('close', resolve))
  }

  get isClosed(): boolean {
    return this.#duplex.destroyed
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
    this.#receive(bytes, bytes.length)
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

  #take(bytes: Buffer): void {
    this.#reader.receive(Buffer.from(bytes))
    while (this.#reader.next()) {
      const { type, start, end } = this.#reader
      const payload = Buffer.from(this.#reader.bytes.subarray(start, end))
      this.#sent.push({ type: TYPE_NAMES.get(type) ?? String(type), payload })
    }
    this.#reader.keepRest()
  }
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
