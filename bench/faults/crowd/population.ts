// A number of connections that all do the same and are kept at that number: one that the server ends is opened again, as by an
// attacker who does not mind being refused.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { inParallel } from '../in-parallel.ts'

const OPENED_AT_ONCE = 100
const REOPEN_WITHIN_MS = 100
const ADDRESSES = 16

/** What a connection does once it is open; resolves when it is what it wants to be. The socket reads and ignores answers. */
export type Behaviour = (socket: Socket, index: number) => Promise<void> | undefined

export interface PopulationFigures {
  readonly open: number
  /** How often a connection was ended by the server, or could not be had. */
  readonly ended: number
  /** The statuses that the server ended or answered them with, and how often. */
  readonly answers: Readonly<Record<string, number>>
}

export class Population implements Disposable {
  readonly #port: number
  readonly #count: number
  readonly #behave: Behaviour
  readonly #open = new Set<Socket>()
  readonly #answers: Record<string, number> = {}
  readonly #reopening = new Set<NodeJS.Timeout>()
  #ended = 0
  #isGone = false

  constructor(port: number, count: number, behave: Behaviour) {
    this.#port = port
    this.#count = count
    this.#behave = behave
  }

  get figures(): PopulationFigures {
    return { open: this.#open.size, ended: this.#ended, answers: { ...this.#answers } }
  }

  /** Resolves when each connection has been open once; after `deadlineMs` also without those that do not get on. */
  async come(deadlineMs: number): Promise<void> {
    const all = inParallel(OPENED_AT_ONCE, this.#count, (index) => this.#openOne(index))
    await Promise.race([all, sleep(deadlineMs, undefined, { ref: false })])
  }

  /** Leaves all at once. */
  [Symbol.dispose](): void {
    this.#isGone = true
    for (const timer of this.#reopening) clearTimeout(timer)
    for (const socket of this.#open) socket.destroy()
  }

  /** Resolves when the connection does what it is to do, or has ended. */
  #openOne(index: number): Promise<void> {
    if (this.#isGone) return Promise.resolve()
    // From many addresses, as what one address may have is limited.
    const localAddress = `127.0.0.${2 + (index % ADDRESSES)}`
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress, noDelay: true })
    socket.on('error', () => undefined) // 'close' follows
    socket.on('data', (bytes) => this.#countAnswer(bytes))
    return new Promise((resolve) => {
      socket.once('connect', () => {
        this.#open.add(socket)
        void (this.#behave(socket, index) ?? Promise.resolve()).then(resolve)
      })
      socket.once('close', () => {
        this.#closed(socket, index)
        resolve()
      })
    })
  }

  #closed(socket: Socket, index: number): void {
    this.#open.delete(socket)
    if (this.#isGone) return
    this.#ended++
    const timer = setTimeout(() => {
      this.#reopening.delete(timer)
      void this.#openOne(index)
    }, Math.random() * REOPEN_WITHIN_MS)
    this.#reopening.add(timer)
  }

  #countAnswer(bytes: Buffer): void {
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(bytes.toString('latin1', 0, 16))?.[1]
    if (status !== undefined) this.#answers[status] = (this.#answers[status] ?? 0) + 1
  }
}
