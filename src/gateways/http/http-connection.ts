// One client connection: has its requests read one after the other, hands each to the application, keeps answers in order, and
// closes so that the client learns what it has to. The only owner of its socket.

import type { Socket } from 'node:net'
import type { ErrorCode, GantryError } from '../../errors.ts'
import { errorPage } from '../../http/error-page.ts'
import type { RequestHead } from '../../http/request-head.ts'
import { waitedMs } from '../../http/request-start.ts'
import { violationSpec } from '../../http/violation.ts'
import type { ViolationCode } from '../../http/violation.ts'
import type { OpenSocket } from '../../io/shared-reading.ts'
import type { RequestBody } from '../../wsgi/exchange.ts'
import { AnswerBacklog } from '../answer-backlog.ts'
import type { BacklogSink } from '../answer-backlog.ts'
import { Deadline } from '../deadline.ts'
import { RequestTimes } from '../request-times.ts'
import { whenSent } from '../when-sent.ts'
import { accessRecord, detailsOf } from './access-record.ts'
import { ConnectionEnviron } from './connection-environ.ts'
import type { Peer } from './connection-environ.ts'
import { HttpAnswer } from './http-answer.ts'
import type { HttpServerContext, ServedConnection } from './http-context.ts'
import { HttpExchange } from './http-exchange.ts'
import type { ExchangeOwner } from './http-exchange.ts'
import { peerOf } from './peer.ts'
import { ProxyPreface } from './proxy-preface.ts'
import { RequestReader } from './request-reader.ts'
import type { ReaderOwner } from './request-reader.ts'
import { WriteWatch } from './write-watch.ts'

// After a refusal the rest of what the client was sending is read and dropped, or its system would discard our answer.
const LINGER_MS = 2_000
const MAX_LINGER_BYTES = 16 * 1_048_576
// A client that vanished without a word (a cable, a NAT box) is only found by asking.
const PROBE_AFTER_MS = 60_000
const SHUTDOWN: ErrorCode = 'GANTRY_SERVER_STOPPED'
const CONTINUE = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')

/** `preface`: the PROXY protocol header comes first; `linger`: we have closed, and wait for the client to do so. */
type Phase = 'preface' | 'open' | 'linger' | 'closed'

export class HttpConnection implements ExchangeOwner, ReaderOwner, ServedConnection {
  /** It has a place among those that may be connected; one that is turned away has none. The server's own. */
  isCounted = false
  readonly #socket: Socket
  readonly #server: HttpServerContext
  readonly #reader: RequestReader
  readonly #writeWatch: WriteWatch
  /** For lingering, and for an answer that takes long. */
  readonly #deadline: Deadline
  #phase: Phase = 'open'
  #peer: Peer
  /** The address that is counted, once it is. */
  #countedAddress: string | undefined
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
  #clientEnded = false
  #lingerBytes = 0

