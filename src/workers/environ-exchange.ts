// A request that TypeScript hands to the workers: an environ and a start_response on one side, an exchange for the pool on the other.

import { LARGEST_IN_MEMORY_BYTES } from '../io/body-memory.ts'
import type { ServingThread } from '../wsgi/access-record.ts'
import { AnswerFailure } from '../wsgi/answer-failure.ts'
import type { ApplicationResult, StartResponse } from '../wsgi/application.ts'
import { BlockQueue } from '../wsgi/block-queue.ts'
import { type EnvironBlocks, environBlocks } from '../wsgi/environ-blocks.ts'
import { requestTarget } from '../wsgi/request-target.ts'
import type { EnvironOrigin } from '../wsgi/environ-origin.ts'
import type { Environ } from '../wsgi/environ.ts'
import type {
  ClientState,
  ErrorStatus,
  Exchange,
  ExchangeHandler,
  FileBody,
  RequestBody,
} from '../wsgi/exchange.ts'
import { RequestCancelled, RequestContext } from '../wsgi/request-context.ts'
import type { ResponseHead } from '../wsgi/response-head.ts'
import { readHead } from './answer-head.ts'
import { readFile } from './file-blocks.ts'
import { MAX_FRAME_BYTES } from './frames.ts'

/** A body of a request, and what to do when the request is over. */
export interface GivenBody {
  readonly body: RequestBody
  release?(): void
}

/** Has `handler` answer the request of `environ`. Rejects with an `AnswerFailure` when it does not. */
export function answerThrough(
  handler: ExchangeHandler,
  environ: Environ,
  startResponse: StartResponse,
  body: GivenBody,
): Promise<ApplicationResult> {
  return new Promise((resolve, reject) => {
    try {
      handler.handle(new EnvironExchange(environ, startResponse, body, new Settling(resolve, reject)))
    } catch (error) {
      body.release?.()
      throw error
    }
  })
}

class Settling {
  readonly resolve: (result: ApplicationResult) => void
  readonly reject: (error: unknown) => void

  constructor(resolve: Settling['resolve'], reject: Settling['reject']) {
    this.resolve = resolve
    this.reject = reject
  }
}

class EnvironExchange implements Exchange {
  readonly body: RequestBody
  onGone: (() => void) | undefined
  onDrain: (() => void) | undefined
  readonly #environ: Environ
  readonly #context: RequestContext
  readonly #blocks: EnvironBlocks
  readonly #startResponse: StartResponse
  readonly #settling: Settling
  /** Of a body that is kept for this request only. */
  readonly #release: (() => void) | undefined
  #forgetCancel: () => void = () => undefined
  #queue: BlockQueue | undefined
  /** The worker has the request, and waits for nobody. */
  #isWorkerBusy = false
  #isSendingFile = false
  #isOver = false
  #isGone = false

  constructor(environ: Environ, startResponse: StartResponse, given: GivenBody, settling: Settling) {
    this.body = given.body
    this.#release = given.release?.bind(given)
    this.#environ = environ
    this.#context = contextOf(environ)
    this.#blocks = workerBlocks(environ, this.#context.origin)
    this.#startResponse = startResponse
    this.#settling = settling
    this.#workerBusy(true)
    this.handedTo(undefined)
    this.#forgetCancel = this.#context.onCancel(() => this.#gone())
  }

  get id(): string {
    return this.#context.id
  }

  get method(): string {
    return this.#environ.REQUEST_METHOD
  }

  get target(): string {
    return this.#environ.REQUEST_URI ?? requestTarget(this.#environ)
  }

  /** A client that has only closed its sending side has cancelled nothing, but most often has left: who waits in a queue shall leave it. */
  get client(): ClientState {
    return this.#isGone ? 'gone' : (this.#context.origin?.exchange.client ?? 'here')
  }

  errorOutput(text: string): void {
    this.#context.origin?.exchange.errorOutput?.(text)
  }

  get route(): Exchange['route'] {
    return this.#context.origin?.exchange.route
  }

