// An answer to a web server that takes all there is up to the end of the connection: that of SCGI, with a CGI head, and that of uwsgi, with one
// of HTTP's.

import { type HeadForm, headBytes, writeHead } from '../../cgi/response-head.ts'
import type { ConnectionSocket } from '../../io/connection-socket.ts'
import type { ResponseHead } from '../../wsgi/response-head.ts'
import type { GatewayAnswer } from '../gateway-exchange.ts'
import { reserve, reserved, sendTaken } from '../output-slab.ts'
import { AnswerBody } from './answer-body.ts'

export class ClosingAnswer implements GatewayAnswer {
  readonly keepsConnection = false
  readonly #socket: ConnectionSocket
  readonly #form: HeadForm
  readonly #body: AnswerBody

  constructor(socket: ConnectionSocket, form: HeadForm, isHead: boolean, keepsHead: boolean) {
    this.#socket = socket
    this.#form = form
    this.#body = new AnswerBody(isHead, keepsHead)
  }

  get status(): number {
    return this.#body.status
  }

  get bodyBytes(): number {
    return this.#body.sentBytes
  }

  get endsByClosing(): boolean {
    return this.#body.hasNoLength
  }

  forbidKeepAlive(): void {
    // It closes anyhow.
  }

  field(name: string): string | undefined {
    return this.#body.field(name)
  }

  whole(head: ResponseHead, body: Uint8Array, start: number, end: number): void {
    const length = this.#body.begin(head, end - start) ? end - start : 0
    const slab = reserve(headBytes(head) + length)
    let at = writeHead(slab, reserved(), head, this.#form, this.#body.addedLength)
    if (length > 0) {
      slab.set(body.subarray(start, end), at)
      at += length
    }
    this.#body.sent(length)
    sendTaken(this.#socket, at)
  }

  begin(head: ResponseHead): void {
    this.#body.begin(head, -1)
    const slab = reserve(headBytes(head))
    sendTaken(this.#socket, writeHead(slab, reserved(), head, this.#form, -1))
  }

  data(data: Uint8Array): void {
    if (!this.#body.isSent) return
    this.#body.sent(data.length)
    this.#socket.write(data)
  }

  end(): boolean {
    return this.#body.isComplete
  }
}
