// One answer as FastCGI has it: a CGI response in the records of a stream, and a record that ends the request.

import { headBytes, writeHead } from '../../cgi/response-head.ts'
import { HEADER_BYTES, MAX_CONTENT_BYTES, PROTOCOL_STATUS, RECORD } from '../../fastcgi/record-types.ts'
import {
  FIXED_CONTENT_BYTES,
  streamBytes,
  writeEndRequest,
  writeHeader,
  writeStream,
  writeStreamEnd,
} from '../../fastcgi/record-writer.ts'
import type { ConnectionSocket } from '../../io/connection-socket.ts'
import type { ResponseHead } from '../../wsgi/response-head.ts'
import type { GatewayAnswer } from '../gateway-exchange.ts'
import { reserve, reserved, sendTaken, taken } from '../output-slab.ts'
import { AnswerBody } from '../relayed/answer-body.ts'

// The ends of both streams, and of the request.
const END_BYTES = 3 * HEADER_BYTES + FIXED_CONTENT_BYTES

export class FastcgiAnswer implements GatewayAnswer {
  readonly keepsConnection = true
  readonly endsByClosing = false
  readonly #socket: ConnectionSocket
  readonly #requestId: number
  readonly #body: AnswerBody
  #hasErrors = false

  constructor(socket: ConnectionSocket, requestId: number, isHead: boolean, keepsHead: boolean) {
    this.#socket = socket
    this.#requestId = requestId
    this.#body = new AnswerBody(isHead, keepsHead)
  }

  get status(): number {
    return this.#body.status
  }

  get bodyBytes(): number {
    return this.#body.sentBytes
  }

  forbidKeepAlive(): void {
    // The web server decides it, and says so in its request.
  }

  field(name: string): string | undefined {
    return this.#body.field(name)
  }

  whole(head: ResponseHead, body: Uint8Array, start: number, end: number): void {
    const length = this.#body.begin(head, end - start) ? end - start : 0
    const slab = reserve(HEADER_BYTES + headBytes(head) + streamBytes(length) + END_BYTES)
    const at = this.#writeHead(slab, head, body.subarray(start, start + length))
    this.#body.sent(length)
    sendTaken(this.#socket, this.#writeEnd(slab, at))
  }

  begin(head: ResponseHead): void {
    this.#body.begin(head, -1)
    const slab = reserve(streamBytes(headBytes(head)))
    sendTaken(this.#socket, this.#writeHead(slab, head, new Uint8Array(0)))
  }

  data(data: Uint8Array): void {
    if (!this.#body.isSent || data.length === 0) return
    this.#body.sent(data.length)
    const pieces: Uint8Array[] = []
    for (let start = 0; start < data.length; start += MAX_CONTENT_BYTES) {
      const content = data.subarray(start, start + MAX_CONTENT_BYTES)
      const slab = reserve(HEADER_BYTES)
      const end = writeHeader(slab, reserved(), RECORD.stdout, this.#requestId, content.length)
      pieces.push(taken(end), content)
    }
    this.#socket.writeAll(pieces)
  }

  end(): boolean {
    if (!this.#body.isComplete) return false
    this.abandon(0)
    return true
  }

  /** Ends the request, whatever of its answer was sent. */
  abandon(applicationStatus: number): void {
    const slab = reserve(END_BYTES)
    sendTaken(this.#socket, this.#writeEnd(slab, reserved(), applicationStatus))
  }

  /** Goes into the stream that is the web server's log. */
  errorOutput(text: string): void {
    const content = Buffer.from(text, 'utf8')
    if (content.length === 0) return
    this.#hasErrors = true
    const slab = reserve(streamBytes(content.length))
    sendTaken(this.#socket, writeStream(slab, reserved(), RECORD.stderr, this.#requestId, content))
  }

  /** The head and the start of the body in one record, as far as it has room; what is more in others. */
  #writeHead(slab: Buffer, head: ResponseHead, body: Uint8Array): number {
    const start = reserved()
    const headStart = start + HEADER_BYTES
    const headEnd = writeHead(slab, headStart, head, 'cgi', this.#body.addedLength)
    const headLength = headEnd - headStart
    if (headLength > MAX_CONTENT_BYTES) return this.#writeLongHead(slab, headStart, headEnd, body)
    const fitting = body.subarray(0, MAX_CONTENT_BYTES - headLength)
    slab.set(fitting, headEnd)
    writeHeader(slab, start, RECORD.stdout, this.#requestId, headLength + fitting.length)
    return writeStream(
      slab,
      headEnd + fitting.length,
      RECORD.stdout,
      this.#requestId,
      body.subarray(fitting.length),
    )
  }

  #writeLongHead(slab: Buffer, headStart: number, headEnd: number, body: Uint8Array): number {
    // A copy: its records are written over it.
    const head = Buffer.from(slab.subarray(headStart, headEnd))
    const at = writeStream(slab, reserved(), RECORD.stdout, this.#requestId, head)
    return writeStream(slab, at, RECORD.stdout, this.#requestId, body)
  }

  #writeEnd(slab: Buffer, start: number, applicationStatus = 0): number {
    let at = writeStreamEnd(slab, start, RECORD.stdout, this.#requestId)
    if (this.#hasErrors) at = writeStreamEnd(slab, at, RECORD.stderr, this.#requestId)
    return writeEndRequest(slab, at, this.#requestId, PROTOCOL_STATUS.requestComplete, applicationStatus)
  }
}
