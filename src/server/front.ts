// A front: the gateway, and an application behind it, in this process. The only place where gateways and applications meet.

import { ApplicationHandler } from '../applications/application-handler.ts'
import type { Settings } from '../config/resolve.ts'
import { routesOf } from '../config/routes-of.ts'
import { GatewayServer } from '../gateways/gateway-server.ts'
import type { GatewayStats } from '../gateways/gateway-server.ts'
import type { HealthOptions, Readiness } from '../gateways/health.ts'
import type { StaticFiles } from '../gateways/static/static-files.ts'
import type { Log } from '../observe/log.ts'
import type { RequestAccount } from '../observe/request-account.ts'
import type { SpoolDirectory } from '../spool/spool.ts'
import type { BootProgress } from '../workers/boot-progress.ts'
import { type ApplicationProcess, logsOf, processOf, processesOf } from '../wsgi/application-parts.ts'
import type { Application } from '../wsgi/application.ts'
import type { ExchangeHandler } from '../wsgi/exchange.ts'
import type { FrontStatus } from './controlled.ts'
import { gatewayOf } from './gateway-of.ts'
import { createHealthServer } from './health-server.ts'
import { askHealth } from './health-question.ts'
import type { Observation } from './observation.ts'
import { openFilesLimit } from './open-files.ts'
import { PythonProcess } from './python-process.ts'
import { tellBoot } from './tell-boot.ts'
import { RequestRate } from './request-rate.ts'
import type { Share } from './shared-workers.ts'
import { applicationReports, gatewayReports } from './reports.ts'

// What was cut off still has to close its iterable, and the interpreter its exit handlers to run.
const LAST_GRACE_MS = 2_000
// What a request that came last still has of the shutdown timeout, when idle connections are waited for.
const DRAINED_FOR_IDLE = 0.5
// Links, spooled bodies, the log and what Node needs for itself.
const OTHER_FILES = 128

/** What a front is made of. */
export interface FrontParts {
  readonly settings: Settings
  readonly application: Application
  readonly observation: Observation
  readonly spool: SpoolDirectory
  readonly staticFiles: StaticFiles | undefined
  /** Which of the fronts that share the sockets this is. */
  readonly share: Share
  /** Opens its listening sockets. Resolves with their URLs, or rejects with an AggregateError of a GantryError for each that cannot be. */
  readonly listen: (server: GatewayServer) => Promise<readonly string[]>
  /** The same for those of --health-bind. */
  readonly listenForHealth: (server: GatewayServer) => Promise<readonly string[]>
  /** Whether it takes connections before it is ready, as nobody else does: they wait, and are not refused. */
  readonly listensFirst: boolean
  /** Told how far the workers are with booting, as long as they do. */
  readonly bootChanged?: (boot: BootProgress) => void
}

export interface Front {
  readonly stats: GatewayStats
  /** What it has done until now. */
  readonly account: RequestAccount
  status(): Promise<FrontStatus>
  /** What the threads of its Python applications do that run a request, as text for people. */
  dump(): Promise<string>
  /** Moves the number of workers, or the floor of their range. Returns what it is then; undefined without workers. */
  resize(by: number): { readonly fewest: number; readonly most: number } | undefined
  /** Takes connections from now on, if it does not yet. Resolves with the URLs that it listens at. */
  serve(): Promise<readonly string[]>
  /** Goes on serving, but each answer is the last of its connection, and `--ready-path` says that the server stops. */
  beginLameDuck(): void
  /** Takes no more connections, finishes what was accepted, up to the shutdown timeout, and ends. Connections without a request are closed. */
  close(): Promise<void>
  /** The same while others take the new connections: those without a request may bring one more. `close` may follow. */
  drain(): Promise<void>
  /** Resolves when it was told to close or to drain, and takes no more connections. */
  readonly whenClosedToNew: Promise<void>
  /** Opens log files anew, after they were moved away. */
  reopenLogs(): void
  /** Ends at once. */
  kill(): void
}

/**
 * Starts a front. Resolves when it is ready to serve: every process behind the application started. Rejects with a GantryError,
 * or with an AggregateError of them; nothing is left running then.
 */
