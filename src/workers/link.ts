// One thread of a worker as the front sees it: its socket, the batch it is serving, and whose answer is coming in.
// Answers come in the order of the requests (protocol/link.md); only this file keeps that account.

import { open } from 'node:fs'
import { haveRead } from '../io/body-memory.ts'
import type { ServingThread } from '../wsgi/access-record.ts'
import { type Exchange, isInMemory } from '../wsgi/exchange.ts'
import type { FrameReceiver, FrameSocket } from './frame-socket.ts'
import {
  FRAME,
  FrameError,
  FrameHead,
  MICROS_BYTES,
  REQUEST_PREFIX_BYTES,
  decodeFile,
  decodeMicros,
  decodeTaggedText,
  decodeWant,
  encodeFileTaken,
  finishRequest,
} from './frames.ts'
import type { FileSpan, FrameReader, LinkHello } from './frames.ts'
import { InputFeed } from './input-feed.ts'
import { Nobody } from './nobody.ts'
import { RecentRequests } from './recent-requests.ts'
import { WAITS_TO_SEND, WorkClock } from './work-clock.ts'

// A link of a worker that has ended is closed after this, for what is still to be read.
const LAST_FRAMES_MS = 100
const INITIAL_BATCH_BYTES = 16_384
// Larger bodies are sent from where they lie.
const LARGEST_COPIED_BODY_BYTES = 32_768
// Who has printed nothing in so many requests most likely never does.
const SILENT_REQUESTS = 64

/** What an application said about one of its requests, for the log. */
export type ApplicationReport =
  | { readonly type: 'failure'; readonly kind: (typeof FAILURE_KINDS)[number]; readonly text: string }
  /** `errors` is what it wrote to `wsgi.errors`. */
  | { readonly type: 'log'; readonly level: (typeof LOG_LEVELS)[number]; readonly text: string }

// By the numbers of protocol/link.md.
const FAILURE_KINDS = ['raised', 'broke-interface', 'asked-to-exit'] as const
const LOG_LEVELS = ['errors', 'info', 'warning', 'error'] as const

/** What the link tells its pool. */
export interface LinkOwner {
  /** A request was answered after `micros` in the application; not called for a streamed one, whose time is its client's. */
  answered(micros: number): void
  /** Nothing is under way on the link any more. */
  freed(link: Link): void
  /** The link is gone; `lost` requests were under way on it. `cancelled`: because their only client left. */
  closed(link: Link, lost: readonly Exchange[], cancelled: boolean): void
  /** `exchange` is unknown when a thread that outlived its request speaks. */
  reported(exchange: Exchange | undefined, report: ApplicationReport): void
  /** The link's thread should give back what it has not started. */
  revoke(link: Link): void
}

// Decoded and used before the next frame is: one serves all links.
const head = new FrameHead()

export class Link implements FrameReceiver {
  readonly worker: number
  readonly index: number
  /** How often its thread has opened it, from 1. */
  readonly opening: number
  readonly clock = new WorkClock()
  /** Requests that were answered. */
  answered = 0
  /** When the last batch was sent, on the clock of `performance.now()`. */
  sentAtMs = 0
  /** Of several requests sent together: when all should have been answered, on the same clock. */
  expectedMs = 0

  readonly #socket: FrameSocket
  readonly #owner: LinkOwner
  readonly #thread: ServingThread
  #batchBytes = Buffer.allocUnsafeSlow(INITIAL_BATCH_BYTES)
  /** What goes between the batch's bytes: large bodies, each with the place that it belongs to. */
  readonly #largeBodies: { readonly at: number; readonly body: Uint8Array }[] = []
  #batch: Exchange[] = []
  /** Index in the batch of the request whose answer comes next. */
  #current = 0
  #isStreaming = false
  /** Once the thread has read in the body of a streamed request. */
  #input: InputFeed | undefined
  #isCancelled = false
  /** Only where threads print: most never do. */
  #recent: RecentRequests | undefined = new RecentRequests()
  #hasPrinted = false

