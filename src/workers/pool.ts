// The Python application as everything in front of it sees it: takes requests, has them answered by the threads of its workers
// (dispatcher.ts), sees that none takes too long, and has a crew that keeps the workers alive.

import type { RouteSettings } from '../config/options/routes.ts'
import { GantryError } from '../errors.ts'
import type { Exchange, ExchangeHandler } from '../wsgi/exchange.ts'
import type { BootProgress } from './boot-progress.ts'
import type { CrewReports, LostRequest } from './crew-reports.ts'
import { Crew } from './crew.ts'
import type { CrewSettings } from './crew.ts'
import type { CrewOwner, WorkerLoad } from './crew-owner.ts'
import { lookEveryMs, timeUpOf } from './deadlines.ts'
import type { TimeUp } from './deadlines.ts'
import { longestBatchMs } from './batch-size.ts'
import { Dispatcher } from './dispatcher.ts'
import type { FrameSocket } from './frame-socket.ts'
import type { LinkHello, Revoked } from './frames.ts'
import { HealthProbe } from './health-probe.ts'
import type { HealthQuestion } from './health-probe.ts'
import { Link } from './link.ts'
import type { ApplicationReport, LinkOwner } from './link.ts'
import type { PoolStatus } from './pool-status.ts'
import type { PlaceOfRequest } from './printed-line.ts'
import { Retries } from './retries.ts'
import { Runaways } from './runaways.ts'
import type { InterruptedRequest } from './runaways.ts'
import { ServedWorker } from './served-worker.ts'
import { dumpOf } from './stack-dump.ts'
import type { WorkerProcess } from './worker-process.ts'

const CLOSED = 'GANTRY_APPLICATION_CLOSED'
const CRASHED = 'GANTRY_WORKER_CRASHED'

export interface PoolSettings extends CrewSettings {
  /** Requests that may wait; one more is answered 503. */
  readonly queueSize: number
  /** 0: any time. */
  readonly queueTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly responseIdleTimeoutMs: number
  readonly interruptGraceMs: number
  /** What the routes of its requests may say in place of these. */
  readonly routes: readonly RouteSettings[]
  readonly retryIdempotent: boolean
  /** What a worker has to answer with 2xx before it gets requests. */
  readonly health: HealthQuestion | undefined
}

/** What happens in the pool, for the log. */
export interface PoolReports extends CrewReports {
  /** What an application said about one of its requests. */
  application(exchange: Exchange | undefined, report: ApplicationReport): void
  queueFull(exchange: Exchange, error: GantryError): void
  /** A request waited too long for a free thread, and is answered 504. */
  queueTimeout(exchange: Exchange, error: GantryError): void
  /** A request whose time was up, and what its thread did. */
  interrupted(interrupted: InterruptedRequest, error: GantryError): void
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
  readonly #workers = new Map<number, ServedWorker>()
  readonly #dispatcher: Dispatcher
  readonly #runaways: Runaways
  readonly #retries = new Retries()
  readonly #sweep: NodeJS.Timeout
  #whenIdle: (() => void) | undefined
  #isStopping = false
  /** By workers that are gone. */
  #answeredBefore = 0

