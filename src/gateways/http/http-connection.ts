// One client connection: has its requests read one after the other, hands each to the application, keeps answers in order, and
// closes so that the client learns what it has to.

import type { ErrorCode, GantryError } from '../../errors.ts'
import { errorPage } from '../../http/error-page.ts'
import type { RequestHead } from '../../http/request-head.ts'
import { waitedMs } from '../../http/request-start.ts'
import { violationSpec } from '../../http/violation.ts'
import type { ViolationCode } from '../../http/violation.ts'
import type { OpenSocket } from '../../io/take-connections.ts'
import type { RequestBody } from '../../wsgi/exchange.ts'
import { accessRecord, detailsOf } from '../access-record.ts'
import type { AnswerBacklog, BacklogSink } from '../answer-backlog.ts'
import { ClientSocket } from '../client-socket.ts'
import type { SocketOwner } from '../client-socket.ts'
import { RequestTimes } from '../request-times.ts'
import { whenSent } from '../when-sent.ts'
import { ConnectionEnviron } from './connection-environ.ts'
import type { Peer } from './connection-environ.ts'
import { HttpAnswer } from './http-answer.ts'
import type { HttpContext } from './http-context.ts'
import { GatewayExchange } from '../gateway-exchange.ts'
import type { ExchangeOwner } from '../gateway-exchange.ts'
import type { ServedConnection, ServerContext } from '../server-context.ts'
import { peerOf } from './peer.ts'
import { ProxyPreface } from './proxy-preface.ts'
import { RecordedHead } from './recorded-head.ts'
import { RequestReader } from './request-reader.ts'
import type { ReaderOwner } from './request-reader.ts'

const SHUTDOWN: ErrorCode = 'GANTRY_SERVER_STOPPED'
const CONTINUE = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')

type HttpExchange = GatewayExchange<RequestHead>