  get waitedMs(): number {
    return this.#context.origin?.exchange.waitedMs ?? 0
  }

  handedTo(thread: ServingThread | undefined, nowMs?: number): void {
    this.#context.origin?.exchange.handedTo?.(thread, nowMs)
  }

  get sharedEnviron(): Uint8Array {
    return this.#blocks.shared
  }

  environBytes(): number {
    return this.#blocks.own.length
  }

  writeEnviron(target: Buffer, start: number): number {
    return start + target.write(this.#blocks.own, start, 'latin1')
  }

  answer(head: ResponseHead, bytes: Uint8Array, start: number, end: number): void {
    this.#over()
    if (this.#isGone) return
    // The bytes are the link's, which reads the next frame into them.
    if (this.#start(head)) this.#settling.resolve([Buffer.from(bytes.subarray(start, end))])
  }

  begin(head: ResponseHead): void {
    const queue = new BlockQueue()
    this.#queue = queue
    if (this.#isGone || !this.#start(head)) {
      // What still comes goes nowhere, until the worker knows.
      queue.fail(nobodyWaits())
      this.#gone()
      return
    }
    queue.onReturn = () => this.#gone()
    queue.onRoom = () => {
      this.#workerBusy(!this.#isOver)
      this.onDrain?.()
    }
    this.#settling.resolve(queue)
  }

  write(data: Uint8Array): boolean {
    const hasRoom = this.#queue?.push(data) ?? true
    if (!hasRoom) this.#workerBusy(false)
    return hasRoom
  }

  sendFile(file: FileBody): void {
    const queue = this.#queue
    if (queue === undefined || queue.offerFile(file)) return
    this.#isSendingFile = true
    void readFile(file, queue, () => this.#over())
  }

  end(): void {
    // What reads the file ends the queue.
    if (this.#isSendingFile) return
    this.#over()
    this.#queue?.end()
  }

  abort(code?: string): void {
    this.#over()
    this.#queue?.fail(new AnswerFailure(code === undefined ? 500 : 502, code))
  }

  drop(): void {
    this.#over()
    this.#settling.reject(new RequestCancelled('the client left before its request was begun'))
  }

  fail(status: ErrorStatus, code?: string): void {
    this.#over()
    this.#settling.reject(new AnswerFailure(status, code))
  }

  #start(head: ResponseHead): boolean {
    try {
      const { status, headers } = readHead(head)
      this.#startResponse(status, headers)
      return true
    } catch (error) {
      this.#settling.reject(error)
      return false
    }
  }

  #workerBusy(isBusy: boolean): void {
    if (isBusy === this.#isWorkerBusy) return
    this.#isWorkerBusy = isBusy
    this.#context.workersBusy(isBusy ? 1 : -1)
  }

  #over(): void {
    this.#isOver = true
    this.#workerBusy(false)
    this.#forgetCancel()
    this.#release?.()
  }

  #gone(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#over()
    this.#settling.reject(nobodyWaits())
    this.#queue?.fail(nobodyWaits())
    this.onGone?.()
  }
}

const nobodyWaits = (): RequestCancelled => new RequestCancelled('nobody waits for the answer any more')

// Beside it a frame has room for all that it holds besides.
const MAX_ENVIRON_BYTES = MAX_FRAME_BYTES - 2 * LARGEST_IN_MEMORY_BYTES

/** Middleware may have put anything in its place. */
function contextOf({ 'gantry.request': context }: Environ): RequestContext {
  return context instanceof RequestContext ? context : new RequestContext({ id: '-' })
}

function workerBlocks(environ: Environ, origin: EnvironOrigin | undefined): EnvironBlocks {
  const blocks = environBlocks(environ, origin)
  const bytes = blocks.shared.length + blocks.own.length
  if (bytes <= MAX_ENVIRON_BYTES) return blocks
  throw new RangeError(
    `environ holds ${bytes} bytes of strings, and a worker is sent ${MAX_ENVIRON_BYTES} at the most`,
  )
}