  constructor(socket: FrameSocket, hello: LinkHello, pid: number, owner: LinkOwner) {
    this.worker = hello.worker
    this.index = hello.link
    this.opening = hello.opening
    this.#thread = { worker: hello.worker, pid, thread: hello.link }
    this.#socket = socket
    this.#owner = owner
    socket.receiver = this
  }

  /** Requests sent and not answered. */
  get outstanding(): number {
    return this.#batch.length - this.#current
  }

  get isFree(): boolean {
    return this.#batch.length === 0 && this.#socket.isOpen
  }

  /** The request that the thread is at. */
  get current(): Exchange | undefined {
    return this.#batch[this.#current]
  }

  /** Some of the answer to it has come. */
  get hasBegun(): boolean {
    return this.#isStreaming
  }

  /** Nobody waits any more for what the thread is at. */
  get isGivenUp(): boolean {
    return this.current instanceof Nobody
  }

  get isClosed(): boolean {
    return !this.#socket.isOpen
  }

  /** More than one request was sent at once, so that one may hold up others. */
  get hasBatch(): boolean {
    return this.#batch.length > 1
  }

  /** The id of a request that its thread has or had, counted from 1; of those that are answered only the last are known. */
  requestAt(ordinal: number): string | undefined {
    this.#hasPrinted = true
    this.#recent ??= new RecentRequests()
    if (ordinal !== this.answered + 1) return this.#recent.idOf(ordinal)
    return this.isGivenUp ? undefined : this.current?.id
  }

