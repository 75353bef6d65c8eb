// One client connection: reads requests one after the other, hands each complete one to the application, keeps answers in order.
// The only owner of its socket.

import type { Socket } from 'node:net'
import { errorPage } from '../../http/error-page.ts'
import type { OpenSocket } from '../../io/shared-reading.ts'
import { RequestParser } from '../../http/request-parser.ts'
import { violationSpec } from '../../http/violation.ts'
import type { ViolationCode } from '../../http/violation.ts'
import type { RequestBody } from '../../wsgi/exchange.ts'
import { IncomingBody, NO_BODY } from '../request-body.ts'
import { removeSpoolFile } from '../spool.ts'
import type { ConnectionEnviron } from './connection-environ.ts'
import { HttpAnswer } from './http-answer.ts'
import { HttpExchange } from './http-exchange.ts'
import type { ExchangeOwner } from './http-exchange.ts'
import type { HttpServerContext, ServedConnection } from './http-context.ts'
import { keep, kept } from './input-slab.ts'

// Bytes of further requests that may wait behind the one being answered; beyond it the socket is not read.
const MAX_WAITING_BYTES = 65_536
// How much of an answer may wait for a slow client before the application's side is asked to pause.
const MAX_UNSENT_BYTES = 1_048_576
// After a refusal the rest of what the client was sending is read and dropped, or its system would discard our answer.
const LINGER_MS = 2_000
const MAX_LINGER_BYTES = 16 * 1_048_576
const CONTINUE = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')

/** What the connection waits for. */
type Phase = 'idle' | 'head' | 'body' | 'answer' | 'linger' | 'closed'

export class HttpConnection implements ExchangeOwner, ServedConnection {
  readonly #socket: Socket
  readonly #server: HttpServerContext
  readonly #parser: RequestParser
  #phase: Phase = 'idle'
  /** When the phase must have ended, on the server's coarse clock. */
  #deadlineMs: number
  #environ: ConnectionEnviron | undefined
  #exchange: HttpExchange | undefined
  #body: IncomingBody | undefined
  #clientEnded = false
  #lingerBytes = 0
  #isAdvancing = false
  /** Bytes that had left for the client when the deadline for writing was last put off. */
  #sentBytes = 0
  #writeDeadlineMs = 0

