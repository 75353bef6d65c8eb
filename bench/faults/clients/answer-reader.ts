// Reads answers from what a kept connection receives. Only what a client of these scripts is sent: a head, and a body of a known length.

const STATUS = /^HTTP\/1\.1 (\d{3}) /
const LENGTH = /^content-length: (\d+)\r$/im
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
    const bodyStart = headEnd + 4
    const bodyEnd = bodyStart + Number(LENGTH.exec(head)?.[1] ?? 0)
    if (this.#received.length < bodyEnd) return undefined
    const body = this.#received.slice(bodyStart, bodyEnd)
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
