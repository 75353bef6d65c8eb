// Runs a TypeScript application for the exchanges of a gateway, in this process.

import { AnswerFailure } from '../wsgi/answer-failure.ts'
import { ApplicationRun, type RunOwner } from '../wsgi/application-run.ts'
import type { Application } from '../wsgi/application.ts'
import { environObject, environOrigin } from '../wsgi/environ-object.ts'
import { errorHeadersOf } from '../wsgi/error-headers.ts'
import { LineErrorStream } from '../wsgi/error-stream.ts'
import type { Exchange, ExchangeHandler } from '../wsgi/exchange.ts'
import type { BodyInput } from '../wsgi/input-stream.ts'
import { RequestCancelled, RequestContext } from '../wsgi/request-context.ts'
import { inputOf } from './request-input.ts'

/** What applications say and do, for the log. */
export interface ApplicationReports {
  /** What left the application, or its breach of PEP 3333. */
  failed(exchange: Exchange, error: unknown): void
  warned(exchange: Exchange, level: 'warning' | 'error', text: string): void
  /** What was written to `wsgi.errors`. */
  errors(exchange: Exchange, text: string): void
}

export class ApplicationHandler implements ExchangeHandler {
  readonly #application: Application
  readonly #reports: ApplicationReports
  readonly #isMultiprocess: boolean

  constructor(application: Application, reports: ApplicationReports, isMultiprocess: boolean) {
    this.#application = application
    this.#reports = reports
    this.#isMultiprocess = isMultiprocess
  }

  handle(exchange: Exchange): void {
    const reports = this.#reports
    const origin = environOrigin(exchange)
    const context = new RequestContext(exchange, origin)
    const errors = new LineErrorStream((text) => reports.errors(exchange, text))
    const input = inputOf(exchange.body)
    const environ = environObject(origin, {
      input,
      errors,
      context,
      isMultiprocess: this.#isMultiprocess,
    })
    const owner = new ServedRequest(exchange, { context, errors, input }, reports)
    new ApplicationRun(exchange, owner, environ.REQUEST_METHOD === 'HEAD').start(this.#application, environ)
  }
}

/** What a request has that must be ended with it. */
interface RequestObjects {
  readonly context: RequestContext
  readonly errors: LineErrorStream
  readonly input: BodyInput
}

class ServedRequest implements RunOwner {
  readonly #exchange: Exchange
  readonly #objects: RequestObjects
  readonly #reports: ApplicationReports

  constructor(exchange: Exchange, objects: RequestObjects, reports: ApplicationReports) {
    this.#exchange = exchange
    this.#objects = objects
    this.#reports = reports
  }

  failed(error: unknown): void {
    const { context } = this.#objects
    this.#stopInner()
    const headers = errorHeadersOf(context)
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

  over(): void {
    const { context, errors, input } = this.#objects
    errors.flush()
    if (this.#exchange.client === 'gone') context.cancel()
    input.close()
  }

  /** Middleware that failed may have left the application behind it in the middle of its answer. */
  #stopInner(): void {
    this.#objects.context.cancel(new RequestCancelled('the request has failed'))
  }
}
