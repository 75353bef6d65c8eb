// One HTTP/1.1 request as the application's side sees it. Belongs to one connection, which it tells when it is over.

import type { RequestHead } from '../../http/request-head.ts'
import { errorPage } from '../../http/error-page.ts'
import type { ClientState, ErrorStatus, Exchange, FileBody, RequestBody } from '../../wsgi/exchange.ts'
import type { ResponseHead } from '../../wsgi/response-head.ts'
import { FileSender } from '../file-sender.ts'
import type { ConnectionEnviron } from './connection-environ.ts'
import type { HttpAnswer } from './http-answer.ts'

/** What an exchange needs of its connection. */
export interface ExchangeOwner {
  readonly environ: ConnectionEnviron
  /** Whether more may be written now; if not, the exchange is told with `drained` when it may. */
  hasRoom(exchange: HttpExchange): boolean
  /** Coarse time of day, for the Date field. */
  readonly wallClockMs: number
  requestId(requestNumber: number): string
  /** The answer is complete on our side. */
  finished(exchange: HttpExchange): void
  /** The answer cannot be completed: the connection is cut. */
  broken(exchange: HttpExchange): void
  /** Nobody waits for an answer, and none is given. */
  dropped(exchange: HttpExchange): void
}

type State = 'waiting' | 'streaming' | 'done'

export class HttpExchange implements Exchange {
  readonly body: RequestBody
  onGone: (() => void) | undefined
  onDrain: (() => void) | undefined

  readonly #owner: ExchangeOwner
  readonly #head: RequestHead
  readonly #bodyBytes: number
  readonly #shared: Buffer
  readonly #answer: HttpAnswer
  readonly #number: number
  #state: State = 'waiting'
  #client: ClientState = 'here'
  #fileSender: FileSender | undefined
  #endsAfterFile = false
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
    this.#bodyBytes = body instanceof Uint8Array ? body.length : body.size
    this.#answer = answer
    this.#shared = owner.environ.share(head)
  }

  get id(): string {
    return this.#owner.requestId(this.#number)
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

  get endsByClosing(): boolean {
    return this.#answer.endsByClosing
  }

  get keepsConnection(): boolean {
    return this.#answer.keepsConnection
  }

  get sharedEnviron(): Uint8Array {
    return this.#shared
  }

  environBytes(): number {
    return this.#owner.environ.ownBytes(this.#head)
  }

  writeEnviron(target: Buffer, start: number): number {
    return this.#owner.environ.writeOwn(target, start, this.#head, this.#bodyBytes, this.#shared)
  }

  answer(head: ResponseHead, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#move('waiting', 'done')) return
    this.#answer.whole(head, bytes, start, end, this.#owner.wallClockMs)
    this.#owner.finished(this)
  }

  begin(head: ResponseHead): void {
    if (this.#move('waiting', 'streaming')) this.#answer.begin(head, this.#owner.wallClockMs)
  }

  write(data: Uint8Array): boolean {
    // The client is gone: whoever writes has been told so, and is not to be held up.
    if (this.#state !== 'streaming') return true
    this.#answer.data(data)
    return this.#owner.hasRoom(this)
  }

  sendFile(file: FileBody): void {
    const sender = new FileSender(file, {
      write: (block) => this.write(block),
      finished: () => {
        this.#fileSender = undefined
        if (this.#endsAfterFile) this.end()
      },
      failed: () => {
        this.#fileSender = undefined
        this.abort()
      },
    })
    this.#fileSender = sender
    if (this.#state === 'streaming') sender.resume()
    else sender.stop()
  }

  end(): void {
    if (this.#state !== 'streaming') return
    if (this.#fileSender !== undefined) {
      this.#endsAfterFile = true
      return
    }
    this.#state = 'done'
    if (this.#answer.end()) this.#owner.finished(this)
    else this.#owner.broken(this)
  }

  abort(): void {
    if (!this.#move('streaming', 'done')) return
    this.#fileSender?.stop()
    this.#owner.broken(this)
  }

  fail(status: ErrorStatus): void {
    const page = errorPage(status)
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
    if (this.#fileSender === undefined) this.onDrain?.()
    else this.#fileSender.resume()
  }

  /** The connection closes after this answer, unless the client was told otherwise already. */
  endConnection(): void {
    this.#answer.forbidKeepAlive()
  }

  /** The client has left. */
  gone(): void {
    if (this.#state === 'done') return
    this.#left = { method: this.#head.method, target: this.#head.target }
    this.#state = 'done'
    this.#client = 'gone'
    this.#fileSender?.stop()
    this.onGone?.()
  }

  #move(from: State, to: State): boolean {
    if (this.#state !== from) return false
    this.#state = to
    return true
  }
}
