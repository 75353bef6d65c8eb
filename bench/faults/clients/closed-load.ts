// A closed loop: each client sends its next request when the one before has been answered, and everything that becomes of a request is
// counted. What a load balancer or a browser would hide by trying again is a loss here.
import { setTimeout as sleep } from 'node:timers/promises'

import type { Answer } from './answer-reader.ts'
import { KeptClient, type Loss } from './kept-client.ts'
import { describeLatencies, type LatencyFigures } from './latencies.ts'

const SILENCE_MS = 20_000
const CHECK_SILENCE_EVERY_MS = 500
const CONNECT_AGAIN_AFTER_MS = 10
const ASK_READY_EVERY_MS = 50
const MOST_NUMBERS = 5_000

export interface ClosedLoadPlan {
  readonly port: number
  readonly connections: number
  /** A number is put behind it as a query, which has to come back as the body of an answer 200, unless `isAnyBodyRight`. */
  readonly path: string
  readonly isAnyBodyRight?: boolean
  /** How long a client waits between an answer and its next request, on average; up to twice as long by chance. */
  readonly pauseMs?: number
  /** After so many, whatever became of them, no more is asked. */
  readonly requests?: number
  /** Asked all the time: once it does not answer 200, clients open no more connections, as if a load balancer had taken the server out. */
  readonly readyPath?: string
}

export interface ClosedCounts {
  /** By status. */
  readonly answers: Readonly<Record<string, number>>
  /** `wrong`: answered 200, with another body than asked for. */
  readonly losses: Readonly<Partial<Record<Loss | 'wrong', number>>>
  /** Of requests that were answered 502: the first ones. */
  readonly numbersOf502: readonly string[]
  /** Worker processes that answered, and when they first and last did, on the clock of `Date.now()`. */
  readonly workers: Readonly<Record<string, WorkerSeen>>
  /** Clients that are still at it. */
  readonly active: number
}

interface WorkerSeen {
  readonly firstMs: number
  readonly lastMs: number
}

export interface ClosedFigures extends ClosedCounts, LatencyFigures {
  readonly seconds: number
}

export class ClosedLoad implements Disposable {
  readonly #plan: ClosedLoadPlan
  readonly #clients: readonly KeptClient[]
  readonly #silenceTimer: NodeJS.Timeout
  readonly #latenciesUs: number[] = []
  readonly #answers: Record<string, number> = {}
  readonly #losses: Partial<Record<Loss | 'wrong', number>> = {}
  readonly #numbersOf502: string[] = []
  readonly #workers: Record<string, WorkerSeen> = {}
  readonly #startMs = performance.now()
  readonly #allEnded: Promise<unknown>
  #sent = 0
  #active = 0
  #mayConnect = true
  #isStopping = false

  /** Begins at once. */
  constructor(plan: ClosedLoadPlan) {
    this.#plan = plan
    this.#clients = Array.from({ length: plan.connections }, () => new KeptClient(plan.port, SILENCE_MS))
    this.#silenceTimer = setInterval(() => {
      for (const client of this.#clients) client.checkSilence(performance.now())
    }, CHECK_SILENCE_EVERY_MS)
    this.#allEnded = Promise.all(this.#clients.map((client) => this.#keepAsking(client)))
    if (plan.readyPath !== undefined) void this.#watchReady(plan.readyPath)
  }

  get counts(): ClosedCounts {
    return {
      answers: this.#answers,
      losses: this.#losses,
      numbersOf502: this.#numbersOf502,
      workers: this.#workers,
      active: this.#active,
    }
  }

  /** Resolves when every client has ended by itself, as they do after the last request or once the server is no longer ready; or at the deadline. */
  async left(deadlineMs: number): Promise<void> {
    await Promise.race([this.#allEnded, sleep(deadlineMs, undefined, { ref: false })])
  }

  /** Nothing more is asked; resolves when what was asked has been answered and the connections are closed. */
  async stop(): Promise<ClosedFigures> {
    this.#isStopping = true
    await this.#allEnded
    const seconds = (performance.now() - this.#startMs) / 1000
    this[Symbol.dispose]()
    return { ...this.counts, ...describeLatencies(this.#latenciesUs), seconds }
  }

  [Symbol.dispose](): void {
    this.#isStopping = true
    clearInterval(this.#silenceTimer)
    for (const client of this.#clients) client[Symbol.dispose]()
  }

  async #keepAsking(client: KeptClient): Promise<void> {
    const { path, pauseMs = 0, requests = Infinity } = this.#plan
    this.#active++
    while (!this.#isStopping && this.#sent < requests && (this.#mayConnect || client.hasConnection)) {
      const number = String(++this.#sent)
      const sentMs = performance.now()
      const outcome = await client.get(`${path}?${number}`)
      if (typeof outcome === 'string') {
        this.#losses[outcome] = (this.#losses[outcome] ?? 0) + 1
        await sleep(CONNECT_AGAIN_AFTER_MS)
        continue
      }
      this.#latenciesUs.push((performance.now() - sentMs) * 1000)
      this.#count(outcome, number)
      if (pauseMs > 0) await sleep(Math.random() * 2 * pauseMs)
    }
    this.#active--
  }

  #count({ status, body, worker }: Answer, number: string): void {
    this.#answers[status] = (this.#answers[status] ?? 0) + 1
    if (status === 200 && body !== number && this.#plan.isAnyBodyRight !== true)
      this.#losses.wrong = (this.#losses.wrong ?? 0) + 1
    if (status === 502 && this.#numbersOf502.length < MOST_NUMBERS) this.#numbersOf502.push(number)
    if (worker === undefined) return
    const nowMs = Date.now()
    this.#workers[worker] = { firstMs: this.#workers[worker]?.firstMs ?? nowMs, lastMs: nowMs }
  }

  async #watchReady(path: string): Promise<void> {
    using client = new KeptClient(this.#plan.port, SILENCE_MS)
    while (!this.#isStopping && this.#mayConnect) {
      const outcome = await client.get(path)
      this.#mayConnect = typeof outcome !== 'string' && outcome.status === 200
      await sleep(ASK_READY_EVERY_MS)
    }
  }
}
