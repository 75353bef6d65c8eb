// Two ends of a connection inside this process: what is written to one is read from the other, with back-pressure.

import { Duplex } from 'node:stream'

type Done = (error?: Error | null) => void

/** One end. What Node's HTTP server asks of sockets besides is there, and does nothing: deadlines belong to the server in front. */
export class PairedSocket extends Duplex {
  #peer: PairedSocket | undefined
  /** The peer's write that waits until this end reads on. */
  #peersWrite: Done | undefined

  /** The ends of a new connection. */
  static pair<Far extends PairedSocket>(far: Far): readonly [near: PairedSocket, far: Far] {
    const near = new PairedSocket()
    near.#peer = far
    far.#peer = near
    return [near, far]
  }

  override _read(): void {
    this.#letPeerOn()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    const peer = this.#peer!
    if (peer.destroyed || peer.push(chunk)) done()
    else peer.#peersWrite = done
  }

  override _final(done: Done): void {
    this.#peer?.push(null)
    done()
  }

  /** As with a socket: who has ended leaves the other to read what is left, who has not cuts it off. */
  override _destroy(error: Error | null, done: Done): void {
    this.#letPeerOn()
    if (!this.writableFinished) this.#peer?.destroy()
    done(error)
  }

  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  #letPeerOn(): void {
    const write = this.#peersWrite
    this.#peersWrite = undefined
    write?.()
  }
}
