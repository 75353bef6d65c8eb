// One request as the application's side sees it, whatever protocol it came by. Belongs to one connection, which it tells when it is over.

import type { RouteSettings } from '../config/options/routes.ts'
import type { GantryError } from '../errors.ts'
import { errorPage } from '../http/error-page.ts'
import { copyOfBody } from '../io/body-blocks.ts'
import type { Header } from '../wsgi/header.ts'
import { CLIENT_LEFT, type ServingThread } from '../wsgi/access-record.ts'
import type { ClientState, ErrorStatus, Exchange, FileBody, RequestBody } from '../wsgi/exchange.ts'
import { isInMemory } from '../wsgi/exchange.ts'
import type { ResponseHead } from '../wsgi/response-head.ts'
import { AnswerBacklog } from './answer-backlog.ts'
import { FileSender } from './file-sender.ts'
import type { RequestTimes } from './request-times.ts'

/** A request as its protocol has it, until it is over. */
export interface GatewayRequest {
  readonly method: string
  /** The request target as sent. */
  readonly target: string
  /** The declared length of the body; -1 for none. */
  readonly contentLength: number
}

/** Writes the environs of requests. */
export interface EnvironWriter<Request> {
  /** The shared environ block of the request that is being handed over. */
  readonly shared: Buffer
  /** No more bytes than this are written by `writeOwn`. */
  ownBytes(request: Request): number
  /** Writes the environ block that `shared` leaves over. `bodyBytes` is -1 where nobody knows yet. Returns where it ends. */
  writeOwn(target: Buffer, start: number, request: Request, bodyBytes: number, shared: Buffer): number
}

/** One answer on its way, as its protocol has it. */
export interface GatewayAnswer {
  /** 0 before the head is written. */
  readonly status: number
  /** Body data written so far. */
  readonly bodyBytes: number
  /** Known once the head is written. */
  readonly keepsConnection: boolean
  /** Only the end of the connection shows where the body ends. */
  readonly endsByClosing: boolean
  /** Has an effect until the head is written. */
  forbidKeepAlive(): void
  /** A whole answer at once; the body is copied. */
  whole(head: ResponseHead, body: Uint8Array, start: number, end: number, nowMs: number): void
  /** The head of an answer whose body follows with `data` and ends with `end`. */
  begin(head: ResponseHead, nowMs: number): void
  /** Sends the head, where it waits for what is to go with it. */
  sendHead?(): void
  /** Body data, which stays as it is until it is sent. */
  data(data: Uint8Array): void
  /** The value of a field of the head, whose name is in lower case; if the head is kept. */
  field(name: string): string | undefined
  /** Text that the application has written to `wsgi.errors`, where the protocol has a place for it. */
  errorOutput?(text: string): void
  /** The end of the body. False when the application sent less than it declared: the answer must be cut. */
  end(): boolean
}

/** What an exchange needs of its connection. */
export interface ExchangeOwner<Request extends GatewayRequest> {
  readonly environ: EnvironWriter<Request>
  /** Coarse time of day, for the Date field. */
  readonly wallClockMs: number
  /** Whether more may be written now; if not, the exchange is told with `drained` when it may. */
  hasRoom(exchange: GatewayExchange<Request>): boolean
  /** The same of `bytes` that may wait in the memory that all clients have together. */
  hasRoomFor(exchange: GatewayExchange<Request>, bytes: number): boolean
  /** Memory for some of the `bytes` that are to be written next, to be lent. */
  takeBlock(bytes: number): Buffer
  /** `block` was written, and is to be given back when the system has it. */
  lend(block: Uint8Array): void
  /** Something was written to the client. */
  wrote(): void
  /** Keeps on disk what the client has not taken yet of the answer. */
  openBacklog(sink: BacklogOwner): AnswerBacklog
  requestId(requestNumber: number): string
  /** Whether another request can follow on the connection. `isWhole`: nothing of the application runs any more, so nobody reads the body on. */
  canGoOn(isWhole: boolean): boolean
  /** The answer is complete on our side. */
  finished(exchange: GatewayExchange<Request>): void
  /** The answer cannot be completed: the connection is cut. */
  broken(exchange: GatewayExchange<Request>): void
  /** What was to be sent later is lost. */
  failed(exchange: GatewayExchange<Request>, error: GantryError): void
  /** Nobody waits for an answer, and none is given. */
  dropped(exchange: GatewayExchange<Request>): void
}

