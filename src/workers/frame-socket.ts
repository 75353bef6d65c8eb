// A link's socket as the front holds it: frames come in one by one, whoever serves the link acts on them.

import type { Socket } from 'node:net'
import type { BytesReceiver, OpenSocket } from '../io/shared-reading.ts'
import { FrameError, FrameReader } from './frames.ts'

/** Who serves the link. Replaced once: when the hello has said whose link it is. */
export interface FrameReceiver {
  /** `frame` stands on a complete frame; its bytes are gone when this returns. Throws FrameError to end the link. */
  frame(frame: FrameReader): void
  closed(): void
}

export class FrameSocket {
  receiver: FrameReceiver
  readonly #socket: Socket
  readonly #reader = new FrameReader()
  #isPaused = false
  #isReading = false
  #receiveBytes: BytesReceiver = (bytes, length) => this.#received(bytes, length)

  constructor(open: OpenSocket, receiver: FrameReceiver) {
    this.receiver = receiver
    this.#socket = open((bytes, length) => this.#receiveBytes(bytes, length))
    this.#socket.on('end', () => this.#socket.destroy())
    this.#socket.on('error', () => undefined) // 'close' follows
    this.#socket.on('close', () => this.receiver.closed())
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed
  }

  /** Frames wait that have not been delivered yet, or may. */
  get isPaused(): boolean {
    return this.#isPaused
  }

  /** For a receiver that has got its last frame: what follows is no frames. */
  readOn(receive: BytesReceiver): void {
    this.#receiveBytes = receive
    const rest = this.#reader.takeRest()
    if (rest.length > 0) receive(rest, rest.length)
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** Delivers no further frame until `resume`. */
  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#socket.resume()
    this.#deliver()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #received(bytes: Buffer, length: number): void {
    this.#reader.receive(bytes, length)
    this.#deliver()
  }

  #deliver(): void {
    // A receiver may pause and resume while it is being called: the loop that runs already goes on.
    if (this.#isReading) return
    this.#isReading = true
    try {
      while (!this.#isPaused && this.isOpen && this.#reader.next()) this.receiver.frame(this.#reader)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.#socket.destroy(error)
    } finally {
      this.#isReading = false
      this.#reader.keepRest()
    }
  }
}