  constructor(open: OpenSocket, server: HttpServerContext) {
    const socket = open((bytes, length) => this.#received(bytes, length))
    this.#socket = socket
    this.#server = server
    this.#reader = new RequestReader(server, this)
    const { writeTimeoutMs, minWriteRate } = server.times
    const pace = { timeoutMs: writeTimeoutMs, bytesPerSecond: minWriteRate }
    this.#writeWatch = new WriteWatch(server.wheel, socket, pace, (code) => this.#notTaken(code))
    this.#deadline = new Deadline(server.wheel, () => this.#expired())
    this.#peer = peerOf(socket, server.environSettings.trusts)
    if (server.proxyProtocol && this.#peer.isTrusted) {
      this.#phase = 'preface'
      this.#preface = new ProxyPreface()
    }
    socket.on('end', () => this.#ended())
    socket.on('error', () => undefined) // 'close' follows
    socket.on('close', () => this.#closed())
  }

  get environ(): ConnectionEnviron {
    return (this.#environ ??= new ConnectionEnviron(this.#peer, this.#server.environSettings))
  }

  get wallClockMs(): number {
    return this.#server.wallClockMs
  }

  get isSending(): boolean {
    return this.#socket.writableLength > 0
  }

  /** Counts the connection for its address; one too many is turned away. Call it once, first of all. */
  enterAddress(): void {
    const { remoteAddress, isTrusted } = this.#peer
    if (isTrusted || remoteAddress === '') return
    const violation = this.#server.enterAddress(remoteAddress)
    if (violation === undefined) this.#countedAddress = remoteAddress
    else this.#server.turnAway(this, violation)
  }

  hasRoom(exchange: HttpExchange): boolean {
    if (this.#hasRoom) return true
    this.#socket.once('drain', () => exchange.drained())
    return false
  }

  hasRoomToAnswer(): boolean {
    if (this.#hasRoom) return true
    this.#socket.once('drain', () => this.#reader.roomAgain())
    return false
  }

  wrote(): void {
    this.#writeWatch.wrote()
  }

  openBacklog(sink: BacklogSink): AnswerBacklog {
    return new AnswerBacklog(this.#server.spool, this.#server.buffers.responseSpoolBytes, sink)
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

  /** Closes at once. */
  destroy(): void {
    // What the client has not taken must not look whole.
    if (this.isSending) this.#reset()
    else this.#socket.destroy()
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
    this.#deadline.start(PROBE_AFTER_MS)
    const answer = new HttpAnswer(
      this.#socket,
      {
        isHead: head.isHead,
        isHttp10: head.minorVersion === 0,
        mayKeepAlive: head.isPersistent,
        keepsHead: this.#keepsHeads,
      },
      server.encoder,
    )
    const exchange = new HttpExchange(this, server.nextRequestNumber(), head, body, answer)
    exchange.waitedMs = this.#waitedMs
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
    } else if (server.health?.answers(head, exchange) !== true) {
      server.handler.handle(exchange)
    }
  }

  /** Answers a violation once, and never reads another request from this connection. */
  refuse(code: ViolationCode): void {
    if (this.#isClosing) return
    const { status, reason } = violationSpec(code)
    this.#server.reports.refused(code, this.#peer.remoteAddress)
    this.#answerInPlace(status, reason, code)
  }

  bodyFailed(error: GantryError): void {
    if (this.#isClosing) return
    this.#server.reports.bodyFailed(error)
    this.#answerAndClose(undefined, error.status, undefined, error.code)
  }

  pauseReading(): void {
    this.#socket.pause()
  }

  pipelineFull(): void {
    this.#server.reports.bounded('maxPipelinedBytes', this.#peer.remoteAddress)
    this.#socket.pause()
  }

  resumeReading(): void {
    if (this.#socket.isPaused()) this.#socket.resume()
  }

  sendContinue(): void {
    if (this.#exchange?.hasBegun !== true) this.#socket.write(CONTINUE)
  }

  finished(exchange: HttpExchange): void {
    this.#over(exchange)
    this.#writeWatch.wrote()
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
    this.#socket.destroy()
  }

  /** Sends what is written, then closes; what still comes in is dropped for a while. */
  close(): void {
    if (this.#isClosing) return
    this.#phase = 'linger'
    this.#reader.stop()
    this.#deadline.start(LINGER_MS)
    this.#writeWatch.wrote()
    this.#socket.end()
    if (this.#clientEnded) this.#socket.destroySoon()
    else this.resumeReading()
  }

  idleExpired(): void {
    if (this.#preface?.hasBegun === true) this.refuse('HEAD_TIMEOUT')
    else this.close()
  }

  get #hasRoom(): boolean {
    return this.#socket.writableLength < this.#server.buffers.responseBufferBytes
  }

  get #keepsHeads(): boolean {
    return this.#server.reports.access?.wants.some((wanted) => wanted.of === 'response') === true
  }

  get #isClosing(): boolean {
    return this.#phase === 'linger' || this.#phase === 'closed'
  }

  #received(bytes: Buffer, length: number): void {
    switch (this.#phase) {
      case 'open':
        this.#reader.received(bytes, length)
        break
      case 'preface':
        this.#readPreface(bytes, length)
        break
      case 'linger':
        this.#lingerBytes += length
        if (this.#lingerBytes > MAX_LINGER_BYTES) this.#socket.destroy()
        break
      case 'closed':
        break
    }
  }

  #readPreface(bytes: Buffer, length: number): void {
    const preface = this.#preface!
    const header = preface.receive(bytes.subarray(0, length))
    if (header === undefined) return
    if (typeof header === 'string') {
      this.refuse(header)
      return
    }
    this.#phase = 'open'
    this.#preface = undefined
    this.#peer = peerOf(this.#socket, this.#server.environSettings.trusts, header)
    this.enterAddress()
    if (preface.rest.length > 0) this.#received(preface.rest, preface.rest.length)
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
    const answer = new HttpAnswer(this.#socket, request, this.#server.encoder)
    answer.whole(page.head, page.body, 0, page.body.length, this.#server.wallClockMs)
    this.#reportAccess(exchange, answer, code)
    this.close()
  }

  /** Ends an answer in the middle so that the client sees it. */
  #cut(exchange: HttpExchange): void {
    // Ended by length or by chunks, a message that just stops looks cut, and what was sent still arrives. One that ends by
    // closing does not: only a reset shows that it is not whole.
    if (exchange.endsByClosing) this.#reset()
    else this.close()
  }

  /** The client does not take its answer: it is reset, as everything else would have to wait for it too. */
  #notTaken(code: ViolationCode): void {
    this.#server.reports.refused(code, this.#peer.remoteAddress)
    const exchange = this.#exchange
    exchange?.gone()
    if (exchange !== undefined) this.#over(exchange, code)
    this.#reset()
  }

  /** Closes at once, and lets the system forget what the client has not taken. */
  #reset(): void {
    if (this.#socket.remoteAddress === undefined) this.#socket.destroy()
    else this.#socket.resetAndDestroy()
  }

  /** The client has sent its last byte; it may still read (a half-closed connection). */
  #ended(): void {
    this.#clientEnded = true
    switch (this.#phase) {
      case 'open':
        this.#exchange?.clientEnded()
        this.#reader.ended()
        break
      case 'preface':
        // Whoever only looks whether the port is open sends nothing.
        if (this.#preface?.hasBegun === true) this.refuse('PROXY_HEADER_MALFORMED')
        else this.close()
        break
      case 'linger':
        this.#socket.destroySoon()
        break
      case 'closed':
        break
    }
  }

  #closed(): void {
    this.#phase = 'closed'
    this.#deadline.end()
    this.#writeWatch.end()
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

  #expired(): void {
    if (this.#phase !== 'linger') this.#socket.setKeepAlive(true, PROBE_AFTER_MS)
    // Lingering begins when everything is sent; until then it is watched how that goes on.
    else if (this.isSending) this.#deadline.start(LINGER_MS)
    else this.#socket.destroy()
  }

  /** The exchange is no longer under way, whatever became of it. */
  #over(exchange: HttpExchange, code: string | undefined = exchange.failure): void {
    this.#exchange = undefined
    this.#deadline.stop()
    this.#reportAccess(exchange, exchange, code)
    this.#clientAddress = undefined
  }

  #reportAccess(exchange: HttpExchange | undefined, answer: AnswerFacts, code: string | undefined): void {
    const { access } = this.#server.reports
    if (access === undefined) return
    const { head } = this.#reader
    const record = accessRecord(head, {
      timeMs: this.#server.wallClockMs,
      id: exchange?.id ?? this.#server.requestId(this.#server.nextRequestNumber()),
      remoteAddress: this.#clientAddress ?? this.#peer.remoteAddress,
      status: answer.status,
      bodyBytes: answer.bodyBytes,
      times: exchange?.times,
      code,
      details: detailsOf(access.wants, { head, exchange, responseField: (name) => answer.field(name) }),
    })
    whenSent(this.#socket, record, (sent) => access.record(sent))
  }
}

type AnswerFacts = Pick<HttpAnswer, 'status' | 'bodyBytes' | 'field'>
