// One call of an application by the rules of PEP 3333: what it says goes to a sink, which sends it. Only this file knows in which state
// such an answer is; python/gantry_worker/exchange.py is its twin.

import { AnswerFailure } from './answer-failure.ts'
import type { Application, ApplicationResult, Blocks, StartResponse, Write } from './application.ts'
import { AssertionError } from './assertion-error.ts'
import { BlockQueue } from './block-queue.ts'
import { type CheckedHead, checkHead, nameOfType } from './checked-head.ts'
import type { Environ } from './environ.ts'
import type { FileBody } from './exchange.ts'
import { FileWrapper } from './file-wrapper.ts'
import { RequestCancelled } from './request-context.ts'
import { type Step, type Stepper, freeResult, stepperOf } from './result-steps.ts'
import { thrownText } from './thrown-text.ts'

/** Where an answer goes. What is not said here is as in `Exchange`, which is such a sink. */
export interface AnswerSink {
  /** Called once if nobody wants the rest of the answer. */
  onGone: (() => void) | undefined
  onDrain: (() => void) | undefined
  /** Takes a body of one block whole, whatever its size, as nothing of it is copied there. */
  readonly isInMemory?: boolean
  answer(head: CheckedHead, bytes: Uint8Array, start: number, end: number): void
  begin(head: CheckedHead): void
  write(data: Uint8Array): boolean
  /** Left out where blocks are as good. */
  sendFile?(file: FileBody): void
  end(): void
  /** `code`: why, where it is not the application's doing. */
  abort(code?: string): void
}

/** Who runs an application, and hears how it went. */
export interface RunOwner {
  /** `error` left the application, or is its breach of the interface. Nothing was sent: the owner answers. */
  failed(error: unknown): void
  /** As `failed`, but the answer had begun, and is cut. */
  failedLate(error: unknown): void
  /** Something to tell the application's author. */
  warned(level: 'warning' | 'error', text: string): void
  /** Opens a wrapped file once more, if that pays for a body of this length (-1: unknown). Otherwise it is read as any result. */
  openWrapped?(wrapper: FileWrapper, contentLength: number): Promise<OpenFile | undefined> | undefined
  /** Called before the end of the answer is sent, or when nobody wants it any more. */
  over(): void
}

/** A file that whoever sends it closes, or else whoever has it. */
export interface OpenFile extends FileBody {
  close(): void
}

const EMPTY = new Uint8Array(0)
// More than this is not copied together with its head.
const LARGEST_COPIED_BYTES = 16_384
const BLOCKS_A_TURN = 32

/** Use once: `start`. */
export class ApplicationRun {
  /** Parts of an answer that is sent block by block; its head goes with the first. */
  parts = 0
  readonly #sink: AnswerSink
  readonly #owner: RunOwner
  #head: CheckedHead | undefined
  #isStartCalled = false
  #isHeadSent = false
  #isBodiless: boolean
  /** `startResponse` was given an exception after the headers were sent: whatever follows, the answer is cut. */
  #mustAbort = false
  /** Body bytes that the declared Content-Length still allows; -1 without one. */
  #remaining = -1
  #isExcessTold = false
  #blocksInTurn = 0
  #isOver = false
  #isCancelled = false
  /** The application's iterator runs right now, so that it cannot be ended. */
  #isStepping = false
  #write: Write | undefined
  #blocks: Blocks | undefined
  #stepper: Stepper | undefined
  /** While the sink has enough; `#giveRoom` ends it. */
  #room: Promise<void> | undefined
  #giveRoom: (() => void) | undefined

  constructor(sink: AnswerSink, owner: RunOwner, isHead: boolean) {
    this.#sink = sink
    this.#owner = owner
    this.#isBodiless = isHead
  }

