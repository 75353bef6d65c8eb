// The socket of one connection, whatever it speaks: reads it, sees that what is sent is taken, and closes it so that the other side gets all
// of it. Belongs to one connection, the only other that writes to the socket.

import type { ConnectionSocket, SocketListener } from '../io/connection-socket.ts'
import type { OpenSocket } from '../io/take-connections.ts'
import { AnswerBacklog } from './answer-backlog.ts'
import type { BacklogSink } from './answer-backlog.ts'
import { AnswerOutput } from './answer-output.ts'
import { Deadline } from './deadline.ts'
import type { ServerContext } from './server-context.ts'
import { WriteWatch } from './write-watch.ts'

// After a refusal the rest of what the client was sending is read and dropped, or its system would discard our answer.
const LINGER_MS = 2_000
const MAX_LINGER_BYTES = 16 * 1_048_576
// A client that vanished without a word (a cable, a NAT box) is only found by asking.
const PROBE_AFTER_MS = 60_000

/** `linger`: we have closed, and wait for the client to do so. */
type Phase = 'open' | 'linger' | 'closed'

/** What a socket tells its connection. */
export interface SocketOwner {
  /** Takes the first `length` of `bytes`, which are overwritten as soon as it returns. */
  received(bytes: Buffer, length: number): void
  /** The client has sent its last byte; it may still read (a half-closed connection). */
  ended(): void
  /** The client does not take its answer. It is reset when this returns, as everything else would have to wait for it too. */
  notTaken(code: 'ANSWER_NOT_TAKEN' | 'ANSWER_TAKEN_TOO_SLOWLY'): void
  closed(): void
}

export class ClientSocket implements SocketListener {
  readonly socket: ConnectionSocket
  readonly #server: ServerContext
  readonly #owner: SocketOwner
  readonly #writeWatch: WriteWatch
  readonly #output: AnswerOutput
  /** For lingering, and for an answer that takes long. */
  readonly #deadline: Deadline
  #phase: Phase = 'open'
  #lingerBytes = 0

  constructor(open: OpenSocket, server: ServerContext, owner: SocketOwner) {
    this.#server = server
    this.#owner = owner
    this.socket = open(this)
    const { writeTimeoutMs, minWriteRate } = server.times
    const pace = { timeoutMs: writeTimeoutMs, bytesPerSecond: minWriteRate }
    this.#writeWatch = new WriteWatch(server.wheel, this.socket, pace, (code) => {
      owner.notTaken(code)
      this.reset()
    })
    this.#output = new AnswerOutput(this.socket, server.spool.memory, server.buffers.responseBufferBytes)
    this.#deadline = new Deadline(server.wheel, () => this.#expired())
  }

  /** Nothing more of it is read, or it is closed altogether. */
  get isClosing(): boolean {
    return this.#phase !== 'open'
  }

  /** Something of an answer waits for the client. */
  get isSending(): boolean {
    return this.socket.unsentBytes > 0
  }

  /** Whether more may be written now. */
  get hasRoom(): boolean {
    return this.#output.hasRoom
  }

  /** Whether `bytes` may be written now, and wait in memory for the client. */
  hasRoomFor(bytes: number): boolean {
    return this.#output.hasRoomFor(bytes)
  }

  /** Memory for some of the `bytes` that are to be written next, to be lent. */
  takeBlock(bytes: number): Buffer {
    return this.#output.takeBlock(bytes)
  }

  /** `block` was written: it serves again when the system has it. */
  lend(block: Uint8Array): void {
    this.#output.lend(block)
  }

  /** Calls `act` when more may be written; not if it is closed before. */
  whenRoom(act: () => void): void {
    this.socket.whenSent(() => {
      if (this.socket.isOpen) act()
    })
  }

  openBacklog(sink: BacklogSink): AnswerBacklog {
    return new AnswerBacklog(this.#server.spool, this.#server.buffers.responseSpoolBytes, sink)
  }

  /** Something was written. */
  wrote(): void {
    this.#output.wrote()
    this.#writeWatch.wrote()
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  /** An answer is waited for: while that takes long it is asked whether the client is still there. */
  beginWaiting(): void {
    this.#deadline.start(PROBE_AFTER_MS)
  }

  endWaiting(): void {
    if (this.#phase === 'open') this.#deadline.stop()
  }

  /** Sends what is written, then closes; what still comes in is dropped for a while. */
  close(): void {
    if (this.isClosing) return
    this.#phase = 'linger'
    this.#deadline.start(LINGER_MS)
    this.#writeWatch.wrote()
    this.socket.end()
    this.socket.resume()
  }

  /**
   * The same where nothing more can come in, as all of the request is here: what the system has taken already arrives even if nobody waits
   * for the client to close, which is half of what a connection costs.
   */
  closeDone(): void {
    if (this.isClosing || this.isSending) this.close()
    else this.socket.destroy()
  }

  /** Closes at once. */
  destroy(): void {
    // What the client has not taken must not look whole.
    if (this.isSending) this.socket.reset()
    else this.socket.destroy()
  }

  /** Closes at once, and lets the system forget what the client has not taken. */
  reset(): void {
    this.socket.reset()
  }

  received(bytes: Buffer, length: number): void {
    if (this.#phase === 'open') {
      this.#owner.received(bytes, length)
    } else if (this.#phase === 'linger') {
      this.#lingerBytes += length
      if (this.#lingerBytes > MAX_LINGER_BYTES) this.socket.destroy()
    }
  }

  ended(): void {
    if (this.#phase === 'open') this.#owner.ended()
  }

  closed(): void {
    this.#phase = 'closed'
    this.#deadline.end()
    this.#writeWatch.end()
    this.#owner.closed()
  }

  #expired(): void {
    if (this.#phase !== 'linger') this.socket.probe(PROBE_AFTER_MS)
    // Lingering begins when everything is sent; until then it is watched how that goes on.
    else if (this.isSending) this.#deadline.start(LINGER_MS)
    else this.socket.destroy()
  }
}
