// Reads answers from what a kept connection receives. Only what a client of these scripts is sent: a head, and a body of a known length or
// in chunks without trailers.

const STATUS = /^HTTP\/1\.1 (\d{3}) /
const LENGTH = /^content-length: (\d+)\r$/im
const CHUNKED = /^transfer-encoding: chunked\r$/im
const CHUNK_HEAD = /([0-9a-f]+)\r\n/iy
const CLOSE = /^connection: close\r$/im
const WORKER = /^x-worker: (\d+)\r$/im

export interface Answer {
  readonly status: number
  readonly body: string
  /** The server says that it closes the connection after this one. */
  readonly isLast: boolean
  /** The process that says it made this answer; undefined where none does. */
  readonly worker: string | undefined
}

export class AnswerReader {
  #received = ''

  /** Some of an answer is here, but not all. */
  get hasBegun(): boolean {
    return this.#received !== ''
  }

  /** The answer that `text` completes. What follows an answer that nobody has asked for is dropped. */
  read(text: string): Answer | undefined {
    this.#received += text
    const headEnd = this.#received.indexOf('\r\n\r\n')
    if (headEnd === -1) return undefined
    const head = this.#received.slice(0, headEnd + 2)
    const rest = this.#received.slice(headEnd + 4)
    const body = CHUNKED.test(head) ? chunkedBody(rest) : bodyOf(rest, Number(LENGTH.exec(head)?.[1] ?? 0))
    if (body === undefined) return undefined
    this.#received = ''
    return {
      status: Number(STATUS.exec(head)?.[1] ?? 0),
      body,
      isLast: CLOSE.test(head),
      worker: WORKER.exec(head)?.[1],
    }
  }

  /** For a new connection. */
  forget(): void {
    this.#received = ''
  }
}

function bodyOf(text: string, length: number): string | undefined {
  return text.length < length ? undefined : text.slice(0, length)
}

/** Nothing until the last chunk is here. */
function chunkedBody(text: string): string | undefined {
  let body = ''
  let at = 0
  for (;;) {
    CHUNK_HEAD.lastIndex = at
    const [head = '', digits = ''] = CHUNK_HEAD.exec(text) ?? []
    if (head === '') return undefined
    const start = at + head.length
    const end = start + Number.parseInt(digits, 16)
    if (text.length < end + 2) return undefined
    if (end === start) return body
    body += text.slice(start, end)
    at = end + 2
  }
}
