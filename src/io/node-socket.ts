// The same over Node's `Socket`, should a version of Node not let us have its handles: slower, but documented.

import type { Socket } from 'node:net'
import { finished } from 'node:stream'
import type { ConnectionSocket, SocketEnd, SocketListener } from './connection-socket.ts'

export class NodeSocket implements ConnectionSocket {
  readonly #socket: Socket

  constructor(socket: Socket, listener: SocketListener) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => listener.received(chunk, chunk.length))
    socket.on('end', () => listener.ended())
    socket.on('error', () => undefined) // 'close' follows
    socket.on('close', () => listener.closed())
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed
  }

  get isEnded(): boolean {
    return this.#socket.writableEnded || this.#socket.destroyed
  }

  get unsentBytes(): number {
    return this.isOpen ? this.#socket.writableLength : 0
  }

  /** `writableLength` alone moves only when a whole write is done, which may be all that waits: what is left of that one the handle knows. */
  get sentBytes(): number {
    const { _handle: handle } = this.#socket as unknown as {
      readonly _handle?: { readonly bytesWritten?: number; readonly writeQueueSize?: number } | null
    }
    if (handle?.bytesWritten === undefined) return this.#socket.bytesWritten - this.#socket.writableLength
    return handle.bytesWritten - (handle.writeQueueSize ?? 0)
  }

  get remote(): SocketEnd | undefined {
    return endOf(this.#socket.remoteAddress, this.#socket.remotePort)
  }

  get local(): SocketEnd | undefined {
    return endOf(this.#socket.localAddress, this.#socket.localPort)
  }

  write(data: Uint8Array): void {
    if (!this.isEnded) this.#socket.write(data)
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    this.#socket.cork()
    for (const piece of pieces) this.write(piece)
    this.#socket.uncork()
  }

  whenSent(act: () => void): void {
    // Either comes after all that was written before, and also where that is lost; to write behind the end would be an error.
    if (this.isEnded) finished(this.#socket, { readable: false }, act)
    else this.#socket.write(new Uint8Array(0), () => act())
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    if (this.#socket.isPaused()) this.#socket.resume()
  }

  end(): void {
    if (!this.isEnded) this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  reset(): void {
    // Node refuses to reset what is no TCP.
    if (this.remote === undefined) this.#socket.destroy()
    else this.#socket.resetAndDestroy()
  }

  probe(afterMs: number): void {
    this.#socket.setKeepAlive(true, afterMs)
  }
}

function endOf(address: string | undefined, port: number | undefined): SocketEnd | undefined {
  return address === undefined ? undefined : { address, port: port ?? 0 }
}
