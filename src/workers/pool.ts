// The Python application as everything in front of it sees it: hands requests from one bounded queue to free threads of the
// workers (threads.ts says to which), and has a crew that keeps the workers alive.
//
// Several requests travel to one thread at once only while the application answers in microseconds: a batch is as much work as
// the recent requests let us expect within BATCH_MICROS. A request that turns out slow all the same is noticed within WATCH_MS,
// and what waits behind it is taken back and given to another thread.

import { GantryError } from '../errors.ts'
import type { Exchange, ExchangeHandler } from '../wsgi/exchange.ts'
import { Crew } from './crew.ts'
import type { CrewOwner, CrewSettings, WorkerLoad } from './crew.ts'
import type { CrewReports, LostRequest } from './crew-reports.ts'
import type { FrameSocket } from './frame-socket.ts'
import { ExchangeQueue } from './exchange-queue.ts'
import type { LinkHello, Revoked } from './frames.ts'
import { Link } from './link.ts'
import type { ApplicationReport, LinkOwner } from './link.ts'
import { ServiceTime } from './service-time.ts'
import { Threads } from './threads.ts'
import type { WorkerProcess } from './worker-process.ts'

const BATCH_MICROS = 1_000
const LARGEST_BATCH = 64
const LARGEST_BATCH_BYTES = 131_072
const WATCH_MS = 2
// A client that has closed its sending side may still read, as netcat does; one that had to wait is taken to have left.
const ENDED_MS = 100
const CLOSED = 'GANTRY_APPLICATION_CLOSED'

export interface PoolSettings extends CrewSettings {
  /** Requests that may wait; one more is answered 503. */
  readonly queueSize: number
  /** 0: any time. */
  readonly queueTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly responseIdleTimeoutMs: number
  readonly interruptGraceMs: number
  readonly retryIdempotent: boolean
  /** A path that a worker has to answer with 2xx before it gets requests. */
  readonly healthPath: string | undefined
}

/** What happens in the pool, for the log. */
export interface PoolReports extends CrewReports {
  /** What an application said about one of its requests. */
  application(exchange: Exchange | undefined, report: ApplicationReport): void
  queueFull(exchange: Exchange, error: GantryError): void
}

/** What a pool has to do, and with what. */
export interface PoolStats {
  readonly workers: number
  /** Of all workers. */
  readonly threads: number
  readonly busyThreads: number
  /** Requests that wait for a thread. */
  readonly queued: number
}

export class WorkerPool implements ExchangeHandler, LinkOwner, CrewOwner {
  readonly #settings: PoolSettings
  readonly #reports: PoolReports
  readonly #crew: Crew
  readonly #links = new Set<Link>()
  readonly #threads = new Threads()
  readonly #queue = new ExchangeQueue()
  readonly #serviceTime = new ServiceTime()
  #warmest: Link | undefined
  /** Workers whose threads are being linked, and those that get requests. */
  readonly #arriving = new Map<number, Arrival>()
  readonly #admitted = new Set<number>()
  #whenIdle: (() => void) | undefined
  #isStopping = false
  #willDispatch = false
  /** When the present turn of the event loop asked for a dispatch. */
  #turnMs = 0
  #watch: NodeJS.Timeout | undefined

  constructor(settings: PoolSettings, reports: PoolReports) {
    this.#settings = settings
    this.#reports = reports
    this.#crew = new Crew(settings, this, reports)
  }

  get stats(): PoolStats {
    const threads = this.#links.size
    return {
      workers: this.#crew.size,
      threads,
      busyThreads: threads - this.#threads.freeCount,
      queued: this.#queue.length,
    }
  }

  /** Some worker takes requests. */
  get isReady(): boolean {
    return this.#admitted.size > 0 && !this.#isStopping
  }

  /** Starts the workers. Resolves with the first when all are ready; rejects with what kept one of them from it. */
  start(): Promise<WorkerProcess> {
    return this.#crew.start()
  }