  start(application: Application, environ: Environ): void {
    this.#sink.onGone = () => this.#cancel()
    try {
      const result = application(environ, this.#startResponse)
      if (isPromise(result)) this.#await(application, result)
      else this.#take(application, result)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** The application waits until the client has taken some of its answer. */
  get waitsForClient(): boolean {
    return this.#room !== undefined
  }

  /** Ends it from outside, as if `error` had left the application. */
  interrupt(error: AnswerFailure): void {
    if (this.#isOver) return
    this.#isCancelled = true
    this.#fail(error)
  }

  readonly #startResponse: StartResponse = (status, headers, excInfo): Write => {
    if (excInfo !== undefined && excInfo !== null) {
      if (this.#isHeadSent) {
        this.#mustAbort = true
        throw excInfo as Error
      }
    } else if (this.#isStartCalled) {
      throw new AssertionError('Headers already set')
    }
    this.#isStartCalled = true
    this.#head = undefined
    this.#head = checkHead(status, headers)
    return (this.#write ??= (data) => this.#writeNow(data))
  }

  #await(application: Application, result: Promise<ApplicationResult>): void {
    // What is thenable but no promise may call back more than once, and at any time.
    void Promise.resolve(result)
      .then((value) => this.#take(application, value))
      .catch((error: unknown) => this.#fail(error))
  }

  /** Takes what the application returned. Throws what is wrong with it. */
  #take(application: Application, result: ApplicationResult | undefined): void {
    if (this.#isOver) {
      if (result !== null && result !== undefined) this.#observe(freeResult(result))
      return
    }
    if (result === null || result === undefined) {
      this.#acceptNone(application)
    } else if (!this.#isHeadSent && isOneBlock(result)) {
      this.#answerWhole(result[0])
    } else {
      this.#blocks = result
      if (result instanceof BlockQueue) result.onFile = (file) => this.#sendFile(file)
      const opening = result instanceof FileWrapper ? this.#openWrapped(result) : undefined
      if (opening === undefined) this.#send(stepperOf(result), isSingle(result))
      else this.#sendOpened(opening, result).catch((error: unknown) => this.#fail(error))
    }
  }

  /** The usual case: all data is there and no code of the application runs any more. */
  #answerWhole(data: unknown): void {
    assertBytes(data)
    const head = this.#requiredHead(EARLY_DATA)
    if (this.#isPlain(head, data.length)) {
      this.#isHeadSent = true
      this.#finish()
      this.#sink.answer(head, data, 0, data.length)
      return
    }
    void this.#sendHead(data.length === 0 ? this.#headOfNothing() : head.withLength(data.length), data)
    this.#complete()
  }

  /** Whether head and data are an answer as they stand, with nothing to cut, to leave out or to complain about. */
  #isPlain(head: CheckedHead, length: number): boolean {
    return (
      (head.contentLength === length || head.contentLength === -1) &&
      (length <= LARGEST_COPIED_BYTES || this.#sink.isInMemory === true) &&
      this.#owesWholeBody(head)
    )
  }

  #openWrapped(wrapper: FileWrapper): Promise<OpenFile | undefined> | undefined {
    const head = this.#head
    if (this.#sink.sendFile === undefined || head === undefined || !this.#owesWholeBody(head))
      return undefined
    return this.#owner.openWrapped?.(wrapper, head.contentLength)
  }

  async #sendOpened(opening: Promise<OpenFile | undefined>, result: Blocks): Promise<void> {
    const file = await opening
    const isSent = file !== undefined && this.#sendFile(file)
    if (isSent) {
      this.#complete()
      return
    }
    file?.close()
    if (!this.#isOver) this.#send(stepperOf(result), false)
  }

  /**
   * Sends a file as the whole body, where nobody looked at the answer on its way here. False: it is as it was.
   */
  #sendFile(file: FileBody): boolean {
    const head = this.#head
    const sink = this.#sink
    if (sink.sendFile === undefined || head === undefined || !this.#owesWholeBody(head)) return false
    void this.#sendHead(head, EMPTY)
    const size = this.#sizeWithinLength(file.size)
    sink.sendFile({ descriptor: file.descriptor, offset: file.offset, size })
    return true
  }

  #owesWholeBody({ status }: CheckedHead): boolean {
    return !this.#isOver && !this.#isHeadSent && !this.#isBodiless && status !== 204 && status !== 304
  }

  /** Sends block after block, as fast as the sink takes them, without a pause where everything is there. */
  #send(stepper: Stepper, isSingle: boolean): void {
    this.#stepper = stepper
    for (;;) {
      const step = this.#next(stepper)
      if (isPromise(step)) {
        this.#sendAwaited(stepper, step, isSingle).catch((error: unknown) => this.#fail(error))
        return
      }
      if (this.#isOver) return
      const room = this.#sendStep(step, isSingle)
      if (room === LAST) break
      if (room !== undefined) {
        this.#sendLater(stepper, room, isSingle)
        return
      }
      if (this.#hasEnded()) return
    }
    this.#complete()
  }

  #sendLater(stepper: Stepper, room: Promise<void>, isSingle: boolean): void {
    void room
      .then(() => {
        if (!this.#isOver) this.#send(stepper, isSingle)
      })
      .catch((error: unknown) => this.#fail(error))
  }

  async #sendAwaited(
    stepper: Stepper,
    first: Promise<IteratorResult<unknown>>,
    isSingle: boolean,
  ): Promise<void> {
    for (let step = await first; !this.#isOver; step = await this.#next(stepper)) {
      const room = this.#sendStep(step, isSingle)
      if (room === LAST) {
        this.#complete()
        return
      }
      if (room !== undefined) await room
      // The client may have left meanwhile: then nobody asks for another block.
      if (this.#hasEnded()) return
    }
  }

  #next(stepper: Stepper): Step {
    this.#isStepping = true
    try {
      return stepper.next()
    } finally {
      this.#isStepping = false
      if (this.#isCancelled) this.#closeCancelled()
    }
  }

  #hasEnded(): boolean {
    return this.#isOver
  }

  #sendStep(step: IteratorResult<unknown>, isSingle: boolean): typeof LAST | Promise<void> | undefined {
    if (step.done === true) {
      this.#stepper = undefined
      return LAST
    }
    const room = this.#sendBlock(step.value, isSingle)
    // Of a HEAD request, a 204 or 304, nothing of what follows goes anywhere (W43), and it may be long in coming.
    return this.#isBodiless && this.#isHeadSent ? LAST : room
  }

  #sendBlock(block: unknown, isSingle: boolean): Promise<void> | undefined {
    assertBytes(block)
    const head = this.#requiredHead(EARLY_DATA)
    return this.#sendNonEmpty(head, block, isSingle) ?? this.#pause()
  }

  #sendNonEmpty(head: CheckedHead, block: Uint8Array, isSingle: boolean): Promise<void> | undefined {
    if (block.length === 0) return undefined
    if (this.#isHeadSent) return this.#sendData(block)
    return this.#sendHead(isSingle ? head.withLength(block.length) : head, block)
  }

  /**
   * Others are served by the same thread. An application that always has a block, for a client that always has room, would let none of
   * them have their turn, not even the news that the client has left.
   */
  #pause(): Promise<void> | undefined {
    this.#blocksInTurn = (this.#blocksInTurn + 1) % BLOCKS_A_TURN
    return this.#blocksInTurn === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined
  }

