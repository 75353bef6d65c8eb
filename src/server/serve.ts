// Puts a server together: sockets, gateway, pool. The only place where gateways and applications meet.

import { statSync } from 'node:fs'
import type { Settings } from '../config/resolve.ts'
import { GantryError } from '../errors.ts'
import { HttpServer } from '../gateways/http/http-server.ts'
import { SpoolDirectory } from '../spool/spool.ts'
import type { Log } from '../observe/log.ts'
import { findInterpreter } from '../workers/interpreter.ts'
import type { Interpreter } from '../workers/interpreter.ts'
import { WorkerPool } from '../workers/pool.ts'
import type { PoolSettings } from '../workers/pool.ts'
import { allowedCpus } from './cpus.ts'
import { listenAll } from './listen.ts'
import { openFilesLimit } from './open-files.ts'
import { Observation } from './observation.ts'
import { httpReports, poolReports } from './reports.ts'
import { packageVersion } from './version.ts'

// What was cut off still has to close its iterable, and the interpreter its exit handlers to run.
const LAST_GRACE_MS = 2_000
// Links, spooled bodies, the log and what Node needs for itself.
const OTHER_FILES = 128

/** What a server runs and where each choice came from, for the banner. */
export interface ServerSummary {
  readonly application: string
  readonly pythonVersion: string
  readonly pythonPath: string
  readonly pythonOrigin: string
  readonly workers: number
  readonly workersOrigin: string
  readonly threads: number
  readonly threadsOrigin: string
}

export interface Server {
  /** The URLs that it listens at. */
  readonly addresses: readonly string[]
  readonly summary: ServerSummary
  /** Finishes what was accepted, up to the shutdown timeout, and ends. */
  close(): Promise<void>
  /** Opens log files anew, after they were moved away. */
  reopenLogs(): void
  /** Ends at once. */
  kill(): void
}

/**
 * Starts a server. Resolves when it is ready: every socket open, every worker booted.
 * Rejects with a GantryError, or with an AggregateError of them; nothing is left running then.
 */
export async function serve(settings: Settings): Promise<Server> {
  const { count: workers, origin: workersOrigin } = workerCount(settings)
  const interpreter = checkedInterpreter(settings)
  const observation = new Observation(settings)
  warnOfFewFiles(settings, observation.log)
  const spool = openSpool(settings)
  const pool = new WorkerPool(
    poolSettings(settings, interpreter, workers, spool.privateDirectories),
    poolReports(observation),
  )
  const http = new HttpServer({
    handler: pool,
    bounds: settings,
    times: settings,
    buffers: settings,
    spool,
    serverHeader: settings.serverHeader,
    serverSoftware: `gantry/${packageVersion()}`,
    scriptName: settings.scriptName,
    trustedProxies: settings.trustedProxies,
    proxyProtocol: settings.proxyProtocol,
    allowUnderscoreHeaders: settings.allowUnderscoreHeaders,
    streamRequests: settings.streamRequests,
    reports: httpReports(observation),
  })
  const kill = (): void => {
    http.destroy()
    pool.kill()
    spool.remove()
    observation.flushNow()
  }
  // Whatever ends this process, nothing of it stays behind.
  process.once('exit', kill)
  try {
    const addresses = await listenAll(http, settings.bind)
    const worker = await pool.start()
    return {
      addresses,
      summary: {
        application: worker.description,
        pythonVersion: worker.interpreter?.version ?? '',
        pythonPath: interpreter.path,
        pythonOrigin: interpreter.origin,
        workers,
        workersOrigin,
        threads: settings.threads,
        threadsOrigin: settings.origins.threads,
      },
      close: async () => {
        await closeWithin(settings.shutdownTimeoutMs, http, pool)
        spool.remove()
        await observation.close()
        process.off('exit', kill)
      },
      reopenLogs: () => observation.accessLog?.reopen(),
      kill,
    }
  } catch (error) {
    kill()
    process.off('exit', kill)
    throw error
  }
}

async function closeWithin(timeoutMs: number, http: HttpServer, pool: WorkerPool): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  const timer = setTimeout(() => http.destroy(), timeoutMs)
  await http.stop()
  clearTimeout(timer)
  await pool.stop(Math.max(deadlineMs - performance.now(), LAST_GRACE_MS))
}

function workerCount(settings: Settings): { readonly count: number; readonly origin: string } {
  return settings.workers === undefined
    ? allowedCpus()
    : { count: settings.workers, origin: settings.origins.workers }
}

function checkedInterpreter(settings: Settings): Interpreter {
  if (statSync(settings.chdir, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new GantryError('GANTRY_CHDIR_MISSING', { path: settings.chdir, origin: settings.origins.chdir })
  }
  return findInterpreter({ ...settings, pythonOrigin: settings.origins.python, env: process.env })
}

/** Out of files, the system resets connections without a word: neither client nor log would learn why. */
function warnOfFewFiles({ maxConnections }: Settings, log: Log): void {
  const limit = openFilesLimit()
  if (limit === undefined || limit >= maxConnections + OTHER_FILES) return
  log.warning(
    `the system lets this process open ${limit} files, about ${OTHER_FILES} of them for itself, and --max-connections is ${maxConnections}: raise the limit (ulimit -n, LimitNOFILE) or lower the option`,
  )
}

function openSpool({ spoolDir: directory, spoolBytes }: Settings): SpoolDirectory {
  try {
    return new SpoolDirectory(directory, spoolBytes)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new GantryError('GANTRY_SPOOL_FAILED', { directory, reason }, { cause: error })
  }
}

function poolSettings(
  settings: Settings,
  interpreter: Interpreter,
  workers: number,
  privateDirectories: readonly string[],
): PoolSettings {
  return {
    application: settings.application,
    python: interpreter.path,
    startDirectory: settings.startDirectory,
    chdir: settings.chdir,
    pythonPath: settings.pythonpath,
    environment: {
      ...process.env,
      ...Object.fromEntries(settings.env.map(({ name, value }) => [name, value])),
    },
    threads: settings.threads,
    multiprocess: workers > 1,
    bootTimeoutMs: settings.bootTimeoutMs,
    workers,
    queueSize: settings.queueSize,
    privateDirectories,
  }
}