  /** Takes nothing new, and ends the workers when all that was taken is answered: what is under way after `graceMs` is given up. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true
    const deadlineMs = performance.now() + graceMs
    await this.#idleWithin(graceMs)
    clearTimeout(this.#watch)
    for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
      this.#queue.shift()
      next.exchange.fail(503, CLOSED)
    }
    await this.#crew.stop(Math.max(0, deadlineMs - performance.now()))
  }

  /** Ends everything at once. */
  kill(): void {
    this.#isStopping = true
    clearTimeout(this.#watch)
    this.#crew.kill()
  }

  handle(exchange: Exchange): void {
    if (this.#isStopping) {
      exchange.fail(503, CLOSED)
      return
    }
    const { queueSize } = this.#settings
    if (this.#queue.length >= queueSize + this.#threads.freeCount) {
      const error = new GantryError('GANTRY_QUEUE_FULL', { queueSize })
      this.#reports.queueFull(exchange, error)
      exchange.fail(503, error.code)
      return
    }
    this.#dispatchSoon()
    this.#queue.push(exchange, this.#turnMs)
  }

  answered(micros: number): void {
    this.#serviceTime.record(micros)
  }

  freed(link: Link): void {
    this.#threads.giveBack(link)
    if (this.#queue.length > 0) this.#dispatchSoon()
    else this.#whenIdle?.()
  }

  closed(link: Link, lost: readonly Exchange[], cancelled: boolean): void {
    this.#links.delete(link)
    this.#threads.remove(link)
    this.#whenIdle?.()
    if (cancelled || lost.length === 0) return
    this.#crew.brokenLink(
      link.worker,
      lost.map((exchange, index) => giveUp(exchange, link.hasBegun && index === 0)),
    )
  }

  reported(exchange: Exchange | undefined, report: ApplicationReport): void {
    this.#reports.application(exchange, report)
  }

  revoke(link: Link): void {
    this.#crew.revoke(link.worker, link.index)
  }

  linked(hello: LinkHello, socket: FrameSocket): void {
    const link = new Link(socket, hello.worker, hello.link, this)
    this.#links.add(link)
    if (this.#admitted.has(hello.worker)) this.#use(link)
    else this.#arrivalOf(hello.worker).linked(this.#linksOf(hello.worker).length)
  }

  async admit(worker: number): Promise<void> {
    // A worker is ready a moment before the last of its threads is linked.
    await this.#arrivalOf(worker).whenLinked
    this.#arriving.delete(worker)
    this.#admitted.add(worker)
    for (const link of this.#linksOf(worker)) this.#use(link)
  }

  withdraw(worker: number): Promise<void> {
    this.#admitted.delete(worker)
    for (const link of this.#linksOf(worker)) this.#threads.remove(link)
    return Promise.resolve()
  }

  dismissed(worker: number, error: GantryError): void {
    this.#arriving.get(worker)?.fail(error)
    this.#arriving.delete(worker)
    this.#admitted.delete(worker)
  }

  loadOf(worker: number): WorkerLoad {
    const links = this.#linksOf(worker)
    return { requests: 0, threads: links.length, busyThreads: links.filter((link) => !link.isFree).length }
  }

  #linksOf(worker: number): readonly Link[] {
    return [...this.#links].filter((link) => link.worker === worker)
  }

  #arrivalOf(worker: number): Arrival {
    const arrival = this.#arriving.get(worker) ?? new Arrival(this.#settings.threads)
    this.#arriving.set(worker, arrival)
    return arrival
  }

  #use(link: Link): void {
    this.#threads.add(link)
    if (this.#queue.length > 0) this.#dispatchSoon()
  }

  revoked(worker: number, { link: index, count }: Revoked): void {
    for (const link of this.#links) {
      if (link.worker !== worker || link.index !== index) continue
      this.#queue.putBack(link.takeBack(count), link.sentAtMs)
      this.#dispatchSoon()
      return
    }
  }

  get #isIdle(): boolean {
    const isServing = this.#threads.freeCount < this.#links.size
    // Without a thread nobody will ever take what waits.
    return !isServing && (this.#queue.length === 0 || this.#links.size === 0)
  }

  #idleWithin(ms: number): Promise<void> {
    if (this.#isIdle) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#whenIdle = () => {
        if (!this.#isIdle) return
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Requests that came in one turn of the event loop are looked at together, when it is over. */
  #dispatchSoon(): void {
    if (this.#willDispatch) return
    this.#willDispatch = true
    this.#turnMs = performance.now()
    setImmediate(() => {
      this.#willDispatch = false
      this.#dispatch()
      this.#whenIdle?.()
    })
  }

  #dispatch(): void {
    const nowMs = performance.now()
    const largest = this.#largestBatch()
    while (this.#queue.length > 0) {
      const next = this.#threads.next()
      if (next === undefined) return
      if (this.#isWorthWaiting(next.busy, largest, nowMs)) break
      const batch = this.#takeBatch(largest, nowMs)
      if (batch.length === 0) return
      this.#threads.take(next.link)
      // Nobody waits for a thread whose work lasts as long as its client sends.
      this.#warmest = isStreamed(batch[0]!) ? undefined : next.link
      next.link.send(batch, nowMs)
      if (batch.length > 1) this.#startWatch()
    }
    if (this.#queue.length > 0) this.#startWatch()
  }

  #largestBatch(): number {
    return Math.max(1, Math.min(LARGEST_BATCH, Math.floor(BATCH_MICROS / this.#serviceTime.expectedMicros)))
  }

  /**
   * Whether a thread at work will be back so soon that waking another one would only cost: a second thread of its worker would
   * fight with it for the interpreter's lock, another worker is worth it only for more than the thread at work can take next.
   */
  #isWorthWaiting(busyOfWorker: number, largest: number, nowMs: number): boolean {
    const warmest = this.#warmest
    if (largest === 1 || warmest === undefined || warmest.isFree) return false
    if (nowMs - warmest.sentAtMs >= WATCH_MS) return false
    return busyOfWorker > 0 || this.#queue.length <= largest
  }

  #takeBatch(largest: number, nowMs: number): Exchange[] {
    const batch: Exchange[] = []
    let bytes = 0
    while (batch.length < largest) {
      const waiting = this.#queue.peek()
      if (waiting === undefined) break
      const { exchange: next, sinceMs } = waiting
      if (next.client === 'gone' || (next.client === 'ended' && nowMs - sinceMs > ENDED_MS)) {
        this.#queue.shift()
        next.drop()
        continue
      }
      bytes += bytesInBatch(next)
      if (batch.length > 0 && (isStreamed(next) || bytes > LARGEST_BATCH_BYTES)) break
      this.#queue.shift()
      batch.push(next)
      if (isStreamed(next)) break
    }
    return batch
  }

  #startWatch(): void {
    this.#watch ??= setTimeout(() => {
      this.#watch = undefined
      this.#lookAfterBatches()
    }, WATCH_MS)
  }

  #lookAfterBatches(): void {
    const nowMs = performance.now()
    let hasBatches = false
    for (const link of this.#links) {
      if (!link.hasBatch) continue
      hasBatches = true
      if (link.outstanding > 1 && nowMs - link.sentAtMs >= WATCH_MS) link.askBack()
    }
    this.#dispatch()
    if (hasBatches) this.#startWatch()
  }
}

/** A worker on its way: ready when each of its threads has its link. */
class Arrival {
  readonly whenLinked: Promise<void>
  readonly #threads: number
  #resolve: () => void = () => undefined
  #reject: (error: GantryError) => void = () => undefined

  constructor(threads: number) {
    this.#threads = threads
    this.whenLinked = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // Nobody waits for it yet when the worker ends before it says that it is ready.
    this.whenLinked.catch(() => undefined)
  }

  fail(error: GantryError): void {
    this.#reject(error)
  }

  linked(count: number): void {
    if (count === this.#threads) this.#resolve()
  }
}

/** Answers a request that its worker will not answer. */
function giveUp(exchange: Exchange, hasBegun: boolean): LostRequest {
  const { id, method, target } = exchange
  if (hasBegun) exchange.abort('GANTRY_WORKER_CRASHED')
  else exchange.fail(502, 'GANTRY_WORKER_CRASHED')
  return { id, method, target, outcome: hasBegun ? 'cut' : 'answered' }
}

const isStreamed = ({ body }: Exchange): boolean => 'take' in body

function bytesInBatch(exchange: Exchange): number {
  const { body } = exchange
  const bodyBytes = 'path' in body || 'take' in body ? 0 : body.length
  return exchange.sharedEnviron.length + exchange.environBytes() + bodyBytes
}