  #writeNow(data: Uint8Array): Promise<void> | undefined {
    if (this.#isCancelled) throw new RequestCancelled('nobody waits for the answer any more')
    if (this.#isOver) throw new AssertionError('write() after the end of the request')
    return this.#sendBlock(data, false)
  }

  #sendHead(head: CheckedHead, data: Uint8Array): Promise<void> | undefined {
    if (head.status === 204 || head.status === 304) this.#isBodiless = true
    else if (!this.#isBodiless) this.#remaining = head.contentLength
    this.#isHeadSent = true
    this.#sink.begin(head)
    return this.#sendData(data)
  }

  /** Undefined when more may follow at once. */
  #sendData(block: Uint8Array): Promise<void> | undefined {
    this.parts++
    if (this.#isBodiless) return undefined
    const data = this.#withinLength(block)
    if (data.length === 0 || this.#sink.write(data)) return undefined
    // Writing may be what shows that nobody reads: then nobody will ever make room.
    return this.#isOver ? undefined : (this.#room ??= this.#waitForRoom())
  }

  #waitForRoom(): Promise<void> {
    return new Promise((resolve) => {
      this.#giveRoom = resolve
      this.#sink.onDrain = () => this.#roomAgain()
    })
  }

  #roomAgain(): void {
    const giveRoom = this.#giveRoom
    this.#room = this.#giveRoom = undefined
    giveRoom?.()
  }

