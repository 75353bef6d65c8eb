// The socket of a connection, straight on libuv's handle. Node's own `Socket` is two streams and an emitter of events, which cost more
// than all the rest of a short connection (docs/decisions/0006-one-read-buffer.md).

import type { ConnectionSocket, SocketEnd, SocketListener } from './connection-socket.ts'
import { SHARED_BUFFER } from './shared-buffer.ts'
import type { HandleEnd, StreamBinding, StreamHandle, WriteRequest } from './stream-binding.ts'

const END_OF_FILE = -4095

export class HandleSocket implements ConnectionSocket {
  isOpen = true
  isEnded = false
  readonly #binding: StreamBinding
  readonly #handle: StreamHandle
  readonly #listener: SocketListener
  /** Writes that the system did not take at once, since the start. */
  #waitedWrites = 0
  /** Those of them that it has taken since. */
  #doneWrites = 0
  #whenSent: SentMark[] | undefined
  #isPaused = false
  #isOtherEnded = false
  /** How far it is in saying that nothing more comes. */
  #ending: 'no' | 'under way' | 'done' = 'no'
  #remote: SocketEnd | undefined

  /** Reads `handle`, which is nobody else's, from now on. */
  constructor(handle: StreamHandle, listener: SocketListener, binding: StreamBinding) {
    this.#binding = binding
    this.#handle = handle
    this.#listener = listener
    handle.setNoDelay?.(true)
    handle.owner = this
    handle.onread = readForOwner
    handle.useUserBuffer(SHARED_BUFFER)
    if (handle.readStart() !== 0) this.destroy()
  }

  get unsentBytes(): number {
    return this.#doneWrites === this.#waitedWrites ? 0 : this.#handle.writeQueueSize
  }

  get sentBytes(): number {
    return this.#handle.bytesWritten - this.#handle.writeQueueSize
  }

  get remote(): SocketEnd | undefined {
    return (this.#remote ??= this.isOpen ? endOf(this.#handle, 'getpeername') : undefined)
  }

  get local(): SocketEnd | undefined {
    return this.isOpen ? endOf(this.#handle, 'getsockname') : undefined
  }

  write(data: Uint8Array): void {
    if (this.isEnded) return
    const request = takeRequest(this.#binding)
    this.#wrote(request, data, this.#handle.writeBuffer(request, data))
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    if (this.isEnded) return
    const request = takeRequest(this.#binding)
    this.#wrote(request, pieces, this.#handle.writev(request, pieces, true))
  }

  whenSent(act: () => void): void {
    this.#whenSent ??= []
    this.#whenSent.push({ doneWrites: this.#waitedWrites, act })
  }

  pause(): void {
    this.#isPaused = true
    if (this.isOpen) this.#handle.readStop()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    if (this.isOpen) this.#handle.readStart()
  }

  end(): void {
    if (this.isEnded) return
    this.isEnded = true
    this.#shutDownWhenSent()
  }

  destroy(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.isEnded = true
    this.#handle.close(closed)
  }

  reset(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.isEnded = true
    const { reset } = this.#handle
    // While its end is under way libuv refuses to, and Node takes it for closed all the same.
    if (reset === undefined || this.#ending === 'under way') this.#handle.close(closed)
    else reset.call(this.#handle, closed)
  }

  probe(afterMs: number): void {
    if (this.isOpen) this.#handle.setKeepAlive?.(true, Math.ceil(afterMs / 1_000))
  }

  /** For the handle: there is what was read. */
  haveRead(): void {
    const length = this.#binding.streamBaseState[this.#binding.kReadBytesOrError]!
    if (!this.isOpen || length === 0) return
    if (length > 0) this.#listener.received(SHARED_BUFFER, length)
    else if (length === END_OF_FILE) this.#otherEnded()
    else this.destroy()
  }

  /** For the handle: a write that waited is done, or was given up. */
  haveWritten(isSent: boolean): void {
    this.#doneWrites++
    while (this.#whenSent !== undefined && this.#whenSent[0]!.doneWrites <= this.#doneWrites) {
      const { act } = this.#whenSent.shift()!
      if (this.#whenSent.length === 0) this.#whenSent = undefined
      act()
    }
    if (!isSent) this.destroy()
    else if (this.isEnded) this.#shutDownWhenSent()
  }

  /** For the handle: the other side has been told that nothing more comes, or could not be. */
  haveShutDown(isTold: boolean): void {
    this.#ending = 'done'
    if (!isTold || this.#isOtherEnded) this.destroy()
  }

  /** For the handle: it is closed. */
  haveClosed(): void {
    this.#listener.closed()
  }

  #otherEnded(): void {
    this.#isOtherEnded = true
    this.#listener.ended()
    if (this.#ending === 'done') this.destroy()
  }

  /** Only then: what is on its way to its end cannot be reset, and a client that takes nothing is to be. */
  #shutDownWhenSent(): void {
    if (!this.isOpen || this.#doneWrites < this.#waitedWrites) return
    const request = new this.#binding.ShutdownWrap() as OwnedRequest
    request.owner = this
    request.oncomplete = shutDown
    this.#ending = 'under way'
    // Nobody can be told who is gone already.
    if (this.#handle.shutdown(request) !== 0) this.destroy()
  }

  #wrote(request: OwnedRequest, data: unknown, status: number): void {
    if (status !== 0) {
      this.destroy()
    } else if (this.#binding.streamBaseState[this.#binding.kLastWriteWasAsync] === 1) {
      request.data = data
      request.owner = this
      request.oncomplete = written
      this.#waitedWrites++
      spareRequest = undefined
    }
  }
}

/** To be called when so many of a socket's waiting writes are done. */
interface SentMark {
  readonly doneWrites: number
  readonly act: () => void
}

interface OwnedRequest extends WriteRequest {
  owner?: HandleSocket
}

/** The system takes nearly all writes at once. Such a one leaves no trace in its request, which then serves the next. */
let spareRequest: OwnedRequest | undefined

function takeRequest(binding: StreamBinding): OwnedRequest {
  return (spareRequest ??= new binding.WriteWrap())
}

function readForOwner(this: StreamHandle): void {
  ;(this.owner as HandleSocket).haveRead()
}

function closed(this: StreamHandle): void {
  ;(this.owner as HandleSocket).haveClosed()
}

function written(this: OwnedRequest, status: number): void {
  this.owner?.haveWritten(status === 0)
}

function shutDown(this: OwnedRequest, status: number): void {
  this.owner?.haveShutDown(status === 0)
}

function endOf(handle: StreamHandle, ask: 'getpeername' | 'getsockname'): SocketEnd | undefined {
  const end: HandleEnd = {}
  if (handle[ask]?.(end) !== 0 || end.address === undefined) return undefined
  return { address: end.address, port: end.port ?? 0 }
}
