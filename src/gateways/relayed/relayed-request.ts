// One request that a web server hands on, from its variables to the end of its answer, whichever protocol brings it: has its body taken in,
// hands it to the application, and answers in its place where it must. Its connection knows nothing of all that.

import type { RouteSettings } from '../../config/options/routes.ts'
import { type CgiRequest, readVariables } from '../../cgi/cgi-request.ts'
import type { ErrorCode, GantryError } from '../../errors.ts'
import { errorPage } from '../../http/error-page.ts'
import { waitedSince } from '../../http/request-start.ts'
import { type ViolationCode, violationSpec } from '../../http/violation.ts'
import { NO_BODY } from '../../spool/incoming-body.ts'
import type { RequestBody } from '../../wsgi/exchange.ts'
import { accessRecord, detailsOf } from '../access-record.ts'
import type { AnswerBacklog, BacklogSink } from '../answer-backlog.ts'
import { BodyIntake, type IntakeOwner } from '../body-intake.ts'
import type { ClientSocket } from '../client-socket.ts'
import {
  type EnvironWriter,
  type ExchangeOwner,
  type GatewayAnswer,
  GatewayExchange,
} from '../gateway-exchange.ts'
import type { PathSpan } from '../health.ts'
import { RequestTimes } from '../request-times.ts'
import type { ServerContext } from '../server-context.ts'
import { whenSent } from '../when-sent.ts'
import type { RelayedContext } from './relayed-context.ts'

const SHUTDOWN: ErrorCode = 'GANTRY_SERVER_STOPPED'
const EMPTY = Buffer.alloc(0)
// A key, its NULs, and the digits of a length.
const LENGTH_PAIR_BYTES = 32

/** `head`: its variables are to come; `body`: its body is; `answer`: the application has it; `over`: nothing more of it matters. */
type State = 'head' | 'body' | 'answer' | 'over'

/** What a request needs of its connection. */
export interface RelayOwner {
  readonly client: ClientSocket
  /** The answer to `request`, of which nothing is written yet. */
  answerTo(request: CgiRequest | undefined): GatewayAnswer
  /** It is answered, to its end. */
  finished(request: RelayedRequest): void
  /** Its answer has begun and cannot be completed: the web server must see that. */
  cut(request: RelayedRequest): void
  /** Nobody waits for it, and it is not answered. */
  dropped(request: RelayedRequest): void
}

type RelayedExchange = GatewayExchange<CgiRequest>

export class RelayedRequest implements ExchangeOwner<CgiRequest>, EnvironWriter<CgiRequest>, IntakeOwner {
  /** The shared environ block. */
  shared: Buffer = EMPTY
  readonly #server: ServerContext
  readonly #context: RelayedContext
  readonly #owner: RelayOwner
  #state: State = 'head'
  #request: CgiRequest | undefined
  /** What holds for its path. */
  #route: RouteSettings | undefined
  #exchange: RelayedExchange | undefined
  #intake: BodyIntake | undefined
  #arrivedBytes = 0
  #startedMs = 0

  constructor(server: ServerContext, context: RelayedContext, owner: RelayOwner) {
    this.#server = server
    this.#context = context
    this.#owner = owner
  }

  get environ(): this {
    return this
  }

  get wallClockMs(): number {
    return this.#server.wallClockMs
  }

  /** Its variables are not there yet. */
  get isInHead(): boolean {
    return this.#state === 'head'
  }

  /** Its variables and all of its body are here. */
  get isAllHere(): boolean {
    const { contentLength = Number.POSITIVE_INFINITY } = this.#request ?? {}
    return this.#arrivedBytes >= contentLength
  }

