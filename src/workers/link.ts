// One thread of a worker as the front sees it: its socket, the batch it is serving, and whose answer is coming in.
// Answers come in the order of the requests (protocol/link.md); only this file keeps that account.

import { open } from 'node:fs'
import type { Socket } from 'node:net'
import type { Exchange } from '../wsgi/exchange.ts'
import {
  FRAME,
  FrameError,
  FrameHead,
  FrameReader,
  REQUEST_PREFIX_BYTES,
  decodeFile,
  decodeMicros,
  decodeTaggedText,
  encodeFileTaken,
  finishRequest,
} from './frames.ts'

const INITIAL_BATCH_BYTES = 16_384

/** What an application said about one of its requests, for the log. */
export type ApplicationReport =
  | { readonly type: 'failure'; readonly text: string }
  /** `errors` is what it wrote to `wsgi.errors`. */
  | { readonly type: 'log'; readonly level: (typeof LOG_LEVELS)[number]; readonly text: string }

// By the numbers of protocol/link.md.
const LOG_LEVELS = ['errors', 'info', 'warning', 'error'] as const

/** What the link tells its pool. */
export interface LinkOwner {
  /** A request was answered after `micros` in the application. */
  answered(micros: number): void
  /** Nothing is under way on the link any more. */
  freed(link: Link): void
  /** The link is gone; `lost` requests were under way on it. `cancelled`: because their only client left. */
  closed(link: Link, lost: readonly Exchange[], cancelled: boolean): void
  reported(exchange: Exchange, report: ApplicationReport): void
  /** The link's thread should give back what it has not started. */
  revoke(link: Link): void
}

// Decoded and used before the next frame is: one serves all links.
const head = new FrameHead()

export class Link {
  readonly worker: number
  readonly index: number
  /** When the last batch was sent or the last answer of it came, on the clock of `performance.now()`. */
  progressAtMs = 0

  readonly #socket: Socket
  readonly #reader: FrameReader
  readonly #owner: LinkOwner
  #batchBytes = Buffer.allocUnsafeSlow(INITIAL_BATCH_BYTES)
  #batch: Exchange[] = []
  /** Index in the batch of the request whose answer comes next. */
  #current = 0
  #isStreaming = false
  #isPaused = false
  #isCancelled = false
  #isRevoking = false

