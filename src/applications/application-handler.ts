// Runs a TypeScript application for the exchanges of a gateway, in this process.

import type { ErrorCode } from '../errors.ts'
import type { ServingThread } from '../wsgi/access-record.ts'
import { AnswerFailure } from '../wsgi/answer-failure.ts'
import { ApplicationRun, type OpenFile, type RunOwner } from '../wsgi/application-run.ts'
import type { Application } from '../wsgi/application.ts'
import type { Environ } from '../wsgi/environ.ts'
import { type EnvironObjects, environObject } from '../wsgi/environ-object.ts'
import { type EnvironOrigin, environOrigin } from '../wsgi/environ-origin.ts'
import { errorHeadersOf } from '../wsgi/error-headers.ts'
import { LineErrorStream } from '../wsgi/error-stream.ts'
import type { Exchange, ExchangeHandler } from '../wsgi/exchange.ts'
import type { BodyInput } from '../wsgi/input-stream.ts'
import { RequestCancelled, RequestContext } from '../wsgi/request-context.ts'
import { noDataWithin, notAnsweredWithin } from '../wsgi/time-up.ts'
import type { FileWrapper } from '../wsgi/file-wrapper.ts'
import { inputOf } from './request-input.ts'
import {
  type TimedRequest,
  type TimeLimit,
  TimeLimits,
  type TimeLimitSettings,
  hasTimeLimits,
} from './time-limits.ts'
import { openWrapped } from './wrapped-file.ts'

/** What applications say and do, for the log. */
export interface ApplicationReports {
  /** What left the application, or its breach of PEP 3333. */
  failed(exchange: Exchange, error: unknown): void
  warned(exchange: Exchange, level: 'warning' | 'error', text: string): void
  /** What was written to `wsgi.errors`. */
  errors(exchange: Exchange, text: string): void
  /** It took too long: the exchange is about to be answered 504, or its answer to be cut. */
  timeUp(exchange: Exchange, late: LateRequest): void
}

export interface LateRequest {
  readonly code: ErrorCode
  readonly limit: TimeLimit
  readonly limitMs: number
  readonly ageMs: number
  readonly hasBegun: boolean
}

const TIME_UP = {
  requestTimeoutMs: { code: 'GANTRY_REQUEST_TIMEOUT', reason: notAnsweredWithin },
  responseIdleTimeoutMs: { code: 'GANTRY_RESPONSE_IDLE_TIMEOUT', reason: noDataWithin },
} as const

const THIS_PROCESS: ServingThread = { worker: 0, pid: process.pid, thread: 0 }

/** What PEP 3333 wants to know of the process that runs an application. */
export type ProcessFacts = Pick<EnvironObjects, 'isMultiprocess' | 'isRunOnce'>

export class ApplicationHandler implements ExchangeHandler {
  readonly #application: Application
  readonly #reports: ApplicationReports
  readonly #limits: TimeLimits | undefined
  readonly #process: ProcessFacts

  constructor(
    application: Application,
    reports: ApplicationReports,
    limits: TimeLimitSettings,
    process: ProcessFacts,
  ) {
    this.#application = application
    this.#reports = reports
    if (hasTimeLimits(limits)) this.#limits = new TimeLimits(limits)
    this.#process = process
  }

  handle(exchange: Exchange): void {
    const origin = environOrigin(exchange)
    const request = new ServedRequest(exchange, origin, this.#reports, this.#process)
    const environ = environObject(origin, request)
    exchange.handedTo?.(THIS_PROCESS)
    request.run(this.#application, environ, this.#limits)
  }
}

/** A request's objects, which are ended with it. */
class ServedRequest implements RunOwner, EnvironObjects, TimedRequest {
  readonly input: BodyInput
  readonly errors: LineErrorStream
  readonly context: RequestContext
  readonly isMultiprocess: boolean
  readonly isRunOnce: boolean
  readonly #exchange: Exchange
  readonly #reports: ApplicationReports
  #run: ApplicationRun | undefined
  /** Once it has taken longer than the call of the application. */
  #limits: TimeLimits | undefined
  #isOver = false

  constructor(
    exchange: Exchange,
    origin: EnvironOrigin,
    reports: ApplicationReports,
    { isMultiprocess, isRunOnce = false }: ProcessFacts,
  ) {
    this.input = inputOf(exchange.body)
    this.errors = new LineErrorStream((text) => reports.errors(exchange, text))
    this.context = new RequestContext(exchange, origin)
    this.isMultiprocess = isMultiprocess
    this.isRunOnce = isRunOnce
    this.#exchange = exchange
    this.#reports = reports
  }

  run(application: Application, environ: Environ, limits: TimeLimits | undefined): void {
    this.#run = new ApplicationRun(this.#exchange, this, environ.REQUEST_METHOD === 'HEAD')
    this.#run.start(application, environ)
    if (this.#isOver || limits === undefined) return
    this.#limits = limits
    limits.add(this)
  }

  get isApplicationsTurn(): boolean {
    return !this.context.isWorkerBusy && !this.input.waitsForClient && this.#run?.waitsForClient === false
  }

  get route(): Exchange['route'] {
    return this.#exchange.route
  }

  get blocks(): number {
    return this.#run?.parts ?? 0
  }

  timeUp(limit: TimeLimit, limitMs: number, ageMs: number): void {
    const { code, reason } = TIME_UP[limit]
    this.#reports.timeUp(this.#exchange, { code, limit, limitMs, ageMs, hasBegun: this.blocks > 0 })
    this.context.cancel(reason(limitMs))
    this.#run?.interrupt(new AnswerFailure(504, code))
  }

  failed(error: unknown): void {
    this.#stopInner()
    const headers = errorHeadersOf(this.context)
    if (error instanceof RequestCancelled && this.#exchange.client !== 'here') {
      // The client has closed its side, and its request has left the queue of the workers.
      this.#exchange.drop()
    } else if (error instanceof AnswerFailure) {
      this.#exchange.fail(error.status, error.code, headers)
    } else {
      this.#reports.failed(this.#exchange, error)
      this.#exchange.fail(500, undefined, headers)
    }
  }

  failedLate(error: unknown): void {
    this.#stopInner()
    if (!(error instanceof AnswerFailure)) this.#reports.failed(this.#exchange, error)
  }

  warned(level: 'warning' | 'error', text: string): void {
    this.#reports.warned(this.#exchange, level, text)
  }

  openWrapped(wrapper: FileWrapper, contentLength: number): Promise<OpenFile | undefined> | undefined {
    return openWrapped(wrapper, contentLength)
  }

  over(): void {
    this.#isOver = true
    this.#limits?.remove(this)
    this.errors.flush()
    if (this.#exchange.client === 'gone') this.context.cancel()
    this.input.close()
  }

  /** Middleware that failed may have left the application behind it in the middle of its answer. */
  #stopInner(): void {
    this.context.cancel(new RequestCancelled('the request has failed'))
  }
}
