// What a gateway answers to a web server's client, taken apart: the head, each piece of the body, and whether it came to its end.

import { RawResponse } from '../../harness/raw-response.ts'

/** What is told of an answer, in this order. */
export interface AnswerEvents {
  head(response: RawResponse): void
  data(block: Buffer): void
  /** What comes in a stream of errors, at any time. */
  errors?(text: string): void
  /** `isWhole`: as far as the protocol can tell. */
  end(isWhole: boolean): void
}

/** Finds the head of a CGI answer (`Status: 200 OK`), or of one of HTTP, in front of the body. */
export class AnswerReader {
  readonly #events: AnswerEvents
  #head: Buffer | undefined = Buffer.alloc(0)
  #missing = Number.POSITIVE_INFINITY
  #hasNoBody = false

  constructor(events: AnswerEvents) {
    this.#events = events
  }

  take(block: Buffer): void {
    if (this.#head === undefined) {
      this.#pass(block)
      return
    }
    this.#head = Buffer.concat([this.#head, block])
    const end = this.#head.indexOf('\r\n\r\n')
    if (end === -1) return
    const response = responseOf(this.#head.toString('latin1', 0, end))
    const rest = this.#head.subarray(end + 4)
    this.#head = undefined
    const [length] = response.values('Content-Length')
    this.#hasNoBody = response.status === 204 || response.status === 304
    if (length !== undefined) this.#missing = Number(length)
    this.#events.head(response)
    if (rest.length > 0) this.#pass(rest)
  }

  /** `isWhole`: nothing of the protocol says that it is cut. */
  end(isWhole: boolean, isHead: boolean): void {
    const isShort = !isHead && !this.#hasNoBody && Number.isFinite(this.#missing) && this.#missing > 0
    this.#events.end(isWhole && !isShort && this.#head === undefined)
  }

  #pass(block: Buffer): void {
    this.#missing -= block.length
    this.#events.data(block)
  }
}

function responseOf(head: string): RawResponse {
  const [first = '', ...fields] = head.split('\r\n')
  return new RawResponse([first.replace(/^Status: /, 'HTTP/1.1 '), ...fields].join('\r\n'), [])
}
