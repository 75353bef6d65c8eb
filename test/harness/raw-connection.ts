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
  #parts: Buffer[] = []
  #hasEnded = false
  #wake: (() => void) | undefined

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => this.#on(() => this.#parts.push(chunk)))
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
  async receive(isEnough: (received: Buffer) => boolean, deadlineMs = DEADLINE_MS): Promise<boolean> {
    const deadline = performance.now() + deadlineMs
    while (!isEnough(this.received)) {
      if (this.#hasEnded) return false
      await this.#somethingNew(deadline)
    }
    return true
  }

  /** Takes `count` bytes off what was received. */
  take(count: number): Buffer {
    const taken = this.received.subarray(0, count)
    this.#received = this.received.subarray(count)
    return taken
  }

  /** Resolves when the peer has closed the connection. */
  async ended(): Promise<void> {
    await this.receive(() => this.#hasEnded)
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

  #somethingNew(deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const text = (): string => JSON.stringify(this.received.toString('latin1').slice(0, 500))
      const timer = setTimeout(
        () => reject(new Error(`the peer sends nothing more; it sent ${text()}`)),
        deadline - performance.now(),
      )
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }
}