type BacklogOwner = ConstructorParameters<typeof AnswerBacklog>[2]
type State = 'waiting' | 'streaming' | 'done'

export class GatewayExchange<Request extends GatewayRequest> implements Exchange {
  readonly body: RequestBody
  waitedMs = 0
  route: RouteSettings | undefined
  onGone: (() => void) | undefined
  onDrain: (() => void) | undefined
  /** Why the server answered in place of the application, for the access log. */
  failure: string | undefined
  /** For the access log, where somebody keeps one. */
  times: RequestTimes | undefined

  readonly #owner: ExchangeOwner<Request>
  readonly #request: Request
  readonly #requestBodyBytes: number
  readonly #shared: Buffer
  readonly #answer: GatewayAnswer
  readonly #number: number
  #id: string | undefined
  #state: State = 'waiting'
  #client: ClientState = 'here'
  /** What is sent besides what is written: a file, or what the client was too slow for. One of them at a time. */
  #fileSender: FileSender | undefined
  #backlog: AnswerBacklog | undefined
  #endsWhenSent = false
  /** What the log may still ask for when the client is gone, and the bytes of the request with it. */
  #left: { readonly method: string; readonly target: string } | undefined

  constructor(
    owner: ExchangeOwner<Request>,
    requestNumber: number,
    request: Request,
    body: RequestBody,
    answer: GatewayAnswer,
  ) {
    this.#owner = owner
    this.#number = requestNumber
    this.#request = request
    this.body = body
    this.#requestBodyBytes = bodyBytesOf(body, request)
    this.#answer = answer
    this.#shared = owner.environ.shared
  }

