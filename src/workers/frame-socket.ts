// A link's socket as the front holds it: frames come in one by one, whoever serves the link acts on them.

import type { ConnectionSocket, SocketListener } from '../io/connection-socket.ts'
import type { OpenSocket } from '../io/take-connections.ts'
import { FrameError, FrameReader } from './frames.ts'

/** Who serves the link. Replaced once: when the hello has said whose link it is. */
export interface FrameReceiver {
  /** `frame` stands on a complete frame; its bytes are gone when this returns. Throws FrameError to end the link. */
  frame(frame: FrameReader): void
  closed(): void
}

export class FrameSocket implements SocketListener {
  receiver: FrameReceiver
  readonly #socket: ConnectionSocket
  readonly #reader = new FrameReader()
  #isPaused = false
  #isReading = false
  #readsOn: SocketListener['received'] | undefined

  constructor(open: OpenSocket, receiver: FrameReceiver) {
    this.receiver = receiver
    this.#socket = open(this)
  }

  get isOpen(): boolean {
    return this.#socket.isOpen
  }

  /** Frames wait that have not been delivered yet, or may. */
  get isPaused(): boolean {
    return this.#isPaused
  }

  /** For a receiver that has got its last frame: what follows is no frames. */
  readOn(receive: SocketListener['received']): void {
    this.#readsOn = receive
    const rest = this.#reader.takeRest()
    if (rest.length > 0) receive(rest, rest.length)
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  writeTogether(pieces: readonly Uint8Array[]): void {
    this.#socket.writeAll(pieces)
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

  received(bytes: Buffer, length: number): void {
    if (this.#readsOn !== undefined) {
      this.#readsOn(bytes, length)
      return
    }
    this.#reader.receive(bytes, length)
    this.#deliver()
  }

  ended(): void {
    this.#socket.destroy()
  }

  closed(): void {
    this.receiver.closed()
  }

  #deliver(): void {
    // A receiver may pause and resume while it is being called: the loop that runs already goes on.
    if (this.#isReading) return
    this.#isReading = true
    try {
      while (!this.#isPaused && this.isOpen && this.#reader.next()) this.receiver.frame(this.#reader)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.#socket.destroy()
    } finally {
      this.#isReading = false
      this.#reader.keepRest()
    }
  }
}
