// A server of one or several protocols: listens, has a connection made of each client that may be one, and turns the wheel of their deadlines.

import { createServer } from 'node:net'
import type { AddressInfo, ListenOptions, Server } from 'node:net'
import type { Protocol } from '../config/bind-address.ts'
import type { RouteSettings } from '../config/options/routes.ts'
import type { Route } from '../config/routes-of.ts'
import type { ViolationCode } from '../http/violation.ts'
import { collectGarbage } from '../io/collect-garbage.ts'
import { takeConnections } from '../io/take-connections.ts'
import type { OpenSocket } from '../io/take-connections.ts'
import type { SpoolDirectory } from '../spool/spool.ts'
import type { ExchangeHandler } from '../wsgi/exchange.ts'
import { ConnectionLimits } from './connection-limits.ts'
import { type HealthEndpoints, type HealthOptions, type PathSpan, healthEndpoints } from './health.ts'
import { QuietTimes } from './quiet-times.ts'
import { RouteTable } from './route-table.ts'
import { type EndingTimes, ServerEnding } from './server-ending.ts'
import type {
  AnswerBuffers,
  Gateway,
  GatewayBounds,
  GatewayReports,
  GatewayTimes,
  ServedConnection,
  ServerContext,
} from './server-context.ts'
import type { StaticFiles } from './static/static-files.ts'
import { TimerWheel } from './timer-wheel.ts'

const CLOCK_MS = 250
// Two minutes: longer than most deadlines, so that few are looked at before their time.
const WHEEL_SLOTS = 480
// A client that is turned away is told so, but a flood of them is not worth a descriptor each.
const MAX_TURNED_AWAY = 512
// Ending a connection, and having its client come again, takes some 200 µs. When thousands time out together nobody else is to notice: one
// at a time with a pause, or as many as it takes to be done with them in a while.
const DEADLINES_PAUSE_MS = 4
const DEADLINES_WITHIN_MS = 5_000

export interface ServerOptions {
  /** Makes the gateway of a protocol; called once for each that is listened for. */
  readonly gatewayOf: (protocol: Protocol, server: ServerContext) => Gateway
  readonly handler: ExchangeHandler
  /** Paths that are answered in front of `handler`; undefined for none. */
  readonly health: HealthOptions | undefined
  /** Files that are sent in front of `handler`; undefined for none. */
  readonly staticFiles: StaticFiles | undefined
  readonly bounds: GatewayBounds
  readonly times: GatewayTimes
  readonly buffers: AnswerBuffers
  readonly spool: SpoolDirectory
  /** What holds for some paths, the longest first. */
  readonly routes: readonly Route[]
  /** Whether X-Request-Start counts when a trusted proxy sends it. */
  readonly readsRequestStart: boolean
  /** Stands in the ids of requests where several servers might make the same ones; letters and digits. */
  readonly idMark?: string
  readonly reports: GatewayReports
}

/** What a server has done and has to do. */
export interface GatewayStats {
  /** Open now. */
  readonly connections: number
  /** Complete requests since the start, but for those that asked for the server's health. */
  readonly requests: number
  /** How many answers there were of each status from 400 on, and of 499 for clients that left; but for those about health. */
  readonly failures: Readonly<Record<string, number>>
}

export class GatewayServer implements ServerContext {
  readonly handler: ExchangeHandler
  readonly health: HealthEndpoints | undefined
  readonly staticFiles: StaticFiles | undefined
  readonly bounds: GatewayBounds
  readonly times: GatewayTimes
  readonly buffers: AnswerBuffers
  readonly spool: SpoolDirectory
  readonly readsRequestStart: boolean
  readonly reports: GatewayReports
  readonly wheel = new TimerWheel(CLOCK_MS, WHEEL_SLOTS, performance.now())
  /** Resolves when it was told to stop, and takes no more connections. */
  readonly whenClosedToNew: Promise<void>
  isEnding = false
  closesIdle = false
  wallClockMs = Date.now()

  readonly #gatewayOf: ServerOptions['gatewayOf']
  readonly #gateways = new Map<Protocol, Gateway>()
  readonly #routes: RouteTable | undefined
  readonly #listeners: Server[] = []
  readonly #connections = new Set<ServedConnection>()
  readonly #limits: ConnectionLimits
  readonly #clock: NodeJS.Timeout
  readonly #quietTimes = new QuietTimes()
  #nextDeadlines: NodeJS.Timeout | undefined
  readonly #idPrefix: string
  readonly #ending: ServerEnding
  #turnedAway = 0
  #requests = 0
  readonly #failures = new Map<number, number>()
  #whenEmpty: (() => void)[] = []
  #settleClosedToNew: () => void = () => undefined

  constructor(options: ServerOptions) {
    this.whenClosedToNew = new Promise((resolve) => (this.#settleClosedToNew = resolve))
    this.#gatewayOf = options.gatewayOf
    this.handler = options.handler
    this.health = options.health && healthEndpoints(options.health)
    this.staticFiles = options.staticFiles
    this.bounds = options.bounds
    this.times = options.times
    this.buffers = options.buffers
    this.spool = options.spool
    this.readsRequestStart = options.readsRequestStart
    this.reports = options.reports
    if (options.routes.length > 0) this.#routes = new RouteTable(options.routes)
    this.#limits = new ConnectionLimits(options.bounds)
    this.#idPrefix = `${Date.now().toString(36)}${options.idMark ?? ''}`
    this.#clock = setInterval(() => this.#tick(), CLOCK_MS)
    this.#ending = new ServerEnding({
      closeIdle: (sparesFresh) => this.#closeIdle(sparesFresh),
      cancelRequests: () => this.#cancelRequests(),
      destroy: () => this.destroy(),
    })
  }

