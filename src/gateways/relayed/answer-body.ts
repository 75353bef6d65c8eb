// What becomes of the body of an answer to a web server, whichever protocol carries it: whether it is sent at all, and whether it is whole.

import { headBytes, writeHead } from '../../cgi/response-head.ts'
import type { ResponseHead } from '../../wsgi/response-head.ts'

export class AnswerBody {
  /** 0 before the head is written. */
  status = 0
  sentBytes = 0
  /** Not for HEAD, and where the status has none (RFC 9110 §6.4.1). */
  isSent = false
  /** Content-Length to be added to the head; -1 for none. */
  addedLength = -1
  readonly #isHead: boolean
  readonly #keepsHead: boolean
  /** -1 where it is not said. */
  #declaredBytes = -1
  #headText = ''

  constructor(isHead: boolean, keepsHead: boolean) {
    this.#isHead = isHead
    this.#keepsHead = keepsHead
  }

  /** Only the end of the connection, or of the stream, shows where it ends. */
  get hasNoLength(): boolean {
    return this.isSent && this.#declaredBytes === -1
  }

  get isComplete(): boolean {
    return !this.isSent || this.#declaredBytes === -1 || this.sentBytes === this.#declaredBytes
  }

  /** Takes the head; `length` is that of the whole body, -1 where it is not known. Returns whether the body is sent. */
  begin(head: ResponseHead, length: number): boolean {
    const { status, contentLength } = head
    const mayHaveLength = status !== 204 && status !== 304
    this.status = status
    this.isSent = mayHaveLength && !this.#isHead
    this.#declaredBytes = contentLength >= 0 ? contentLength : length
    // A HEAD answer carries the length that GET would have only where the application said so.
    this.addedLength = this.isSent ? length : -1
    if (this.#keepsHead) this.#headText = textOf(head, this.addedLength)
    return this.isSent
  }

  sent(bytes: number): void {
    this.sentBytes += bytes
  }

  /** The value of a field of the head, whose name is in lower case; if the head is kept. */
  field(name: string): string | undefined {
    const start = this.#headText.toLowerCase().indexOf(`\r\n${name}: `)
    if (start === -1) return undefined
    return this.#headText.slice(start + name.length + 4, this.#headText.indexOf('\r\n', start + 2))
  }
}

function textOf(head: ResponseHead, addedLength: number): string {
  const bytes = Buffer.allocUnsafe(headBytes(head))
  return bytes.toString('latin1', 0, writeHead(bytes, 0, head, 'cgi', addedLength))
}
