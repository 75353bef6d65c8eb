// A client with one kept connection that says of each request what became of it. It never tries again: a request that was sent on a
// kept connection and met its end is lost, though another one would have been served.
import { connect, type Socket } from 'node:net'

import { type Answer, AnswerReader } from './answer-reader.ts'

/**
 * `refused`: no connection could be had; `closed`, `reset`: it ended before any byte of the answer; `cut`: in the middle of the answer;
 * `silence`: nothing came for too long.
 */
export type Loss = 'refused' | 'closed' | 'reset' | 'cut' | 'silence'

export type Outcome = Answer | Loss

export class KeptClient implements Disposable {
  readonly #port: number
  readonly #silenceMs: number
  readonly #reader = new AnswerReader()
  #socket: Socket | undefined
  #isConnected = false
  #sentMs = 0
  #settle: ((outcome: Outcome) => void) | undefined

  constructor(port: number, silenceMs: number) {
    this.#port = port
    this.#silenceMs = silenceMs
  }

  get hasConnection(): boolean {
    return this.#socket !== undefined
  }

  /** Asks on the connection that it has, or else on a new one. One request at a time. */
  get(target: string): Promise<Outcome> {
    const socket = (this.#socket ??= this.#connect())
    this.#sentMs = performance.now()
    return new Promise((resolve) => {
      this.#settle = resolve
      socket.write(`GET ${target} HTTP/1.1\r\nHost: kept.test\r\n\r\n`)
    })
  }

  /** To be called now and then: a timer for each request would be dear. */
  checkSilence(nowMs: number): void {
    if (this.#settle !== undefined && nowMs - this.#sentMs > this.#silenceMs) this.#end('silence')
  }

  [Symbol.dispose](): void {
    this.#end('closed')
  }

  #connect(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    this.#isConnected = false
    socket.setEncoding('latin1')
    const on = (event: string, act: (text: string) => void): void => {
      // What has been left says nothing more: the client may have its next connection by then.
      socket.on(event, (text: string) => {
        if (this.#socket === socket) act(text)
      })
    }
    on('connect', () => (this.#isConnected = true))
    on('data', (text) => this.#receive(text))
    on('end', () => this.#end('closed'))
    on('error', () => this.#end('reset'))
    return socket
  }

  #receive(text: string): void {
    const answer = this.#reader.read(text)
    if (answer === undefined) return
    if (answer.isLast) this.#leave()
    this.#settled(answer)
  }

  /** Between requests that is no loss. */
  #end(how: 'closed' | 'reset' | 'silence'): void {
    const hadBegun = this.#reader.hasBegun
    const wasConnected = this.#isConnected
    this.#leave()
    if (how === 'silence') this.#settled(how)
    else if (!wasConnected) this.#settled('refused')
    else this.#settled(hadBegun ? 'cut' : how)
  }

  #leave(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#reader.forget()
    socket?.destroy()
  }

  #settled(outcome: Outcome): void {
    const settle = this.#settle
    this.#settle = undefined
    settle?.(outcome)
  }
}
