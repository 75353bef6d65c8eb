// A client that sends what it is told, byte for byte, and reads answers without repairing them. For the wire as it is.

import { connect } from 'node:net'
import type { NetConnectOpts, Socket } from 'node:net'
import { type RawResponse, readRawResponse } from './raw-response.ts'

const DEADLINE_MS = 15_000

/** One connection. `await using` (or `close`) drops it. */
export class RawConnection implements Disposable {
  readonly socket: Socket
  /** The peer reset the connection instead of closing it. */
  wasReset = false
  #received: Buffer = Buffer.alloc(0)
  /** Joined to what was received only when somebody looks: an answer may be large. */
  #parts: Buffer[] = []
  #receivedBytes = 0
  #hasEnded = false
  #wake: (() => void) | undefined

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) =>
      this.#on(() => {
        this.#parts.push(chunk)
        this.#receivedBytes += chunk.length
      }),
    )
    socket.on('end', () => this.#on(() => (this.#hasEnded = true)))
    socket.on('close', () => this.#on(() => (this.#hasEnded = true)))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#on(() => (this.wasReset = error.code === 'ECONNRESET')),
    )
  }

  static open(address: NetConnectOpts): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(address)
      socket.setNoDelay(true)
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new RawConnection(socket))
      })
    })
  }

  /** Everything received and not yet taken by `readResponse` or `take`. */
  get received(): Buffer {
    if (this.#parts.length > 0) {
      this.#received = Buffer.concat([this.#received, ...this.#parts])
      this.#parts = []
    }
    return this.#received
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  send(data: string | Uint8Array): void {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data)
  }

  /** Reads one answer as its framing says; an answer that stops in the middle comes back with `isComplete: false`. */
  readResponse(method = 'GET'): Promise<RawResponse> {
    return readRawResponse(this, method)
  }

  /** Sends one request and reads its answer. */
  async request(raw: string | Uint8Array, method?: string): Promise<RawResponse> {
    this.send(raw)
    return await this.readResponse(method ?? Buffer.from(raw).toString('latin1').split(' ', 1)[0])
  }

  /** Resolves to true when `isEnough` is, to false when the peer has ended the connection before. */
  receive(isEnough: (received: Buffer) => boolean): Promise<boolean> {
    return this.#wait(() => isEnough(this.received))
  }

  /** Resolves to true when `count` bytes wait to be taken, to false when the peer has ended the connection before. */
  receiveBytes(count: number): Promise<boolean> {
    return this.#wait(() => this.#receivedBytes >= count)
  }

  /** Takes `count` bytes off what was received. */
  take(count: number): Buffer {
    this.#receivedBytes -= count
    const taken = this.received.subarray(0, count)
    this.#received = this.received.subarray(count)
    return taken
  }

  /** Resolves when the peer has closed the connection. */
  async ended(): Promise<void> {
    await this.#wait(() => this.#hasEnded)
  }

  close(): void {
    this.socket.destroy()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #on(change: () => void): void {
    change()
    this.#wake?.()
  }

  async #wait(isTrue: () => boolean): Promise<boolean> {
    while (!isTrue()) {
      if (this.#hasEnded) return false
      await this.#somethingNew()
    }
    return true
  }

  #somethingNew(): Promise<void> {
    return new Promise((resolve, reject) => {
      const text = (): string => JSON.stringify(this.received.toString('latin1').slice(0, 500))
      const timer = setTimeout(
        () => reject(new Error(`the peer sends nothing more; it sent ${text()}`)),
        DEADLINE_MS,
      )
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }
}
