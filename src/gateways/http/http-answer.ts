// One answer on its way to an HTTP/1.1 client: framing by length, chunks or close, and nothing on the wire after it was cut.

import {
  CHUNK_PREFIX_BYTES,
  CHUNK_SUFFIX,
  LAST_CHUNK,
  encodeChunkPrefix,
} from '../../http/response-encoder.ts'
import type { Framing, ResponseEncoder } from '../../http/response-encoder.ts'
import type { ConnectionSocket } from '../../io/connection-socket.ts'
import type { ResponseHead } from '../../wsgi/response-head.ts'
import type { GatewayAnswer } from '../gateway-exchange.ts'
import { reserve, reserved, sendTaken, taken } from '../output-slab.ts'

export interface AnswerRequest {
  readonly isHead: boolean
  readonly isHttp10: boolean
  /** The client and the server both let the connection live on. */
  readonly mayKeepAlive: boolean
  /** Somebody may want to know what was sent in the head. */
  readonly keepsHead: boolean
}

/** Writes one answer to `socket`. Made for one exchange. */
export class HttpAnswer implements GatewayAnswer {
  /** Known once the head is written. */
  keepsConnection = false
  /** 0 before the head is written. */
  status = 0
  /** Body data written so far. */
  bodyBytes = 0
  /** The head while it waits for what goes with it. */
  #waitingHead: Uint8Array | undefined
  /** The head as it was sent, if it is kept. */
  #headText = ''
  readonly #socket: ConnectionSocket
  readonly #request: AnswerRequest
  readonly #encoder: ResponseEncoder
  #mayKeepAlive: boolean
  #framing: Framing = 'none'
  /** Body bytes still due with framing `length`. */
  #due = 0

  constructor(socket: ConnectionSocket, request: AnswerRequest, encoder: ResponseEncoder) {
    this.#socket = socket
    this.#request = request
    this.#mayKeepAlive = request.mayKeepAlive
    this.#encoder = encoder
  }

  /** Has an effect until the head is written. */
  forbidKeepAlive(): void {
    this.#mayKeepAlive = false
  }

  /** The value of a field of the head, whose name is in lower case; if it is kept. */
  field(name: string): string | undefined {
    const start = this.#headText.toLowerCase().indexOf(`\r\n${name}: `)
    if (start === -1) return undefined
    return this.#headText.slice(start + name.length + 4, this.#headText.indexOf('\r\n', start + 2))
  }

  get endsByClosing(): boolean {
    return this.#framing === 'close'
  }

  /** A whole answer in one write. */
  whole(head: ResponseHead, body: Uint8Array, start: number, end: number, nowMs: number): void {
    const length = end - start
    const hasBody = this.#setFraming(head, length) && length > 0
    // A HEAD answer carries the length that GET would have only where the application said so.
    const addedLength = mayHaveLength(head) && !this.#request.isHead ? length : -1
    const headBytes = this.#encoder.headBytes(head)
    const slab = reserve(headBytes + (hasBody ? length : 0))
    let at = this.#encodeHead(slab, reserved(), head, addedLength, nowMs)
    if (hasBody) {
      this.bodyBytes = length
      slab.set(body.subarray(start, end), at)
      at += length
    }
    sendTaken(this.#socket, at)
  }

  /** The head of an answer whose body follows with `data` and ends with `end`. It goes with what follows in this turn of the event loop. */
  begin(head: ResponseHead, nowMs: number): void {
    this.#setFraming(head, head.contentLength)
    this.#due = Math.max(0, head.contentLength)
    const slab = reserve(this.#encoder.headBytes(head))
    this.#waitingHead = taken(this.#encodeHead(slab, reserved(), head, -1, nowMs))
    process.nextTick(sendHeadOf, this)
  }

  sendHead(): void {
    if (this.#waitingHead !== undefined) this.#write()
  }

  /** Body data, which stays as it is until the socket has sent it. */
  data(data: Uint8Array): void {
    if (this.#framing === 'none') return
    this.bodyBytes += data.length
    switch (this.#framing) {
      case 'chunked': {
        const prefix = reserve(CHUNK_PREFIX_BYTES)
        const end = encodeChunkPrefix(prefix, reserved(), data.length)
        this.#write(taken(end), data, CHUNK_SUFFIX)
        return
      }
      case 'length':
        this.#due -= data.length
        this.#write(data)
        return
      case 'close':
        this.#write(data)
        return
    }
  }

  /** The end of the body. False when the application sent less than it declared: the answer must be cut. */
  end(): boolean {
    if (this.#framing === 'chunked') this.#write(LAST_CHUNK)
    else this.sendHead()
    return this.#framing !== 'length' || this.#due === 0
  }

  /** Writes the head, if it has not been, and what follows. */
  #write(...pieces: Uint8Array[]): void {
    if (this.#waitingHead !== undefined) pieces.unshift(this.#waitingHead)
    this.#waitingHead = undefined
    if (pieces.length === 1) this.#socket.write(pieces[0]!)
    else this.#socket.writeAll(pieces)
  }

  /** Decides how the body ends (RFC 9112 §6.3) and whether the connection lives on. Returns whether a body is sent. */
  #setFraming(head: ResponseHead, length: number): boolean {
    const { isHead, isHttp10 } = this.#request
    this.status = head.status
    if (isHead || head.status === 204 || head.status === 304) this.#framing = 'none'
    else if (length >= 0) this.#framing = 'length'
    else this.#framing = isHttp10 ? 'close' : 'chunked'
    this.keepsConnection = this.#mayKeepAlive && this.#framing !== 'close'
    return this.#framing !== 'none'
  }

  #encodeHead(target: Buffer, start: number, head: ResponseHead, addedLength: number, nowMs: number): number {
    const end = this.#encoder.encodeHead(target, start, head, {
      framing: this.#framing,
      addedLength,
      isHttp10: this.#request.isHttp10,
      keepAlive: this.keepsConnection,
      nowMs,
    })
    if (this.#request.keepsHead) this.#headText = target.toString('latin1', start, end)
    return end
  }
}

/** RFC 9110 §8.6: no Content-Length in a 204; in a 304 only the application knows the right one. */
function mayHaveLength(head: ResponseHead): boolean {
  return head.status !== 204 && head.status !== 304
}

const sendHeadOf = (answer: HttpAnswer): void => answer.sendHead()
