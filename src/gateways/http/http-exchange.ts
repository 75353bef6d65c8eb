// One HTTP/1.1 request as the application's side sees it. Belongs to one connection, which it tells when it is over.

import type { GantryError } from '../../errors.ts'
import { errorPage } from '../../http/error-page.ts'
import type { RequestHead } from '../../http/request-head.ts'
import { copyOfBody, giveBack } from '../../io/body-blocks.ts'
import type { Header } from '../../wsgi/header.ts'
import { CLIENT_LEFT, type ServingThread } from '../../wsgi/access-record.ts'
import type { ClientState, ErrorStatus, Exchange, FileBody, RequestBody } from '../../wsgi/exchange.ts'
import type { ResponseHead } from '../../wsgi/response-head.ts'
import { AnswerBacklog } from '../answer-backlog.ts'
import { FileSender } from '../file-sender.ts'
import type { RequestTimes } from '../request-times.ts'
import type { ConnectionEnviron } from './connection-environ.ts'
import type { HttpAnswer } from './http-answer.ts'

/** What an exchange needs of its connection. */
export interface ExchangeOwner {
  readonly environ: ConnectionEnviron
  /** Coarse time of day, for the Date field. */
  readonly wallClockMs: number
  /** Whether more may be written now; if not, the exchange is told with `drained` when it may. */
  hasRoom(exchange: HttpExchange): boolean
  /** Something that was written waits for the client's system. */
  readonly isSending: boolean
  /** Something was written to the client. */
  wrote(): void
  /** Keeps on disk what the client has not taken yet of the answer. */
  openBacklog(sink: BacklogOwner): AnswerBacklog
  requestId(requestNumber: number): string
  /** Whether another request can follow on the connection. `isWhole`: nothing of the application runs any more, so nobody reads the body on. */
  canGoOn(isWhole: boolean): boolean
  /** The answer is complete on our side. */
  finished(exchange: HttpExchange): void
  /** The answer cannot be completed: the connection is cut. */
  broken(exchange: HttpExchange): void
  /** What was to be sent later is lost. */
  failed(exchange: HttpExchange, error: GantryError): void
  /** Nobody waits for an answer, and none is given. */
  dropped(exchange: HttpExchange): void
}

type BacklogOwner = ConstructorParameters<typeof AnswerBacklog>[2]
type State = 'waiting' | 'streaming' | 'done'

export class HttpExchange implements Exchange {
  readonly body: RequestBody
  waitedMs = 0
  onGone: (() => void) | undefined
  onDrain: (() => void) | undefined
  /** Why the server answered in place of the application, for the access log. */
  failure: string | undefined
  /** For the access log, where somebody keeps one. */
  times: RequestTimes | undefined

  readonly #owner: ExchangeOwner
  readonly #head: RequestHead
  readonly #requestBodyBytes: number
  readonly #shared: Buffer
  readonly #answer: HttpAnswer
  readonly #number: number
  #id: string | undefined
  #state: State = 'waiting'
  #client: ClientState = 'here'
  /** What is sent besides what is written: a file, or what the client was too slow for. One of them at a time. */
  #fileSender: FileSender | undefined
  #backlog: AnswerBacklog | undefined
  #endsWhenSent = false
  /** What the log may still ask for when the client is gone, and the bytes of the head with it. */
  #left: { readonly method: string; readonly target: string } | undefined

  constructor(
    owner: ExchangeOwner,
    requestNumber: number,
    head: RequestHead,
    body: RequestBody,
    answer: HttpAnswer,
  ) {
    this.#owner = owner
    this.#number = requestNumber
    this.#head = head
    this.body = body
    this.#requestBodyBytes = bodyBytesOf(body, head)
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
    return this.#left?.method ?? this.#head.method
  }

  get target(): string {
    return this.#left?.target ?? this.#head.target
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
    return this.#owner.environ.ownBytes(this.#head)
  }

  writeEnviron(target: Buffer, start: number): number {
    return this.#owner.environ.writeOwn(target, start, this.#head, this.#requestBodyBytes, this.#shared)
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
    if (this.#backlog?.isEmpty === false) return this.#backlog.push(data)
    if (this.#owner.hasRoom(this)) {
      this.#send(data)
      return true
    }
    this.#backlog ??= this.#openBacklog()
    return this.#backlog.push(data)
  }

  writeCopy(data: Uint8Array): boolean {
    const copy = copyOfBody(data)
    const hasRoom = this.write(copy)
    if (!this.#owner.isSending && this.#backlog?.isEmpty !== false) giveBack(copy)
    return hasRoom
  }

  sendFile(file: FileBody): void {
    const sender = new FileSender(file, {
      write: (block) => this.#sendMore(block),
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
    this.#left = { method: this.#head.method, target: this.#head.target }
    this.#state = 'done'
    this.#client = 'gone'
    this.#stopSending()
    this.onGone?.()
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

function bodyBytesOf(body: RequestBody, head: RequestHead): number {
  if (body instanceof Uint8Array) return body.length
  return 'path' in body ? body.size : head.contentLength
}