  /** Listens for a protocol. Resolves with the bound address (a path for a Unix socket); rejects with what the system said. */
  listen(
    protocol: Protocol,
    options: ListenOptions & { readonly fd?: number },
  ): Promise<AddressInfo | string> {
    const gateway = this.#gateway(protocol)
    const listener = createServer({ allowHalfOpen: true })
    return new Promise((resolve, reject) => {
      listener.once('error', reject)
      // With a descriptor Node takes the backlog from here only.
      listener.listen(options, options.backlog, () => {
        listener.off('error', reject)
        listener.on('error', (error) => this.reports.listenerFailed(error))
        takeConnections(listener, (open) => this.#accept(open, gateway))
        this.#listeners.push(listener)
        resolve(listener.address() ?? '')
      })
    })
  }

  get stats(): GatewayStats {
    const requests = this.#requests - (this.health?.answered ?? 0)
    const failures = [...this.#failures]
      .map(([status, count]) => [status, count - (this.health?.failures.get(status) ?? 0)] as const)
      .filter(([, count]) => count > 0)
    return { connections: this.#connections.size, requests, failures: Object.fromEntries(failures) }
  }

  /** Goes on serving, but each answer is the last of its connection, so that clients come again to somebody else. */
  beginLameDuck(): void {
    this.isEnding = true
  }

  /**
   * Takes no more connections; resolves when those that there are have been answered, or cancelled, and are closed. Called again it does so
   * within the nearer of the times.
   */
  async stop(times: EndingTimes): Promise<void> {
    this.isEnding = true
    // Connections and requests that the system has taken already are those of this server.
    await wholeTurn()
    for (const listener of this.#listeners.splice(0)) listener.close()
    this.#settleClosedToNew()
    this.#ending.within(times)
    if (this.#connections.size > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve))
    this.#stopClock()
  }

  /** Ends everything at once. */
  destroy(): void {
    this.isEnding = true
    this.#stopClock()
    for (const listener of this.#listeners) listener.close()
    for (const connection of this.#connections) connection.destroy()
  }

  routeOf(path: PathSpan): RouteSettings | undefined {
    return this.#routes?.find(path)
  }

  countFailure(status: number): void {
    this.#failures.set(status, (this.#failures.get(status) ?? 0) + 1)
  }

  nextRequestNumber(): number {
    return ++this.#requests
  }

  requestId(requestNumber: number): string {
    return `${this.#idPrefix}-${requestNumber.toString(36)}`
  }

  enterAddress(address: string): ViolationCode | undefined {
    return this.#limits.enterAddress(address)
  }

  leaveAddress(address: string): void {
    this.#limits.leaveAddress(address)
  }

  turnAway(connection: ServedConnection, violation: ViolationCode): void {
    // It takes nobody's place, although it is there until the client has read why.
    if (connection.isCounted) this.#limits.leave()
    connection.isCounted = false
    this.#turnedAway++
    connection.refuse(violation)
    if (this.#turnedAway > MAX_TURNED_AWAY) connection.destroy()
  }

  closed(connection: ServedConnection): void {
    this.#connections.delete(connection)
    if (connection.isCounted) this.#limits.leave()
    else this.#turnedAway--
    if (this.#connections.size > 0) return
    for (const resolve of this.#whenEmpty.splice(0)) resolve()
  }

  #gateway(protocol: Protocol): Gateway {
    const gateway = this.#gateways.get(protocol) ?? this.#gatewayOf(protocol, this)
    this.#gateways.set(protocol, gateway)
    return gateway
  }

  #accept(open: OpenSocket, gateway: Gateway): void {
    const connection = gateway.connect(open)
    this.#connections.add(connection)
    const violation = this.#limits.enter()
    connection.isCounted = violation === undefined
    if (violation === undefined) connection.admitted()
    else this.turnAway(connection, violation)
  }

  #closeIdle(sparesFresh: boolean): void {
    // Who is just sending a request is not idle, and it may be there already: it is read before.
    void wholeTurn().then(() => {
      this.closesIdle = true
      for (const connection of this.#connections) connection.closeIfIdle(sparesFresh)
    })
  }

  #cancelRequests(): void {
    for (const connection of this.#connections) connection.cancel()
  }

  #stopClock(): void {
    this.#ending.stop()
    clearInterval(this.#clock)
    clearTimeout(this.#nextDeadlines)
  }

  #tick(): void {
    this.wallClockMs = Date.now()
    this.wheel.advance(performance.now())
    this.#keepDeadlines()
    if (this.#quietTimes.hasCrowdLeft(this.#connections.size, this.#requests, this.wheel.nowMs))
      collectGarbage()
  }

  #keepDeadlines(): void {
    const most = Math.ceil((this.wheel.dueCount * DEADLINES_PAUSE_MS) / DEADLINES_WITHIN_MS)
    if (this.#nextDeadlines !== undefined || !this.wheel.lookAtSome(most)) return
    this.#nextDeadlines = setTimeout(() => {
      this.#nextDeadlines = undefined
      this.#keepDeadlines()
    }, DEADLINES_PAUSE_MS)
  }
}

/** Resolves when the event loop has looked at every socket once more. */
async function wholeTurn(): Promise<void> {
  // The turn under way may have looked at some of them already.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
}