  /** Takes its variables: names and values in turn. `lengthIsKnown`: without CONTENT_LENGTH there is no body. */
  begin(pairs: readonly string[], lengthIsKnown: boolean): void {
    const request = readVariables(pairs, this.#context.variables)
    if (typeof request === 'string') {
      this.refuse(request)
      return
    }
    this.#request = request
    this.#state = 'body'
    this.#route = this.#server.routeOf(this.#path)
    const { contentLength } = request
    if (contentLength > this.#maxBodyBytes) this.refuse('BODY_TOO_LARGE')
    else if (contentLength > 0) this.#beginBody(contentLength)
    else if (contentLength === 0 || lengthIsKnown) this.#hand(NO_BODY)
  }

  /** Takes data of its body, which stays as it is. What goes beyond CONTENT_LENGTH is dropped (RFC 3875 §4.2). */
  take(data: Buffer): void {
    const declared = this.#request?.contentLength ?? 0
    if (this.#intake === undefined && declared === -1 && this.#state === 'body') this.#beginBody(-1)
    const wanted = declared === -1 ? data : data.subarray(0, declared - this.#arrivedBytes)
    if (!this.#takesBody || wanted.length === 0) return
    this.#arrivedBytes += wanted.length
    if (this.#arrivedBytes > this.#maxBodyBytes) {
      this.refuse('BODY_TOO_LARGE')
      return
    }
    this.#intake?.take(wanted)
    if (this.#arrivedBytes === declared) this.#finishBody()
  }

  /** No more of its body comes. */
  endBody(): void {
    if (!this.#takesBody) return
    if (this.#intake === undefined) this.#hand(NO_BODY)
    else if (this.#request?.contentLength === -1) this.#finishBody()
    else this.refuse('BODY_INCOMPLETE')
  }

  /** The web server sends nothing more, and may be gone altogether. */
  clientEnded(): void {
    this.#exchange?.clientEnded()
    if (this.#state === 'head' || this.#takesBody) this.refuse('BODY_INCOMPLETE')
  }

  /** A rule or a limit was broken that it can be answered with. */
  refuse(code: ViolationCode): void {
    if (this.#state === 'over') return
    const { status, reason } = violationSpec(code)
    this.#server.reports.refused(code, this.#remoteAddress)
    this.#answerInPlace(status, reason, code)
  }

  /** The server ends before it does. */
  cancel(): void {
    const request = this.#request
    if (this.#state === 'over') return
    if (request !== undefined)
      this.#server.reports.cancelled({
        id: this.#exchange?.id ?? '-',
        method: request.method,
        target: request.target,
        ageMs: this.#exchange === undefined ? 0 : performance.now() - this.#startedMs,
        hasBegun: this.#exchange?.hasBegun === true,
      })
    this.#answerInPlace(503, undefined, SHUTDOWN)
  }

  /** Nobody waits for its answer any more. `code`: because a rule was broken. */
  gone(code?: string): void {
    const exchange = this.#exchange
    if (exchange !== undefined) {
      if (code === undefined) this.#server.reports.clientLeft(exchange)
      exchange.gone()
      this.#over(exchange, code ?? exchange.failure)
    }
    this.#state = 'over'
    this.#intake?.end()
    this.#owner.client.endWaiting()
  }

  hasRoom(exchange: RelayedExchange): boolean {
    const { client } = this.#owner
    if (client.hasRoom) return true
    client.whenRoom(() => exchange.drained())
    return false
  }

  hasRoomFor(exchange: RelayedExchange, bytes: number): boolean {
    if (this.#owner.client.hasRoomFor(bytes)) return true
    this.#owner.client.whenRoom(() => exchange.drained())
    return false
  }

  takeBlock(bytes: number): Buffer {
    return this.#owner.client.takeBlock(bytes)
  }

  lend(block: Uint8Array): void {
    this.#owner.client.lend(block)
  }

  wrote(): void {
    this.#owner.client.wrote()
  }

  openBacklog(sink: BacklogSink): AnswerBacklog {
    return this.#owner.client.openBacklog(sink)
  }

  requestId(requestNumber: number): string {
    return this.#server.requestId(requestNumber)
  }

  /** The connection decides it by itself: no answer tells. */
  canGoOn(): boolean {
    return true
  }

  finished(exchange: RelayedExchange): void {
    this.#over(exchange)
    this.#end()
    this.wrote()
    this.#owner.finished(this)
  }

  broken(exchange: RelayedExchange): void {
    this.#over(exchange)
    this.#end()
    this.#owner.cut(this)
  }

  failed(exchange: RelayedExchange, error: GantryError): void {
    this.#server.reports.answerFailed(exchange, error)
  }

  dropped(exchange: RelayedExchange): void {
    this.#server.reports.clientLeft(exchange)
    this.#over(exchange)
    this.#end()
    this.#owner.dropped(this)
  }

  ownBytes(request: CgiRequest): number {
    return request.own.length + request.common.length + LENGTH_PAIR_BYTES
  }

  writeOwn(target: Buffer, start: number, request: CgiRequest, bodyBytes: number, shared: Buffer): number {
    const hasLength = request.contentLength !== -1 || bodyBytes > 0
    const length = hasLength && bodyBytes !== -1 ? `CONTENT_LENGTH\0${bodyBytes}\0` : ''
    const common = shared === EMPTY ? request.common : ''
    return start + target.write(`${request.own}${common}${length}`, start, 'latin1')
  }

  pauseReading(): void {
    this.#owner.client.pause()
  }

  resumeReading(): void {
    this.#owner.client.resume()
  }

  /** Web servers do not ask: they have a body, or send it as it comes. */
  sendContinue(): void {
    // Nothing to be said.
  }

  bodyExpired(code: ViolationCode): void {
    this.refuse(code)
  }

  bodyFailed(error: GantryError): void {
    if (this.#state === 'over') return
    this.#server.reports.bodyFailed(error)
    this.#answerInPlace(error.status, undefined, error.code)
  }

  /** Of its body more may come. */
  get #takesBody(): boolean {
    return this.#state === 'body' || (this.#state === 'answer' && this.#intake?.isStreaming === true)
  }

  get #remoteAddress(): string {
    return this.#request?.remoteAddress ?? this.#owner.client.socket.remote?.address ?? ''
  }

  #beginBody(declaredBytes: number): void {
    const intake = (this.#intake = new BodyIntake(this.#server, this))
    if (this.#route?.streamRequests === true) this.#hand(intake.beginStream(declaredBytes, false))
    else intake.beginWhole(declaredBytes, false)
  }

  #finishBody(): void {
    const intake = this.#intake
    if (intake === undefined) return
    if (this.#state === 'answer') {
      intake.finish()
      return
    }
    const body = intake.finishWhole() ?? NO_BODY
    if (body instanceof Uint8Array || !('then' in body)) {
      this.#hand(body)
      return
    }
    this.#state = 'answer'
    void body.then((complete) => {
      // Otherwise bodyFailed was called, or nobody waits any more.
      if (complete !== undefined && this.#state === 'answer') this.#hand(complete)
    })
  }

  #hand(body: RequestBody): void {
    const server = this.#server
    const request = this.#request!
    this.#state = 'answer'
    this.shared = this.#context.commonPairs.blockOf(request.common) ?? EMPTY
    const exchange = new GatewayExchange(
      this,
      server.nextRequestNumber(),
      request,
      body,
      this.#owner.answerTo(request),
    )
    if (request.requestStart !== '' && server.readsRequestStart)
      exchange.waitedMs = waitedSince(request.requestStart, Date.now())
    exchange.route = this.#route
    this.#exchange = exchange
    this.#owner.client.beginWaiting()
    if (server.reports.access === undefined) {
      this.#startedMs = server.wheel.nowMs
    } else {
      this.#startedMs = performance.now()
      exchange.times = new RequestTimes(this.#startedMs)
    }
    const path = this.#path
    if (server.health?.answers(path, exchange) === true) return
    if (server.staticFiles?.answers(path, exchange, request, server.reports) === true) return
    server.handler.handle(exchange)
  }

  get #maxBodyBytes(): number {
    return this.#route?.maxBodyBytes ?? this.#server.bounds.maxBodyBytes
  }

  /** Where it goes, for routes and for the paths of health. */
  get #path(): PathSpan {
    const { target = '' } = this.#request ?? {}
    const queryStart = target.indexOf('?')
    const bytes = Buffer.from(target, 'latin1')
    return { bytes, pathStart: 0, pathEnd: queryStart === -1 ? bytes.length : queryStart }
  }

  /** Tells the application to stop, if it has the request already, and answers in its place, or cuts its answer. */
  #answerInPlace(status: number, reason: string | undefined, code: string): void {
    const exchange = this.#exchange
    exchange?.gone()
    if (exchange?.hasBegun === true) {
      this.#over(exchange, code)
      this.#end()
      this.#owner.cut(this)
      return
    }
    this.#exchange = undefined
    const answer = this.#owner.answerTo(this.#request)
    const page = errorPage(status, reason)
    answer.whole(page.head, page.body, 0, page.body.length, this.#server.wallClockMs)
    this.#reportAccess(exchange, answer, code)
    this.#end()
    this.wrote()
    this.#owner.finished(this)
  }

  /** The exchange is no longer under way, whatever became of it. */
  #over(exchange: RelayedExchange, code: string | undefined = exchange.failure): void {
    this.#exchange = undefined
    this.#reportAccess(exchange, exchange, code)
  }

  #end(): void {
    this.#state = 'over'
    this.#intake?.end()
    // The body may have been too much for the disk, or for an application that reads it: others of the connection go on.
    this.#owner.client.resume()
    this.#owner.client.endWaiting()
  }

  #reportAccess(
    exchange: RelayedExchange | undefined,
    answer: Pick<GatewayAnswer, 'status' | 'bodyBytes' | 'field'>,
    code: string | undefined,
  ): void {
    if (answer.status >= 400) this.#server.countFailure(answer.status)
    const { access } = this.#server.reports
    if (access === undefined) return
    const request = this.#request
    const record = accessRecord(request, {
      timeMs: this.#server.wallClockMs,
      id: exchange?.id ?? this.#server.requestId(this.#server.nextRequestNumber()),
      remoteAddress: this.#remoteAddress,
      status: answer.status,
      bodyBytes: answer.bodyBytes,
      times: exchange?.times,
      code,
      details: detailsOf(access.wants, { request, exchange, responseField: (name) => answer.field(name) }),
    })
    whenSent(this.#owner.client.socket, record, (sent) => access.record(sent))
  }
}