  get id(): string {
    return (this.#id ??= this.#owner.requestId(this.#number))
  }

  set id(id: string) {
    this.#id = id
  }

  get method(): string {
    return this.#left?.method ?? this.#request.method
  }

  get target(): string {
    return this.#left?.target ?? this.#request.target
  }

  get client(): ClientState {
    return this.#client
  }

  /** The status that the client was sent; 499 if it left before. */
  get status(): number {
    return this.#answer.status === 0 ? CLIENT_LEFT : this.#answer.status
  }

  /** Of the answer's body, as far as it was sent. */
  get bodyBytes(): number {
    return this.#answer.bodyBytes
  }

  /** Part of the answer is on its way already. */
  get hasBegun(): boolean {
    return this.#answer.status !== 0
  }

  get endsByClosing(): boolean {
    return this.#answer.endsByClosing
  }

  get keepsConnection(): boolean {
    return this.#answer.keepsConnection
  }

  /** Of the answer's head as it was sent, for the access log. */
  field(name: string): string | undefined {
    return this.#answer.field(name)
  }

  handedTo(thread: ServingThread | undefined, nowMs?: number): void {
    this.times?.handedTo(thread, nowMs)
  }

  get sharedEnviron(): Uint8Array {
    return this.#shared
  }

  environBytes(): number {
    return this.#owner.environ.ownBytes(this.#request)
  }

  writeEnviron(target: Buffer, start: number): number {
    return this.#owner.environ.writeOwn(target, start, this.#request, this.#requestBodyBytes, this.#shared)
  }

  errorOutput(text: string): void {
    if (this.#state !== 'done') this.#answer.errorOutput?.(text)
  }

  answer(head: ResponseHead, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#move('waiting', 'done')) return
    this.times?.answered()
    if (!this.#owner.canGoOn(true)) this.#answer.forbidKeepAlive()
    this.#answer.whole(head, bytes, start, end, this.#owner.wallClockMs)
    this.#owner.finished(this)
  }

  begin(head: ResponseHead): void {
    if (!this.#move('waiting', 'streaming')) return
    if (!this.#owner.canGoOn(false)) this.#answer.forbidKeepAlive()
    this.#answer.begin(head, this.#owner.wallClockMs)
    this.#owner.wrote()
  }

  write(data: Uint8Array): boolean {
    // The client is gone: whoever writes has been told so, and is not to be held up.
    if (this.#state !== 'streaming') return true
    if (!this.#mayWrite(data.length)) return this.#keepForLater(data)
    this.#send(data)
    return true
  }

  writeCopy(data: Uint8Array): boolean {
    if (this.#state !== 'streaming') return true
    const isSent = this.#mayWrite(data.length)
    const copy = copyOfBody(data)
    if (!isSent) return this.#keepForLater(copy)
    this.#send(copy)
    this.#owner.lend(copy)
    return true
  }

  sendFile(file: FileBody): void {
    const owner = this.#owner
    const sender = new FileSender(file, {
      takeBlock: (bytes) => owner.takeBlock(bytes),
      write: (block) => {
        this.#send(block)
        owner.lend(block)
        return owner.hasRoom(this)
      },
      unused: (block) => owner.lend(block),
      finished: () => {
        this.#fileSender = undefined
        this.#endIfSent()
      },
      failed: () => {
        this.#fileSender = undefined
        this.#breakOff()
      },
    })
    this.#fileSender = sender
    if (this.#state === 'streaming') sender.resume()
    else sender.stop()
  }

  end(): void {
    if (this.#state !== 'streaming') return
    this.times?.answered()
    this.#endsWhenSent = true
    this.#endIfSent()
  }

  abort(code?: string): void {
    if (!this.#move('streaming', 'done')) return
    this.failure = code
    this.#stopSending()
    this.#answer.sendHead?.()
    this.#owner.broken(this)
  }

  fail(status: ErrorStatus, code?: string, headers?: readonly Header[]): void {
    if (this.#state === 'waiting') this.failure = code
    const page = errorPage(status, undefined, headers)
    this.answer(page.head, page.body, 0, page.body.length)
  }

  drop(): void {
    if (this.#move('waiting', 'done')) this.#owner.dropped(this)
  }

  clientEnded(): void {
    this.#client = 'ended'
  }

  /** The socket has room again. */
  drained(): void {
    if (this.#fileSender === undefined) this.#backlog?.resume()
    else this.#fileSender.resume()
  }

  /** The client has left, is refused, or cannot be answered any more: whoever answers is told to stop. */
  gone(): void {
    if (this.#state === 'done') return
    this.#left = { method: this.#request.method, target: this.#request.target }
    this.#state = 'done'
    this.#client = 'gone'
    this.#stopSending()
    this.onGone?.()
  }

  #mayWrite(bytes: number): boolean {
    return this.#backlog?.isEmpty !== false && this.#owner.hasRoomFor(this, bytes)
  }

  #keepForLater(data: Uint8Array): boolean {
    this.#backlog ??= this.#openBacklog()
    return this.#backlog.push(data)
  }

  #send(data: Uint8Array): void {
    this.#answer.data(data)
    this.#owner.wrote()
  }

  #sendMore(block: Uint8Array): boolean {
    if (this.#state !== 'streaming') return true
    this.#send(block)
    return this.#owner.hasRoom(this)
  }

  #openBacklog(): AnswerBacklog {
    return this.#owner.openBacklog({
      write: (block) => this.#sendMore(block),
      emptied: () => this.#endIfSent(),
      hasRoom: () => this.onDrain?.(),
      failed: (error) => {
        this.#owner.failed(this, error)
        this.#breakOff()
      },
    })
  }

  #endIfSent(): void {
    const isSent = this.#fileSender === undefined && this.#backlog?.isEmpty !== false
    if (!this.#endsWhenSent || !isSent || !this.#move('streaming', 'done')) return
    this.#stopSending()
    if (this.#answer.end()) this.#owner.finished(this)
    else this.#owner.broken(this)
  }

  /** The answer cannot be completed, and whoever answers does not know: it may even wait for room to go on. */
  #breakOff(): void {
    if (this.#state !== 'streaming') return
    this.gone()
    this.#owner.broken(this)
  }

  #stopSending(): void {
    this.#fileSender?.stop()
    this.#backlog?.stop()
  }

  #move(from: State, to: State): boolean {
    if (this.#state !== from) return false
    this.#state = to
    return true
  }
}

function bodyBytesOf(body: RequestBody, request: GatewayRequest): number {
  if (isInMemory(body)) return body.length
  return 'path' in body ? body.size : request.contentLength
}