  /** `reader` may hold bytes that came behind the link's hello. */
  constructor(socket: Socket, worker: number, index: number, reader: FrameReader, owner: LinkOwner) {
    this.worker = worker
    this.index = index
    this.#socket = socket
    this.#reader = reader
    this.#owner = owner
    socket.on('data', (chunk: Buffer) => this.#received(chunk))
    socket.on('error', () => undefined) // 'close' follows
    socket.on('close', () => this.#closed())
  }

  /** Requests sent and not answered. */
  get outstanding(): number {
    return this.#batch.length - this.#current
  }

  get isFree(): boolean {
    return this.#batch.length === 0 && !this.#socket.destroyed
  }

  /** More than one request was sent at once, so that one may hold up others. */
  get hasBatch(): boolean {
    return this.#batch.length > 1
  }

  /** Sends requests in one write. Only to a free link. */
  send(batch: Exchange[], nowMs: number): void {
    this.#batch = batch
    this.#current = 0
    this.#isRevoking = false
    this.progressAtMs = nowMs
    let end = 0
    for (let i = 0; i < batch.length; i++) end = this.#encode(batch[i]!, end, i === batch.length - 1)
    this.#socket.write(this.#batchBytes.subarray(0, end))
  }

  /** The first request turns out slow: asks for the others back, once a batch. */
  askBack(): void {
    if (this.#isRevoking) return
    this.#isRevoking = true
    this.#owner.revoke(this)
  }

  /** The worker gave the last `count` requests of the batch back unstarted. */
  takeBack(count: number): readonly Exchange[] {
    if (count > this.outstanding - 1) throw new FrameError('a worker gave back requests that it does not have')
    const returned = this.#batch.splice(this.#batch.length - count, count)
    for (const exchange of returned) exchange.onGone = exchange.onDrain = undefined
    if (this.#current < this.#batch.length && this.#batch[this.#current]!.clientHasLeft) this.#cancelIfAlone()
    return returned
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #encode(exchange: Exchange, start: number, isLast: boolean): number {
    const { body } = exchange
    const isSpooled = 'path' in body
    const bodyBytes = isSpooled ? Buffer.byteLength(body.path) : body.length
    this.#makeRoom(start, REQUEST_PREFIX_BYTES + exchange.environBytes() + bodyBytes)
    const bytes = this.#batchBytes
    const environEnd = exchange.writeEnviron(bytes, start + REQUEST_PREFIX_BYTES)
    let end = environEnd
    if (isSpooled) {
      end += bytes.write(body.path, end)
    } else if (body.length > 0) {
      bytes.set(body, end)
      end += body.length
    }
    finishRequest(bytes, start, environEnd, end, isSpooled, isLast)
    exchange.onGone = () => this.#clientGone(exchange)
    return end
  }

  /** The batch's bytes are the link's own and used again: the worker has read them all when it has answered them all. */
  #makeRoom(used: number, needed: number): void {
    if (used + needed <= this.#batchBytes.length) return
    const grown = Buffer.allocUnsafeSlow((used + needed) * 2)
    this.#batchBytes.copy(grown, 0, 0, used)
    this.#batchBytes = grown
  }

  #received(chunk: Buffer): void {
    this.#reader.receive(chunk)
    this.#readFrames()
  }

  #readFrames(): void {
    try {
      while (!this.#isPaused && this.#reader.next()) this.#take()
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.#socket.destroy(error)
    }
  }

  #take(): void {
    const exchange = this.#batch[this.#current]
    if (exchange === undefined) throw new FrameError('a worker answered a request that it was not given')
    const reader = this.#reader
    switch (reader.type) {
      case FRAME.response:
        this.#expectStreaming(false)
        head.decode(reader)
        exchange.answer(head, reader.bytes, head.blockEnd + 4, reader.end)
        this.#finish(decodeMicros(reader, head.blockEnd))
        return
      case FRAME.responseHead:
        this.#expectStreaming(false)
        this.#isStreaming = true
        head.decode(reader)
        exchange.onDrain = () => this.#resume()
        exchange.begin(head)
        return
      case FRAME.body:
        this.#expectStreaming(true)
        if (!exchange.write(reader.bytes.subarray(reader.start, reader.end))) this.#pause()
        return
      case FRAME.file:
        this.#expectStreaming(true)
        this.#sendFile(exchange)
        return
      case FRAME.end:
        this.#expectStreaming(true)
        exchange.end()
        this.#finish(decodeMicros(reader, reader.start))
        return
      case FRAME.abort:
        this.#expectStreaming(true)
        exchange.abort()
        this.#finish(decodeMicros(reader, reader.start))
        return
      case FRAME.failure: {
        this.#expectStreaming(false)
        const { text } = decodeTaggedText(reader, reader.start + 4)
        this.#owner.reported(exchange, { type: 'failure', text })
        exchange.fail(500)
        this.#finish(decodeMicros(reader, reader.start))
        return
      }
      case FRAME.log: {
        const { tag, text } = decodeTaggedText(reader, reader.start)
        this.#owner.reported(exchange, { type: 'log', level: LOG_LEVELS[tag] ?? 'error', text })
        return
      }
      default:
        throw new FrameError(`a worker sent a frame of type 0x${reader.type.toString(16)} on a thread's link`)
    }
  }

  #expectStreaming(isStreaming: boolean): void {
    if (this.#isStreaming !== isStreaming) throw new FrameError('a worker sent the parts of an answer out of order')
  }

  #finish(micros: number): void {
    const exchange = this.#batch[this.#current]!
    exchange.onGone = exchange.onDrain = undefined
    this.#isStreaming = false
    this.#current++
    this.#owner.answered(micros)
    if (this.#current === this.#batch.length) {
      this.#batch = []
      this.#current = 0
      this.#owner.freed(this)
    } else if (this.#batch[this.#current]!.clientHasLeft) {
      this.#cancelIfAlone()
    }
  }

  /** The worker waits for our word and keeps the file open until then, so that its path cannot come to mean another file. */
  #sendFile(exchange: Exchange): void {
    const { offset, size, path } = decodeFile(this.#reader)
    this.#pause()
    open(path, 'r', (error, descriptor) => {
      if (error === null) exchange.sendFile({ descriptor, offset, size })
      if (!this.#socket.destroyed) this.#socket.write(encodeFileTaken(error === null))
      this.#resume()
    })
  }

  #pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#socket.resume()
    this.#readFrames()
  }

  /** Closing the link is how the thread learns that nobody wants its answer; others of the batch must be off it first. */
  #clientGone(exchange: Exchange): void {
    // What is paused for a client that has left would wait for ever.
    if (this.#batch[this.#current] === exchange) this.#resume()
    if (this.#batch[this.#current] !== exchange) return
    if (this.outstanding > 1) this.askBack()
    else this.#cancelIfAlone()
  }

  #cancelIfAlone(): void {
    if (this.outstanding !== 1) return
    this.#isCancelled = true
    this.#socket.destroy()
  }

  #closed(): void {
    const lost = this.#batch.slice(this.#current)
    for (const exchange of lost) exchange.onGone = exchange.onDrain = undefined
    this.#batch = []
    this.#current = 0
    this.#owner.closed(this, lost, this.#isCancelled)
  }
}