  constructor(open: OpenSocket, server: HttpServerContext) {
    const socket = open((bytes, length) => this.#received(bytes, length))
    this.#socket = socket
    this.#server = server
    this.#parser = new RequestParser(server.limits)
    this.#deadlineMs = server.deadlineMs(server.times.headTimeoutMs)
    socket.on('end', () => this.#ended())
    socket.on('error', () => undefined) // 'close' follows
    socket.on('close', () => this.#closed())
  }

  get environ(): ConnectionEnviron {
    return (this.#environ ??= this.#server.connectionEnviron(this.#socket))
  }

  hasRoom(exchange: HttpExchange): boolean {
    if (this.#socket.writableLength <= MAX_UNSENT_BYTES) return true
    this.#socket.once('drain', () => exchange.drained())
    return false
  }

  get wallClockMs(): number {
    return this.#server.wallClockMs
  }

  requestId(requestNumber: number): string {
    return this.#server.requestId(requestNumber)
  }

  /** Closes as soon as no request is under way. */
  stop(): void {
    if (this.#phase === 'idle') this.#close()
    this.#exchange?.endConnection()
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy()
  }

  /** Called a few times a second: acts on what has taken too long. */
  checkDeadline(nowMs: number): void {
    if (this.#socket.writableLength > 0) {
      this.#checkWriting(nowMs)
      return
    }
    this.#writeDeadlineMs = 0
    if (nowMs < this.#deadlineMs) return
    switch (this.#phase) {
      case 'idle':
        this.#close()
        break
      case 'head':
        if (this.#parser.isInRequest) this.#refuse('HEAD_TIMEOUT')
        else this.#close()
        break
      case 'body':
        // Paused means that it is our disk which is slow.
        if (!this.#socket.isPaused()) this.#refuse('BODY_TIMEOUT')
        break
      case 'linger':
        this.#socket.destroy()
        break
      case 'answer':
      case 'closed':
        break
    }
  }

  finished(exchange: HttpExchange): void {
    this.#release(exchange)
    if (!exchange.keepsConnection) {
      this.#close()
      return
    }
    this.#wait('idle', this.#server.times.idleTimeoutMs)
    if (this.#parser.pendingBytes > 0) this.#advance()
    if (this.#clientEnded) this.#ended()
    else if (this.#socket.isPaused()) this.#socket.resume()
  }

  broken(exchange: HttpExchange): void {
    this.#release(exchange)
    // Ended by length or by chunks, a message that just stops looks cut, and what was sent still arrives. One that ends by
    // closing does not: only a reset shows that it is not whole.
    if (exchange.endsByClosing && this.#socket.remoteAddress !== undefined) this.#socket.resetAndDestroy()
    else this.#close()
  }

  dropped(exchange: HttpExchange): void {
    this.#server.clientLeft(exchange)
    this.#release(exchange)
    this.#socket.destroy()
  }

  #received(bytes: Buffer, length: number): void {
    switch (this.#phase) {
      case 'linger':
        this.#lingerBytes += length
        if (this.#lingerBytes > MAX_LINGER_BYTES) this.#socket.destroy()
        return
      case 'closed':
        return
      case 'answer':
        this.#keep(bytes, length)
        if (this.#parser.pendingBytes > MAX_WAITING_BYTES) this.#socket.pause()
        return
      case 'idle':
      case 'head':
      case 'body':
        this.#keep(bytes, length)
        this.#advance()
    }
  }

  #keep(bytes: Buffer, length: number): void {
    keep(bytes, length)
    this.#parser.receive(kept.bytes, kept.start, kept.end)
  }

  /** Reads on until a request is under way, more bytes are needed, or a rule is broken. */
  #advance(): void {
    // An answer that is given at once comes back here while the loop below still runs; it then just goes on.
    if (this.#isAdvancing) return
    this.#isAdvancing = true
    while (this.#takeEvent());
    this.#isAdvancing = false
  }

  /** Acts on one event of the parser. False: nothing more to do for now. */
  #takeEvent(): boolean {
    switch (this.#parser.next()) {
      case 'need-data':
        if (this.#phase === 'idle' && this.#parser.isInRequest)
          this.#wait('head', this.#server.times.headTimeoutMs)
        return false
      case 'violation':
        this.#refuse(this.#parser.violation ?? 'REQUEST_LINE_MALFORMED')
        return false
      case 'head':
        if (this.#parser.head.hasBody) this.#beginBody()
        else this.#dispatch(NO_BODY)
        break
      case 'body':
        this.#takeBody()
        break
      case 'end':
        this.#finishBody()
        break
    }
    return this.#phase === 'idle' || this.#phase === 'body'
  }

  #beginBody(): void {
    const { head } = this.#parser
    const body = new IncomingBody(this.#server.spool, head.contentLength)
    body.onDrain = () => this.#socket.resume()
    body.onError = (error) => this.#bodyFailed(error)
    this.#body = body
    this.#wait('body', this.#server.times.bodyTimeoutMs)
    // RFC 9110 §10.1.1: not when the body is on its way already, and never to an HTTP/1.0 client.
    if (head.expectsContinue && head.minorVersion >= 1 && this.#parser.pendingBytes === 0)
      this.#socket.write(CONTINUE)
  }

  #takeBody(): void {
    const { bytes, dataStart, dataEnd } = this.#parser
    this.#deadlineMs = this.#server.deadlineMs(this.#server.times.bodyTimeoutMs)
    if (this.#body?.take(bytes.subarray(dataStart, dataEnd)) === false) this.#socket.pause()
  }

  #finishBody(): void {
    const body = this.#body?.finish() ?? NO_BODY
    this.#body = undefined
    if (body instanceof Uint8Array || !('then' in body)) {
      this.#dispatch(body)
      return
    }
    this.#wait('answer', Number.POSITIVE_INFINITY)
    void body.then((complete) => {
      if (complete === undefined) return // #bodyFailed has answered
      if (this.#phase === 'answer') this.#dispatch(complete)
      else if ('path' in complete) removeSpoolFile(complete.path)
    })
  }

  #bodyFailed(error: Error): void {
    this.#body = undefined
    this.#server.bodyFailed(error)
    this.#answerAndClose(507)
  }

  #dispatch(body: RequestBody): void {
    const { head } = this.#parser
    this.#wait('answer', Number.POSITIVE_INFINITY)
    const answer = new HttpAnswer(
      this.#socket,
      {
        isHead: head.isHead,
        isHttp10: head.minorVersion === 0,
        mayKeepAlive: head.isPersistent && !this.#server.isStopping,
      },
      this.#server.encoder,
    )
    const exchange = new HttpExchange(this, this.#server.nextRequestNumber(), head, body, answer)
    this.#exchange = exchange
    if (head.isAsterisk) {
      // RFC 9110 §9.3.7: about the server as a whole, so the server answers.
      const page = errorPage(204)
      exchange.answer(page.head, page.body, 0, 0)
      return
    }
    this.#server.handler.handle(exchange)
  }

  /** Answers a violation once, and never reads another request from this connection. */
  #refuse(code: ViolationCode): void {
    this.#server.refused(code, this.#socket.remoteAddress)
    const { status, reason } = violationSpec(code)
    this.#body?.discard()
    this.#body = undefined
    this.#answerAndClose(status, reason)
  }

  #answerAndClose(status: number, reason?: string): void {
    if (this.#phase === 'closed' || this.#phase === 'linger') return
    const page = errorPage(status, reason)
    const request = { isHead: false, isHttp10: false, mayKeepAlive: false }
    const answer = new HttpAnswer(this.#socket, request, this.#server.encoder)
    answer.whole(page.head, page.body, 0, page.body.length, this.#server.wallClockMs)
    this.#close()
  }

  /** Sends what is written, then closes; what still comes in is dropped for a while. */
  #close(): void {
    if (this.#phase === 'closed' || this.#phase === 'linger') return
    this.#wait('linger', LINGER_MS)
    this.#socket.end()
    if (this.#clientEnded) this.#socket.destroySoon()
    else if (this.#socket.isPaused()) this.#socket.resume()
  }

  /** The client has sent its last byte; it may still read (a half-closed connection). */
  #ended(): void {
    this.#clientEnded = true
    switch (this.#phase) {
      case 'answer':
        this.#exchange?.clientEnded()
        break
      case 'body':
        this.#refuse('BODY_INCOMPLETE')
        break
      case 'head':
      case 'idle':
        if (this.#parser.isInRequest) this.#refuse('BODY_INCOMPLETE')
        else this.#close()
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
    this.#body?.discard()
    this.#body = undefined
    const exchange = this.#exchange
    if (exchange !== undefined) {
      this.#server.clientLeft(exchange)
      exchange.gone()
      this.#release(exchange)
    }
    this.#server.closed(this)
  }

  #wait(phase: Phase, forMs: number): void {
    this.#phase = phase
    this.#deadlineMs = this.#server.deadlineMs(forMs)
  }

  /** A client that takes nothing of its answer for too long holds memory, and perhaps a worker: it is dropped. */
  #checkWriting(nowMs: number): void {
    // Closing and idling only count from when everything is sent.
    if (this.#phase === 'linger') this.#deadlineMs = nowMs + LINGER_MS
    if (this.#phase === 'idle') this.#deadlineMs = nowMs + this.#server.times.idleTimeoutMs
    const sent = this.#socket.bytesWritten - this.#socket.writableLength
    if (this.#writeDeadlineMs === 0 || sent !== this.#sentBytes) {
      this.#writeDeadlineMs = nowMs + this.#server.times.writeTimeoutMs
      this.#sentBytes = sent
    } else if (nowMs >= this.#writeDeadlineMs) {
      this.#socket.destroy()
    }
  }

  #release(exchange: HttpExchange): void {
    this.#exchange = undefined
    this.#parser.release()
    if ('path' in exchange.body) removeSpoolFile(exchange.body.path)
  }
}