  /** Sends requests in one write. Only to a free link. */
  send(batch: Exchange[], nowMs: number): void {
    this.#batch = batch
    this.#current = 0
    this.sentAtMs = nowMs
    this.clock.start(nowMs)
    let end = 0
    for (let i = 0; i < batch.length; i++) {
      const exchange = batch[i]!
      end = this.#encode(exchange, end, i === batch.length - 1)
      exchange.handedTo?.(this.#thread, nowMs)
    }
    if (this.#largeBodies.length === 0) this.#socket.write(this.#batchBytes.subarray(0, end))
    else this.#socket.writeTogether(this.#withLargeBodies(end))
  }

  /** A request turns out slow: asks for those behind it back. May ask again: a thread that had not read its batch had none to give. */
  askBack(): void {
    this.#owner.revoke(this)
  }

  /**
   * Takes the present request off its thread, and returns it, as it is to be answered in another way. The link is closed as soon as the others
   * of its batch are off it.
   */
  giveUp(): Exchange {
    const exchange = this.#batch[this.#current]!
    exchange.onGone = exchange.onDrain = undefined
    this.#endInput()
    this.#batch[this.#current] = new Nobody()
    this.#leave()
    return exchange
  }

  /**
   * The worker gave the last `count` requests of the batch back unstarted. That comes over another socket than answers, so that those of all
   * requests before them may have come first: then nothing is left of the batch.
   */
  takeBack(count: number): readonly Exchange[] {
    if (count > this.outstanding - (this.#isStreaming ? 1 : 0))
      throw new FrameError('a worker gave back requests that it does not have')
    const returned = this.#batch.splice(this.#batch.length - count, count)
    for (const exchange of returned) exchange.onGone = exchange.onDrain = undefined
    if (this.outstanding > 0) this.#cancelIfGone()
    else if (this.#socket.isOpen) this.#batchEnded()
    return returned.filter((exchange) => !(exchange instanceof Nobody))
  }

  frame(reader: FrameReader): void {
    const exchange = this.#batch[this.#current]
    if (reader.type === FRAME.log) {
      const { tag, text } = decodeTaggedText(reader, reader.start)
      this.#owner.reported(exchange, { type: 'log', level: LOG_LEVELS[tag] ?? 'error', text })
      return
    }
    if (exchange === undefined) throw new FrameError('a worker answered a request that it was not given')
    if (this.#input?.isWanted === true && reader.type !== FRAME.responseHead && reader.type !== FRAME.body)
      throw new FrameError('a worker went on without the input that it waits for')
    switch (reader.type) {
      case FRAME.response:
        this.#expectStreaming(false)
        noteRead(exchange)
        head.decode(reader, reader.start + MICROS_BYTES)
        exchange.answer(head, reader.bytes, head.blockEnd, reader.end)
        this.#finish(decodeMicros(reader))
        return
      case FRAME.responseHead:
        this.#expectStreaming(false)
        this.#isStreaming = true
        noteRead(exchange)
        head.decode(reader, reader.start)
        this.clock.block()
        exchange.onDrain = () => this.#resume()
        exchange.begin(head)
        return
      case FRAME.body:
        this.#expectStreaming(true)
        this.clock.block()
        if (!writeCopy(exchange, reader.bytes.subarray(reader.start, reader.end))) this.#pause()
        return
      case FRAME.want:
        this.#inputOf(exchange).want(decodeWant(reader))
        return
      case FRAME.file:
        this.#expectStreaming(true)
        this.#sendFile(exchange, decodeFile(reader))
        return
      case FRAME.end:
        this.#expectStreaming(true)
        exchange.end()
        this.#finish(decodeMicros(reader))
        return
      case FRAME.abort:
        this.#expectStreaming(true)
        exchange.abort()
        this.#finish(decodeMicros(reader))
        return
      case FRAME.failure: {
        this.#expectStreaming(false)
        const { tag, text } = decodeTaggedText(reader, reader.start + MICROS_BYTES)
        // A client that left took its spooled body with it: that the worker cannot find it is no news of the application.
        const isBodyGone = exchange.client === 'gone' && !isInMemory(exchange.body) && 'path' in exchange.body
        if (!isBodyGone)
          this.#owner.reported(exchange, { type: 'failure', kind: FAILURE_KINDS[tag] ?? 'raised', text })
        exchange.fail(500)
        this.#finish(decodeMicros(reader))
        return
      }
      default:
        throw new FrameError(`a worker sent a frame of type 0x${reader.type.toString(16)} on a thread's link`)
    }
  }

  closed(): void {
    const lost = this.#batch.slice(this.#current)
    this.#endInput()
    for (const exchange of lost) exchange.onGone = exchange.onDrain = undefined
    this.#owner.closed(this, this.isGivenUp ? lost.slice(1) : lost, this.#isCancelled)
    this.#batch = []
    this.#current = 0
  }

  /**
   * What its worker has sent before it ended is acted on. The end of the link does not come by itself as long as a process that the
   * application has forked holds it, and nobody would answer.
   */
  workerEnded(): void {
    if (!this.#socket.isOpen) return
    setTimeout(() => {
      if (this.#socket.isPaused) this.workerEnded()
      else this.#socket.destroy()
    }, LAST_FRAMES_MS)
  }

  #encode(exchange: Exchange, start: number, isLast: boolean): number {
    const { body, sharedEnviron } = exchange
    const isInline = isInMemory(body)
    const isSpooled = !isInline && 'path' in body
    const bodyBytes = isInline ? body.length : isSpooled ? Buffer.byteLength(body.path) : 0
    const isLarge = isInline && bodyBytes > LARGEST_COPIED_BODY_BYTES
    const copiedBytes = isLarge ? 0 : bodyBytes
    this.#makeRoom(start, REQUEST_PREFIX_BYTES + sharedEnviron.length + exchange.environBytes() + copiedBytes)
    const bytes = this.#batchBytes
    const sharedEnd = start + REQUEST_PREFIX_BYTES + sharedEnviron.length
    bytes.set(sharedEnviron, start + REQUEST_PREFIX_BYTES)
    const ownEnd = exchange.writeEnviron(bytes, sharedEnd)
    if (isSpooled) bytes.write(body.path, ownEnd)
    else if (isInline && isLarge) this.#largeBodies.push({ at: ownEnd, body })
    else if (isInline && bodyBytes > 0) bytes.set(body, ownEnd)
    const bodyPlace = isInline ? 'inline' : isSpooled ? 'spooled' : 'streamed'
    finishRequest(bytes, { start, sharedEnd, ownEnd, end: ownEnd + bodyBytes }, bodyPlace, isLast)
    exchange.onGone = () => this.#clientGone(exchange)
    return ownEnd + copiedBytes
  }

  #withLargeBodies(end: number): Uint8Array[] {
    const pieces: Uint8Array[] = []
    let from = 0
    for (const { at, body } of this.#largeBodies.splice(0)) {
      pieces.push(this.#batchBytes.subarray(from, at), body)
      from = at
    }
    if (from < end) pieces.push(this.#batchBytes.subarray(from, end))
    return pieces
  }

  /** The batch's bytes are the link's own and used again: the worker has read them all when it has answered them all. */
  #makeRoom(used: number, needed: number): void {
    if (used + needed <= this.#batchBytes.length) return
    const grown = Buffer.allocUnsafeSlow((used + needed) * 2)
    this.#batchBytes.copy(grown, 0, 0, used)
    this.#batchBytes = grown
  }

  /** Waits for the client to take some of the answer. */
  #pause(): void {
    this.clock.wait(WAITS_TO_SEND)
    this.#socket.pause()
  }

  #resume(): void {
    this.clock.goOn(WAITS_TO_SEND)
    this.#socket.resume()
  }

  #expectStreaming(isStreaming: boolean): void {
    if (this.#isStreaming !== isStreaming)
      throw new FrameError('a worker sent the parts of an answer out of order')
  }

  #finish(micros: number): void {
    const exchange = this.#batch[this.#current]!
    exchange.onGone = exchange.onDrain = undefined
    this.#isStreaming = false
    this.clock.next()
    this.answered++
    if (this.#recent !== undefined) this.#remember(this.#recent, exchange)
    this.#current++
    if (!isInMemory(exchange.body) && 'take' in exchange.body) this.#endInput()
    else this.#owner.answered(micros)
    if (this.#current === this.#batch.length) this.#batchEnded()
    else this.#cancelIfGone()
  }

  #batchEnded(): void {
    // A list that has grown old must not keep its requests from being collected.
    this.#batch.length = 0
    this.#current = 0
    this.#owner.freed(this)
  }

  #remember(recent: RecentRequests, exchange: Exchange): void {
    if (this.#hasPrinted || this.answered <= SILENT_REQUESTS) recent.add(this.answered, exchange.id)
    else this.#recent = undefined
  }

  #inputOf({ body }: Exchange): InputFeed {
    if (!('take' in body)) throw new FrameError('a worker wanted input of a request that came complete')
    return (this.#input ??= new InputFeed(body, this.#socket, this.clock))
  }

  #endInput(): void {
    this.#input?.stop()
    this.#input = undefined
  }

  /** The worker waits for our word and keeps the file open until then, so that its path cannot come to mean another file. */
  #sendFile(exchange: Exchange, { offset, size, path }: FileSpan): void {
    this.#socket.pause()
    open(path, 'r', (error, descriptor) => {
      if (error === null) exchange.sendFile({ descriptor, offset, size })
      if (this.#socket.isOpen) this.#socket.write(encodeFileTaken(error === null))
      this.#socket.resume()
    })
  }

  /** Closing the link is how the thread learns that nobody wants its answer; others of the batch must be off it first. */
  #clientGone(exchange: Exchange): void {
    if (this.#batch[this.#current] === exchange) this.#leave()
  }

  #leave(): void {
    // What is paused for a client that has left would wait for ever.
    this.#resume()
    if (this.outstanding > 1) this.askBack()
    else this.#cancelIfGone()
  }

  #cancelIfGone(): void {
    if (this.outstanding !== 1 || this.#batch[this.#current]!.client !== 'gone') return
    this.#isCancelled = true
    this.#socket.destroy()
  }
}

function writeCopy(exchange: Exchange, data: Buffer): boolean {
  return exchange.writeCopy === undefined ? exchange.write(Buffer.from(data)) : exchange.writeCopy(data)
}

/** A thread reads its whole batch before it answers any of it: the body's memory may serve another one when the request is over. */
function noteRead({ body }: Exchange): void {
  if (isInMemory(body)) haveRead(body)
}