  /** The application has given all that it has. Its `close` comes last, and may still spoil the answer. */
  #complete(): void {
    if (!this.#isHeadSent) void this.#sendHead(this.#headOfNothing(), EMPTY)
    if (this.#mustAbort)
      throw new AssertionError(
        'the exception given to startResponse was swallowed after the headers were sent',
      )
    if (this.#remaining > 0)
      throw new AssertionError(`the application wrote ${this.#remaining} bytes fewer than its Content-Length`)
    this.#closeBlocks()
    if (this.#isOver) return
    this.#finish()
    this.#sink.end()
  }

  #requiredHead(complaint: string): CheckedHead {
    if (this.#head === undefined) throw new AssertionError(complaint)
    return this.#head
  }

  /** The head of an answer without data: its length is 0, except that HEAD says nothing of what GET would have (W43). */
  #headOfNothing(): CheckedHead {
    const head = this.#requiredHead('the application returned without calling start_response')
    return this.#isBodiless ? head : head.withLength(0)
  }

  #withinLength(data: Uint8Array): Uint8Array {
    const size = this.#sizeWithinLength(data.length)
    return size === data.length ? data : data.subarray(0, size)
  }

  #sizeWithinLength(bytes: number): number {
    if (this.#remaining < 0) return bytes
    const excess = bytes - this.#remaining
    this.#remaining = Math.max(0, -excess)
    if (excess <= 0) return bytes
    this.#tellExcess(excess)
    return bytes - excess
  }

  #tellExcess(excess: number): void {
    if (this.#isExcessTold) return
    this.#isExcessTold = true
    this.#owner.warned(
      'error',
      `the application wrote ${excess} or more bytes beyond its Content-Length; they were cut`,
    )
  }

  #acceptNone(application: Application): void {
    this.#requiredHead('the application returned without calling start_response')
    if (!warnedOfNone.has(application)) {
      warnedOfNone.add(application)
      const name = application.name || 'without a name'
      this.#owner.warned(
        'warning',
        `the application ${name} returned null; taken as an empty body (return [] instead)`,
      )
    }
    this.#complete()
  }

  #fail(error: unknown): void {
    // Once the client has left, what breaks is no news.
    if (this.#isOver) return
    try {
      this.#closeBlocks()
    } catch (closing) {
      this.#owner.warned(
        'error',
        `close() of the application's result failed as well: ${thrownText(closing)}`,
      )
    }
    if (this.#hasEnded()) return
    this.#finish()
    if (this.#isHeadSent) {
      this.#owner.failedLate(error)
      this.#sink.abort(error instanceof AnswerFailure ? error.code : undefined)
    } else {
      this.#owner.failed(error)
    }
  }

  #cancel(): void {
    if (this.#isOver) return
    this.#isCancelled = this.#isOver = true
    // An iterator that runs is ended when it has stopped; a generator would not let itself be ended before.
    if (!this.#isStepping) this.#closeCancelled()
    this.#finish()
  }

  #closeCancelled(): void {
    try {
      this.#closeBlocks()
    } catch {
      // Nobody waits for what it could have been.
    }
  }

  #finish(): void {
    this.#isOver = true
    this.#sink.onGone = this.#sink.onDrain = undefined
    this.#roomAgain()
    this.#owner.over()
  }

  /** Ends what was not taken to its end, and calls `close` of the result; once, whatever happens (W45). */
  #closeBlocks(): void {
    const stepper = this.#stepper
    const blocks = this.#blocks
    this.#stepper = this.#blocks = undefined
    try {
      if (stepper?.return !== undefined) this.#observe(stepper.return())
    } finally {
      if (blocks !== undefined) this.#observe(freeResult(blocks))
    }
  }

  #observe(closing: unknown): void {
    if (!isPromise(closing)) return
    Promise.resolve(closing).catch((error: unknown) => {
      if (!this.#isCancelled)
        this.#owner.warned('error', `close() of the application's result failed: ${thrownText(error)}`)
    })
  }
}

const EARLY_DATA = 'write() before start_response'
/** What follows is of no use: the application has given its last block that goes anywhere. */
const LAST = Symbol('last')
const warnedOfNone = new WeakSet<Application>()

function isPromise<T>(value: Promise<T> | T): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function isOneBlock(result: Blocks): result is Uint8Array[] {
  return Array.isArray(result) && result.length === 1 && !('close' in result)
}

/** A result of one block has a length that the server can tell (W42). */
function isSingle(result: Blocks): boolean {
  return 'length' in result && result.length === 1
}

function assertBytes(data: unknown): asserts data is Uint8Array {
  if (!(data instanceof Uint8Array))
    throw new AssertionError(`applications must write bytes, not ${nameOfType(data)}`)
}
