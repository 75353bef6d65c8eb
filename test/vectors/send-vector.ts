// Sends one vector over a fresh connection and watches what comes back. Waits for events only, each with a deadline.

import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { randomPieces } from '../harness/random.ts'
import type { Random } from '../harness/random.ts'
import { AnswerReader } from './answer-reader.ts'
import type { Answer } from './answer-reader.ts'
import type { Observation } from './judge.ts'
import type { Vector } from './vector.ts'

const DEADLINE_MS = 10_000
// Of longer vectors (up to 70 KB) single bytes would take minutes: random pieces of up to this size stand for them.
const MOST_SINGLE_BYTES = 2_000
const SMALL_PIECE_BYTES = 64
const PROBE_PATH = '/is-it-still-open'
const PROBE = `GET ${PROBE_PATH} HTTP/1.1\r\nHost: probe.test\r\n\r\n`
const HELD_BACK_BODY = 'hello'

/** How the bytes of a vector are cut into writes. */
export type Cut = 'whole' | 'byte by byte' | 'at random'

export async function sendVector(
  port: number,
  vector: Vector,
  cut: Cut,
  random: Random,
): Promise<Observation> {
  const exchange = new VectorExchange(port, vector)
  try {
    await exchange.send(cutBytes(Buffer.from(vector.bytes, 'latin1'), cut, random))
    return await exchange.watch()
  } finally {
    exchange.destroy()
  }
}

function cutBytes(bytes: Buffer, cut: Cut, random: Random): Buffer[] {
  if (cut === 'whole') return bytes.length === 0 ? [] : [bytes]
  if (cut === 'at random') return randomPieces(bytes, Math.max(2, Math.ceil(bytes.length / 4)), random)
  return randomPieces(bytes, bytes.length <= MOST_SINGLE_BYTES ? 1 : SMALL_PIECE_BYTES, random)
}

class VectorExchange {
  readonly #vector: Vector
  readonly #socket: Socket
  readonly #reader: AnswerReader
  #isClosed = false
  #changed: () => void = () => undefined

  constructor(port: number, vector: Vector) {
    this.#vector = vector
    this.#reader = new AnswerReader(vector.head_first === true ? ['HEAD'] : [])
    this.#socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    this.#socket.on('data', (bytes: Buffer) => {
      this.#reader.receive(bytes)
      this.#changed()
    })
    this.#socket.on('error', () => undefined) // 'close' follows; what came before it counts
    for (const event of ['end', 'close'] as const) this.#socket.on(event, () => this.#ended())
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async send(pieces: readonly Buffer[]): Promise<void> {
    for (const piece of pieces) {
      // A server that has refused the rest need not read it.
      if (this.#isClosed) return
      this.#socket.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (this.#vector.half_close === true) this.#socket.end()
  }

  async watch(): Promise<Observation> {
    const { close } = this.#vector.expect
    const error =
      close === true
        ? await this.#until('the end of the connection', () => this.#isClosed)
        : await this.#watchAnswers()
    const final = this.#reader.final
    if (error !== undefined || close !== false) {
      const connection = this.#isClosed ? 'closed' : 'unknown'
      return { interim: this.#reader.interim, final, connection, error: this.#reader.error ?? error }
    }
    return this.#probe(final.length)
  }

  /** Waits for the answers that the vector speaks of. */
  #watchAnswers(): Promise<string | undefined> {
    const { interim, final } = this.#reader
    if (this.#vector.interim === true) return this.#until('an interim answer', () => interim.length > 0)
    const count = this.#vector.responses?.length ?? 1
    return this.#until(`answer number ${count}`, () => final.length >= count)
  }

  /** Proves that the connection is open and that no byte of the vector is left on it: a further request is answered next. */
  async #probe(before: number): Promise<Observation> {
    if (this.#vector.interim === true) this.#socket.write(HELD_BACK_BODY)
    const due = before + (this.#vector.interim === true ? 2 : 1)
    this.#socket.write(PROBE)
    const error = await this.#until('the answer to a further request', () => this.#reader.final.length >= due)
    const { final, interim } = this.#reader
    const isOpen = error === undefined && isProbeAnswer(final.at(-1)) && final.length === due
    return {
      interim,
      final: isOpen ? final.slice(0, -1) : final,
      connection: isOpen ? 'open' : 'closed',
      error: this.#reader.error ?? error,
    }
  }

  /** Resolves when `isTrue` has come about; with a complaint when it cannot any more, or not within the deadline. */
  #until(what: string, isTrue: () => boolean): Promise<string | undefined> {
    return new Promise((resolve) => {
      const settle = (complaint?: string): void => {
        clearTimeout(timer)
        this.#changed = () => undefined
        resolve(complaint)
      }
      const timer = setTimeout(() => settle(`${what} did not come within ${DEADLINE_MS} ms`), DEADLINE_MS)
      this.#changed = () => {
        if (isTrue()) settle()
        else if (this.#reader.error !== undefined) settle(this.#reader.error)
        else if (this.#isClosed) settle(`the server closed before ${what} came`)
      }
      this.#changed()
    })
  }

  #ended(): void {
    if (!this.#isClosed) {
      this.#isClosed = true
      this.#reader.end()
      this.#socket.end()
    }
    this.#changed()
  }
}

function isProbeAnswer(answer: Answer | undefined): boolean {
  return answer?.status === 200 && answer.body.includes(PROBE_PATH)
}