export async function startFront(parts: FrontParts): Promise<Front> {
  const { settings, application, observation, spool } = parts
  warnOfFewFiles(settings, observation.log)
  const processes = processesOf(application)
  const pythons = processes.filter((each) => each instanceof PythonProcess)
  const logs = logsOf(application)
  let isStopping = false
  const isReady = (): Readiness => {
    // Who drains has others beside him, who take the new connections.
    if (isStopping) return 'the server is stopping'
    return processes.every((each) => each.isReady) || 'no worker is ready'
  }
  const { livePath, readyPath, healthBind } = settings
  const health = { livePath, readyPath, isReady }
  const handler = handlerOf(parts)
  const server = createServer(parts, handler, healthBind.length === 0 ? health : undefined)
  const healthServer = healthBind.length === 0 ? undefined : createHealthServer(parts, health)
  const rate = new RequestRate(() => server.stats.requests)
  const killAnd = (ending: readonly ApplicationProcess[]): void => {
    server.destroy()
    healthServer?.destroy()
    rate.end()
    for (const each of ending) each.kill()
    spool.remove()
    for (const log of logs) log.flushNow()
    observation.flushNow()
  }
  const kill = (): void => killAnd(processes)
  // In code others may serve a process already, or serve it elsewhere when this front cannot start.
  let started: readonly ApplicationProcess[] = []
  const requestMs = settings.shutdownTimeoutMs
  const endAll = async (whenAnswered: Promise<void>): Promise<void> => {
    const deadlineMs = performance.now() + requestMs
    await whenAnswered
    rate.end()
    const graceMs = Math.max(deadlineMs - performance.now(), LAST_GRACE_MS)
    await Promise.all(processes.map((each) => each.stop(graceMs)))
    await healthServer?.stop({ idleMs: 0, requestMs: 0 })
    spool.remove()
    await Promise.all(logs.map((log) => log.close()))
    await observation.close()
    process.off('exit', kill)
  }
  const listenAll = async (): Promise<readonly string[]> => {
    const [urls] = await Promise.all([
      parts.listen(server),
      healthServer && parts.listenForHealth(healthServer),
    ])
    return urls
  }
  let listening: Promise<readonly string[]> | undefined
  const serve = (): Promise<readonly string[]> => (listening ??= listenAll())
  let ended: Promise<void> | undefined
  const end = (idleMs: number): Promise<void> => {
    // Called again, as by a signal while it drains, this brings the end nearer.
    const whenAnswered = server.stop({ idleMs, requestMs })
    return (ended ??= endAll(whenAnswered))
  }
  // Whatever ends this process, nothing of it stays behind.
  process.once('exit', kill)
  try {
    if (parts.listensFirst) await serve()
    started = processes.filter((each) => !each.isReady)
    const endTelling = tellBoot(pythons, parts.bootChanged)
    await Promise.all(started.map((each) => each.start())).finally(endTelling)
    // Workers are asked one by one.
    if (processes.length === 0) await askHealth(handler, settings)
    return {
      serve,
      whenClosedToNew: server.whenClosedToNew,
      get stats() {
        return server.stats
      },
      get account() {
        const { requests, failures } = server.stats
        return { requests, failures, workerDeaths: observation.workerDeaths }
      },
      status: () =>
        Promise.resolve({
          ...server.stats,
          isReady: isReady() === true,
          requestsPerSecond: rate.perSecond,
          pools: pythons.flatMap(({ status }) => status ?? []),
          refusals: observation.refusals.counts(),
        }),
      dump: async () => (await Promise.all(pythons.map((each) => each.dump()))).join(''),
      resize: (by) => pythons.map((each) => each.resize(by))[0],
      beginLameDuck: () => {
        isStopping = true
        server.beginLameDuck()
      },
      close: () => {
        isStopping = true
        return end(0)
      },
      drain: () => {
        const idleMs = requestMs * DRAINED_FOR_IDLE
        void healthServer?.stop({ idleMs, requestMs })
        return end(idleMs)
      },
      reopenLogs: () => {
        observation.reopen()
        for (const log of logs) log.reopen()
      },
      kill,
    }
  } catch (error) {
    killAnd(started)
    process.off('exit', kill)
    throw error
  }
}

function createServer(
  parts: FrontParts,
  handler: ExchangeHandler,
  health: HealthOptions | undefined,
): GatewayServer {
  const { settings, observation, spool, staticFiles, share } = parts
  return new GatewayServer({
    gatewayOf: (protocol, server) => gatewayOf(protocol, server, settings),
    handler,
    health,
    staticFiles,
    bounds: settings,
    times: settings,
    buffers: settings,
    spool,
    routes: routesOf(settings),
    readsRequestStart: settings.queueTimeoutMs > 0,
    idMark: share.count === 1 ? '' : (share.index + 1).toString(36),
    reports: gatewayReports(observation),
  })
}

/** A Python application with nothing in front of it is handed exchanges as they are. */
function handlerOf({ settings, application, observation, share }: FrontParts): ExchangeHandler {
  const process = processOf(application)
  if (process !== undefined) return process.handler
  const facts = { isMultiprocess: share.count > 1 }
  return new ApplicationHandler(
    application,
    applicationReports(observation),
    { ...settings, routes: routesOf(settings).map((route) => route.settings) },
    facts,
  )
}

/** Out of files, the system resets connections without a word: neither client nor log would learn why. */
function warnOfFewFiles({ maxConnections }: Settings, log: Log): void {
  const limit = openFilesLimit()
  if (limit === undefined || limit >= maxConnections + OTHER_FILES) return
  log.warning(
    `the system lets this process open ${limit} files, about ${OTHER_FILES} of them for itself, and --max-connections is ${maxConnections}: raise the limit (ulimit -n, LimitNOFILE) or lower the option`,
  )
}
