// One well-behaved keep-alive connection: requests wait here for their turn, and the waiting counts as part of their latency.
import { connect, type Socket } from 'node:net'
import { type Answer, AnswerReader } from './answer-reader.ts'

const RECONNECT_AFTER_MS = 10

export interface SteadyRecord {
  readonly latenciesUs: number[]
  /** Of the answers 503, which are errors as well. */
  readonly refusalsUs: number[]
  /** Answers with another status than 200, and requests whose connection ended before their answer. */
  errors: number
  /** Given up. Each counts among the latencies with the time that it had waited by then. */
  unanswered: number
}

export class SteadyClient implements Disposable {
  /** Requests that fell due and are not answered: when each did. The first has been sent if the connection is open. */
  readonly #dueMs: number[] = []
  readonly #port: number
  readonly #request: string
  readonly #record: () => SteadyRecord
  #socket: Socket
  #isOpen = false
  #isAsking = false
  #isClosed = false
  readonly #reader = new AnswerReader()

  constructor(port: number, target: string, record: () => SteadyRecord) {
    this.#port = port
    this.#request = `GET ${target} HTTP/1.1\r\nHost: steady.test\r\n\r\n`
    this.#record = record
    this.#socket = this.#connect()
  }

  get isIdle(): boolean {
    return this.#isOpen && this.#dueMs.length === 0
  }

  get isWaiting(): boolean {
    return this.#dueMs.length > 0
  }

  /** Sends a request as soon as those before it are answered. */
  request(): void {
    this.#dueMs.push(performance.now())
    this.#send()
  }

  /** Drops what is not answered, and with it the connection. */
  giveUp(): void {
    const record = this.#record()
    record.unanswered += this.#dueMs.length
    record.latenciesUs.push(...this.#dueMs.map((dueMs) => (performance.now() - dueMs) * 1000))
    this.#dueMs.length = 0
    this.#isAsking = false
    this.#leave()
  }

  [Symbol.dispose](): void {
    this.#isClosed = true
    this.#socket.destroy()
  }

  #connect(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    socket.setEncoding('latin1')
    socket.on('connect', () => {
      this.#isOpen = true
      this.#send()
    })
    socket.on('data', (text: string) => this.#receive(text))
    socket.on('error', () => undefined) // 'close' follows
    socket.on('close', () => this.#reconnect())
    return socket
  }

  #send(): void {
    if (!this.#isOpen || this.#isAsking || this.#dueMs.length === 0) return
    this.#isAsking = true
    this.#socket.write(this.#request)
  }

  #receive(text: string): void {
    const answer = this.#reader.read(text)
    if (answer === undefined) return
    this.#settle(answer)
    if (answer.isLast) this.#leave()
    else this.#send()
  }

  /** What waits is sent on the next connection. */
  #leave(): void {
    this.#isOpen = false
    this.#socket.destroy()
  }

  /** `answer`: undefined where the connection ended instead. */
  #settle(answer: Answer | undefined): void {
    if (!this.#isAsking) return
    this.#isAsking = false
    const latencyUs = (performance.now() - this.#dueMs.shift()!) * 1000
    const record = this.#record()
    if (answer?.status === 200) record.latenciesUs.push(latencyUs)
    else record.errors++
    if (answer?.status === 503) record.refusalsUs.push(latencyUs)
  }

  #reconnect(): void {
    this.#isOpen = false
    this.#reader.forget()
    if (this.#isClosed) return
    this.#settle(undefined)
    // Not at once: where there is no server any more, that would be an endless loop.
    setTimeout(() => {
      if (!this.#isClosed) this.#socket = this.#connect()
    }, RECONNECT_AFTER_MS)
  }
}