  constructor(settings: PoolSettings, reports: PoolReports) {
    this.#settings = settings
    this.#reports = reports
    const longestMs = longestBatchMs(settings, settings.routes)
    this.#dispatcher = new Dispatcher(this.#links, longestMs, () => this.#whenIdle?.())
    this.#crew = new Crew(settings, this, reports)
    this.#runaways = new Runaways(settings, {
      worker: (number) => this.#crew.processOf(number),
      interrupted: (request) => this.#reports.interrupted(request, this.#timeUpError(request)),
      stuck: (worker, why) => this.#crew.replaceStuck(worker, why),
    })
    // After what has come in was read: an answer that is there already was not late.
    const look = (): unknown => setImmediate(() => this.#lookAround())
    this.#sweep = setInterval(look, lookEveryMs(settings, settings.routes)).unref()
  }

  get stats(): PoolStats {
    const workers = [...this.#workers.values()]
    return {
      workers: this.#crew.size,
      threads: this.#links.size,
      busyThreads: workers.reduce((sum, { busyThreads }) => sum + busyThreads, 0),
      queued: this.#dispatcher.queued,
    }
  }

  get boot(): BootProgress {
    return this.#crew.boot
  }

  get status(): PoolStatus {
    const { waits, works, queued } = this.#dispatcher
    const { application, queueSize } = this.#settings
    let answered = this.#answeredBefore
    for (const worker of this.#workers.values()) answered += worker.answered
    const oldestWaitMs = this.#dispatcher.oldestWaitMs(performance.now())
    return {
      ...this.#crew.status,
      ...{ application, queueSize, queued, oldestWaitMs, answered },
      workMs: works.quantiles,
      waitMs: waits.quantiles,
    }
  }

  /** Whether a worker is there to take requests. */
  get isReady(): boolean {
    return !this.#isStopping && [...this.#workers.values()].some(({ state }) => state === 'admitted')
  }

  /** Starts the workers. Resolves with the first when all are ready; rejects with what kept one of them from it. */
  async start(): Promise<WorkerProcess> {
    try {
      return await this.#crew.start()
    } catch (error) {
      clearInterval(this.#sweep)
      throw error
    }
  }

  /** Takes nothing new, and ends the workers when all that was taken is answered: what is under way after `graceMs` is given up. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true
    const deadlineMs = performance.now() + graceMs
    await this.#idleWithin(graceMs)
    for (const exchange of this.#dispatcher.stop()) exchange.fail(503, CLOSED)
    await this.#crew.stop(Math.max(0, deadlineMs - performance.now()))
    clearInterval(this.#sweep)
  }

  /** Ends everything at once. */
  kill(): void {
    this.#isStopping = true
    clearInterval(this.#sweep)
    this.#dispatcher.stop()
    this.#crew.kill()
  }

  /** What all threads do that run a request, as text for people. */
  dump(): Promise<string> {
    return dumpOf(this.#inOrder, this.#runaways, (worker) => this.#crew.processOf(worker))
  }

  /** Moves the number of workers, or the floor of their range. Returns what it is then. */
  resize(by: number): { readonly fewest: number; readonly most: number } {
    return this.#crew.resize(by)
  }

  handle(exchange: Exchange): void {
    if (this.#isStopping) {
      exchange.fail(503, CLOSED)
      return
    }
    const { queueSize } = this.#settings
    if (this.#dispatcher.hasRoom(queueSize)) {
      this.#dispatcher.push(exchange)
      return
    }
    const error = new GantryError('GANTRY_QUEUE_FULL', { queueSize })
    this.#reports.queueFull(exchange, error)
    exchange.fail(503, error.code)
  }

  answered(micros: number): void {
    this.#dispatcher.answered(micros)
  }

  freed(link: Link): void {
    if (!this.#dispatcher.freed(link)) this.#workers.get(link.worker)?.tellIfIdle()
    this.#whenIdle?.()
  }

  closed(link: Link, lost: readonly Exchange[], cancelled: boolean): void {
    this.#links.delete(link)
    this.#dispatcher.threads.remove(link)
    const first = lost[0]
    if (first !== undefined && cancelled) this.#runaways.abandoned(link, first)
    else if (first !== undefined) this.#lose(link, lost)
    this.#workers.get(link.worker)?.remove(link)
    this.#whenIdle?.()
  }

  reported(exchange: Exchange | undefined, report: ApplicationReport): void {
    this.#reports.application(exchange, report)
  }

  revoke(link: Link): void {
    this.#crew.revoke(link.worker, link.index)
  }

  linked(hello: LinkHello, socket: FrameSocket): void {
    const pid = this.#crew.processOf(hello.worker)?.pid ?? 0
    const link = new Link(socket, hello, pid, this)
    const worker = this.#workerOf(hello.worker)
    this.#links.add(link)
    worker.add(link)
    this.#runaways.returned(hello.worker, hello.link)
    if (worker.state === 'admitted') this.#dispatcher.add(link)
  }

  async admit(number: number): Promise<void> {
    const worker = this.#workerOf(number)
    const timer = setTimeout(() => worker.ended(this.#notReady(number)), this.#bootLeftMs(number))
    // A worker is ready a moment before the last of its threads is linked.
    await worker.whenLinked.finally(() => clearTimeout(timer))
    await this.#probe(worker)
    if (worker.state !== 'arriving') return
    worker.state = 'admitted'
    for (const link of worker.links) this.#dispatcher.add(link)
  }

  async withdraw(number: number): Promise<void> {
    const worker = this.#workers.get(number)
    if (worker === undefined) return
    worker.state = 'withdrawn'
    for (const link of worker.links) this.#dispatcher.threads.remove(link)
    await worker.whenIdle()
    await this.#runaways.whenTold(number, performance.now())
  }

  dismissed(number: number, error: GantryError): void {
    this.#runaways.ended(number)
    const worker = this.#workers.get(number)
    if (worker === undefined) return
    worker.state = 'withdrawn'
    worker.ended(error)
    for (const link of worker.links) {
      this.#dispatcher.threads.remove(link)
      link.workerEnded()
    }
    this.#workers.delete(number)
    this.#answeredBefore += worker.answered
  }

  loadOf(number: number): WorkerLoad {
    const worker = this.#workers.get(number)
    return {
      requests: worker?.answered ?? 0,
      threads: this.#settings.threads,
      busyThreads: worker?.busyThreads ?? 0,
    }
  }

  revoked(number: number, { link: index, count }: Revoked): void {
    for (const link of this.#workers.get(number)?.links ?? []) {
      if (link.index !== index) continue
      this.#dispatcher.putBack(link.takeBack(count), link.sentAtMs)
      return
    }
  }

  requestAt(number: number, { link: index, opening, ordinal }: PlaceOfRequest): string | undefined {
    for (const link of this.#workers.get(number)?.links ?? [])
      if (link.index === index && link.opening === opening) return link.requestAt(ordinal)
    return undefined
  }

  /** Asks a worker for its health with the first of its threads; rejects where it has none. */
  async #probe(worker: ServedWorker): Promise<void> {
    const { health } = this.#settings
    const [link] = worker.links
    if (health === undefined || link === undefined) return
    const probe = new HealthProbe(health)
    const timer = setTimeout(() => probe.giveUp(), this.#bootLeftMs(worker.number))
    link.send([probe], performance.now())
    const fault = await probe.outcome
    clearTimeout(timer)
    if (fault !== undefined) throw this.#unhealthy(worker.number, fault)
  }

  #bootLeftMs(worker: number): number {
    return this.#crew.processOf(worker)?.bootLeftMs ?? this.#settings.bootTimeoutMs
  }

  #unhealthy(worker: number, outcome: string): GantryError {
    const { health } = this.#settings
    const pid = this.#crew.processOf(worker)?.pid ?? 0
    return new GantryError('GANTRY_WORKER_UNHEALTHY', { pid, path: health?.path ?? '', outcome })
  }

  #notReady(worker: number): GantryError {
    const { bootTimeoutMs } = this.#settings
    const pid = this.#crew.processOf(worker)?.pid ?? 0
    return new GantryError('GANTRY_WORKER_BOOT_TIMEOUT', { pid, bootTimeoutMs })
  }

  /** A link broke with requests on it. */
  #lose(link: Link, lost: readonly Exchange[]): void {
    const hasBegun = link.hasBegun && !link.isGivenUp
    const told: LostRequest[] = []
    const again: Exchange[] = []
    for (const [place, exchange] of lost.entries()) {
      const { id, method, target } = exchange
      const outcome = this.#settle(exchange, hasBegun && place === 0)
      if (outcome === 'retried') again.push(exchange)
      if (!(exchange instanceof HealthProbe)) told.push({ id, method, target, outcome })
    }
    if (again.length > 0) this.#dispatcher.putBack(again, performance.now())
    this.#crew.brokenLink(link.worker, told)
  }

  #settle(exchange: Exchange, hasBegun: boolean): LostRequest['outcome'] {
    if (hasBegun) {
      exchange.abort(CRASHED)
      return 'cut'
    }
    // Another worker cannot answer for the health of this one.
    const isOfUsers = !(exchange instanceof HealthProbe)
    if (this.#settings.retryIdempotent && isOfUsers && this.#retries.mayTry(exchange)) return 'retried'
    exchange.fail(502, CRASHED)
    return 'answered'
  }

  #lookAround(): void {
    const nowMs = performance.now()
    this.#endWaits(nowMs)
    this.#endRequests(nowMs)
    this.#runaways.look(nowMs)
    const { waits, works, threads } = this.#dispatcher
    waits.forget(nowMs)
    works.forget(nowMs)
    const oldestWaitMs = this.#dispatcher.oldestWaitMs(nowMs)
    this.#crew.lookAfter({ nowMs, oldestWaitMs, busyThreads: threads.takeMostBusy() })
  }

  /** Requests that have waited too long for a thread. */
  #endWaits(nowMs: number): void {
    const { queueTimeoutMs } = this.#settings
    const overdue = this.#dispatcher.takeOverdue(queueTimeoutMs, nowMs)
    if (overdue.length === 0) return
    for (const exchange of overdue) {
      const error = new GantryError('GANTRY_QUEUE_TIMEOUT', {
        queueTimeoutMs: exchange.route?.queueTimeoutMs ?? queueTimeoutMs,
      })
      this.#reports.queueTimeout(exchange, error)
      exchange.fail(504, error.code)
    }
    this.#whenIdle?.()
  }

  /** Requests that their application has worked on for too long. */
  #endRequests(nowMs: number): void {
    const { requestTimeoutMs, responseIdleTimeoutMs, routes } = this.#settings
    if (requestTimeoutMs === 0 && responseIdleTimeoutMs === 0 && routes.length === 0) return
    for (const link of this.#links) {
      if (link.current === undefined || link.isGivenUp) continue
      const code = timeUpOf(link, this.#settings, nowMs)
      if (code !== undefined) this.#endRequest(link, code, nowMs)
    }
  }

  #endRequest(link: Link, code: TimeUp, nowMs: number): void {
    const hasBegun = link.hasBegun
    const workMs = link.clock.workMs(nowMs)
    const exchange = link.giveUp()
    const { id, method, target, route } = exchange
    this.#runaways.overdue(link, { id, method, target, route }, code, hasBegun ? 'cut' : 'answered', nowMs)
    if (hasBegun) exchange.abort(code)
    else exchange.fail(504, code)
    // Whoever asks for it next must not be made to travel with others.
    this.#dispatcher.answered(Math.round(workMs * 1_000))
    this.#workers.get(link.worker)?.tellIfIdle()
    this.#whenIdle?.()
  }

  #timeUpError({ code, request }: InterruptedRequest): GantryError {
    const { requestTimeoutMs, responseIdleTimeoutMs } = { ...this.#settings, ...request.route }
    return code === 'GANTRY_RESPONSE_IDLE_TIMEOUT'
      ? new GantryError(code, { responseIdleTimeoutMs })
      : new GantryError('GANTRY_REQUEST_TIMEOUT', { requestTimeoutMs })
  }

  #workerOf(number: number): ServedWorker {
    const worker = this.#workers.get(number) ?? new ServedWorker(number, this.#settings.threads)
    this.#workers.set(number, worker)
    return worker
  }

  get #inOrder(): readonly ServedWorker[] {
    return [...this.#workers.values()].sort((one, other) => one.number - other.number)
  }

  get #isIdle(): boolean {
    if ([...this.#workers.values()].some(({ isIdle }) => !isIdle)) return false
    // Without a thread nobody will ever take what waits.
    return this.#dispatcher.queued === 0 || this.#links.size === 0
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
}