export class HttpConnection
  implements ExchangeOwner<RequestHead>, ReaderOwner, ServedConnection, SocketOwner
{
  isCounted = false
  readonly #client: ClientSocket
  readonly #server: ServerContext
  readonly #http: HttpContext
  readonly #reader: RequestReader
  #peer: Peer
  /** The address that is counted, once it is. */
  #countedAddress: string | undefined
  /** While the PROXY protocol header is to come. */
  #preface: ProxyPreface | undefined
  #environ: ConnectionEnviron | undefined
  #exchange: HttpExchange | undefined
  /** The client of the request being read or answered, as trusted proxies name it; undefined before its head is complete. */
  #clientAddress: string | undefined
  /** When the exchange began: exactly where there is an access log, otherwise by the server's clock. */
  #startedMs = 0
  /** Of the request being read or answered. */
  #waitedMs = 0
  #requests = 0

  constructor(open: OpenSocket, server: ServerContext, http: HttpContext) {
    this.#client = new ClientSocket(open, server, this)
    this.#server = server
    this.#http = http
    this.#reader = new RequestReader(server, this)
    this.#peer = peerOf(this.#client.socket, http.environSettings.trusts)
    if (http.proxyProtocol && this.#peer.isTrusted) this.#preface = new ProxyPreface()
  }

  get environ(): ConnectionEnviron {
    return (this.#environ ??= new ConnectionEnviron(this.#peer, this.#http.environSettings))
  }

  get wallClockMs(): number {
    return this.#server.wallClockMs
  }

  get isSending(): boolean {
    return this.#client.isSending
  }

  admitted(): void {
    this.#enterAddress()
  }

  hasRoom(exchange: HttpExchange): boolean {
    if (this.#client.hasRoom) return true
    this.#client.whenRoom(() => exchange.drained())
    return false
  }

  hasRoomFor(exchange: HttpExchange, bytes: number): boolean {
    if (this.#client.hasRoomFor(bytes)) return true
    this.#client.whenRoom(() => exchange.drained())
    return false
  }

  takeBlock(bytes: number): Buffer {
    return this.#client.takeBlock(bytes)
  }

  lend(block: Uint8Array): void {
    this.#client.lend(block)
  }

  hasRoomToAnswer(): boolean {
    if (this.#client.hasRoom) return true
    this.#client.whenRoom(() => this.#reader.roomAgain())
    return false
  }

  wrote(): void {
    this.#client.wrote()
  }

  openBacklog(sink: BacklogSink): AnswerBacklog {
    return this.#client.openBacklog(sink)
  }

  canGoOn(isWhole: boolean): boolean {
    const { bounds, isEnding, reports } = this.#server
    if (this.#requests === bounds.maxRequestsPerConnection) {
      reports.bounded('maxRequestsPerConnection', this.#peer.remoteAddress)
      return false
    }
    return !isEnding && this.#reader.canGoOn(isWhole)
  }

  requestId(requestNumber: number): string {
    return this.#server.requestId(requestNumber)
  }

  closeIfIdle(sparesFresh: boolean): void {
    const isFresh = this.#requests === 0
    if (this.#reader.isIdle && !(isFresh && sparesFresh)) this.close()
  }

  cancel(): void {
    const { head, owesAnswer } = this.#reader
    const exchange = this.#exchange
    if (!owesAnswer || head === undefined) {
      // What the client has not taken yet of an earlier answer it may take until the end.
      this.close()
      return
    }
    this.#server.reports.cancelled({
      id: exchange?.id ?? '-',
      method: head.method,
      target: head.target,
      ageMs: exchange === undefined ? 0 : performance.now() - this.#startedMs,
      hasBegun: exchange?.hasBegun === true,
    })
    this.#answerInPlace(503, undefined, SHUTDOWN)
  }

  destroy(): void {
    this.#client.destroy()
  }

  check(head: RequestHead): ViolationCode | undefined {
    const violation = this.environ.take(head)
    this.#clientAddress = this.environ.clientAddress
    if (this.#server.readsRequestStart && this.#peer.isTrusted) this.#waitedMs = waitedMs(head, Date.now())
    return violation
  }

  requested(head: RequestHead, body: RequestBody): void {
    const server = this.#server
    this.#requests++
    this.#client.beginWaiting()
    const answer = new HttpAnswer(
      this.#client.socket,
      {
        isHead: head.isHead,
        isHttp10: head.minorVersion === 0,
        mayKeepAlive: head.isPersistent,
        keepsHead: this.#keepsHeads,
      },
      this.#http.encoder,
    )
    const exchange = new GatewayExchange(this, server.nextRequestNumber(), head, body, answer)
    exchange.waitedMs = this.#waitedMs
    exchange.route = server.routeOf(head)
    this.#exchange = exchange
    if (server.reports.access === undefined) {
      this.#startedMs = server.wheel.nowMs
    } else {
      this.#startedMs = performance.now()
      exchange.times = new RequestTimes(this.#startedMs)
    }
    if (head.isAsterisk) {
      // RFC 9110 §9.3.7: about the server as a whole, so the server answers.
      const page = errorPage(204)
      exchange.answer(page.head, page.body, 0, 0)
    } else if (server.health?.answers(head, exchange) !== true && !this.#isFile(head, exchange)) {
      server.handler.handle(exchange)
    }
  }

  /** Answers a violation once, and never reads another request from this connection. */
  refuse(code: ViolationCode): void {
    if (this.#client.isClosing) return
    const { status, reason } = violationSpec(code)
    this.#server.reports.refused(code, this.#peer.remoteAddress)
    this.#answerInPlace(status, reason, code)
  }

  bodyFailed(error: GantryError): void {
    if (this.#client.isClosing) return
    this.#server.reports.bodyFailed(error)
    this.#answerAndClose(undefined, error.status, undefined, error.code)
  }

  pauseReading(): void {
    this.#client.pause()
  }

  pipelineFull(): void {
    this.#server.reports.bounded('maxPipelinedBytes', this.#peer.remoteAddress)
    this.#client.pause()
  }

  resumeReading(): void {
    this.#client.resume()
  }

  sendContinue(): void {
    if (this.#exchange?.hasBegun !== true) this.#client.socket.write(CONTINUE)
  }

  finished(exchange: HttpExchange): void {
    this.#over(exchange)
    this.#client.wrote()
    if (exchange.keepsConnection) this.#reader.answered()
    else this.close()
  }

  broken(exchange: HttpExchange): void {
    this.#over(exchange)
    this.#cut(exchange)
  }

  failed(exchange: HttpExchange, error: GantryError): void {
    this.#server.reports.answerFailed(exchange, error)
  }

  dropped(exchange: HttpExchange): void {
    this.#server.reports.clientLeft(exchange)
    this.#over(exchange)
    this.#client.socket.destroy()
  }

  /** Sends what is written, then closes; what still comes in is dropped for a while. */
  close(): void {
    if (this.#client.isClosing) return
    this.#reader.stop()
    this.#client.close()
  }

  idleExpired(): void {
    if (this.#preface?.hasBegun === true) this.refuse('HEAD_TIMEOUT')
    else this.close()
  }

  received(bytes: Buffer, length: number): void {
    if (this.#preface === undefined) this.#reader.received(bytes, length)
    else this.#readPreface(this.#preface, bytes, length)
  }

  ended(): void {
    if (this.#preface === undefined) {
      this.#exchange?.clientEnded()
      this.#reader.ended()
    } else if (this.#preface.hasBegun) {
      this.refuse('PROXY_HEADER_MALFORMED')
    } else {
      // Whoever only looks whether the port is open sends nothing.
      this.close()
    }
  }

  notTaken(code: ViolationCode): void {
    this.#server.reports.refused(code, this.#peer.remoteAddress)
    const exchange = this.#exchange
    exchange?.gone()
    if (exchange !== undefined) this.#over(exchange, code)
  }

  closed(): void {
    const exchange = this.#exchange
    if (exchange !== undefined) {
      this.#server.reports.clientLeft(exchange)
      exchange.gone()
      this.#over(exchange)
    }
    this.#reader.stop()
    if (this.#countedAddress !== undefined) this.#server.leaveAddress(this.#countedAddress)
    this.#server.closed(this)
  }

  /** Answers with a file, if one is asked for. */
  #isFile(head: RequestHead, exchange: HttpExchange): boolean {
    const { staticFiles, reports } = this.#server
    return staticFiles?.answers(head, exchange, new RecordedHead(head), reports) === true
  }

  get #keepsHeads(): boolean {
    return this.#server.reports.access?.wants.some((wanted) => wanted.of === 'response') === true
  }

  /** Counts the connection for its address; one too many is turned away. */
  #enterAddress(): void {
    const { remoteAddress, isTrusted } = this.#peer
    if (isTrusted || remoteAddress === '') return
    const violation = this.#server.enterAddress(remoteAddress)
    if (violation === undefined) this.#countedAddress = remoteAddress
    else this.#server.turnAway(this, violation)
  }

  #readPreface(preface: ProxyPreface, bytes: Buffer, length: number): void {
    const header = preface.receive(bytes.subarray(0, length))
    if (header === undefined) return
    if (typeof header === 'string') {
      this.refuse(header)
      return
    }
    this.#preface = undefined
    this.#peer = peerOf(this.#client.socket, this.#http.environSettings.trusts, header)
    this.#enterAddress()
    if (preface.rest.length > 0) this.received(preface.rest, preface.rest.length)
  }

  /** Tells the application to stop, if it has the request already (its body may still arrive), and ends its answer if that has begun. */
  #answerInPlace(status: number, reason: string | undefined, code: string): void {
    const exchange = this.#exchange
    exchange?.gone()
    if (exchange?.hasBegun === true) {
      this.#over(exchange, code)
      this.#cut(exchange)
    } else {
      this.#exchange = undefined
      this.#answerAndClose(exchange, status, reason, code)
    }
  }

  /** Answers in place of the application, and reads nothing more. */
  #answerAndClose(exchange: HttpExchange | undefined, status: number, reason?: string, code?: string): void {
    const page = errorPage(status, reason)
    const isHead = this.#reader.head?.isHead === true
    const request = { isHead, isHttp10: false, mayKeepAlive: false, keepsHead: this.#keepsHeads }
    const answer = new HttpAnswer(this.#client.socket, request, this.#http.encoder)
    answer.whole(page.head, page.body, 0, page.body.length, this.#server.wallClockMs)
    this.#reportAccess(exchange, answer, code)
    this.close()
  }

  /** Ends an answer in the middle so that the client sees it. */
  #cut(exchange: HttpExchange): void {
    // Ended by length or by chunks, a message that just stops looks cut, and what was sent still arrives. One that ends by
    // closing does not: only a reset shows that it is not whole.
    if (exchange.endsByClosing) this.#client.reset()
    else this.close()
  }

  /** The exchange is no longer under way, whatever became of it. */
  #over(exchange: HttpExchange, code: string | undefined = exchange.failure): void {
    this.#exchange = undefined
    this.#client.endWaiting()
    this.#reportAccess(exchange, exchange, code)
    this.#clientAddress = undefined
  }

  #reportAccess(exchange: HttpExchange | undefined, answer: AnswerFacts, code: string | undefined): void {
    if (answer.status >= 400) this.#server.countFailure(answer.status)
    const { access } = this.#server.reports
    if (access === undefined) return
    const { head } = this.#reader
    const request = head && new RecordedHead(head)
    const record = accessRecord(request, {
      timeMs: this.#server.wallClockMs,
      id: exchange?.id ?? this.#server.requestId(this.#server.nextRequestNumber()),
      remoteAddress: this.#clientAddress ?? this.#peer.remoteAddress,
      status: answer.status,
      bodyBytes: answer.bodyBytes,
      times: exchange?.times,
      code,
      details: detailsOf(access.wants, { request, exchange, responseField: (name) => answer.field(name) }),
    })
    whenSent(this.#client.socket, record, (sent) => access.record(sent))
  }
}

type AnswerFacts = Pick<HttpAnswer, 'status' | 'bodyBytes' | 'field'>
