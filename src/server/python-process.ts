// A Python application's workers, as a process behind an application function: started once, asked by exchange or by environ.

import { statSync } from 'node:fs'
import type { Settings } from '../config/resolve.ts'
import { routesOf } from '../config/routes-of.ts'
import { type WorkerRange, formatWorkerRange } from '../config/worker-range.ts'
import { GantryError } from '../errors.ts'
import { LARGEST_IN_MEMORY_BYTES } from '../io/body-memory.ts'
import type { SpoolDirectory } from '../spool/spool.ts'
import type { BootProgress } from '../workers/boot-progress.ts'
import { collectBody } from '../workers/collect-body.ts'
import { answerThrough } from '../workers/environ-exchange.ts'
import { type Interpreter, findInterpreter } from '../workers/interpreter.ts'
import type { PoolStatus } from '../workers/pool-status.ts'
import { type PoolSettings, type PoolStats, WorkerPool } from '../workers/pool.ts'
import type { WorkerProcess } from '../workers/worker-process.ts'
import { AnswerFailure } from '../wsgi/answer-failure.ts'
import { type ApplicationProcess, attachProcess } from '../wsgi/application-parts.ts'
import type { Application, ApplicationResult, StartResponse } from '../wsgi/application.ts'
import type { Environ } from '../wsgi/environ.ts'
import type { ExchangeHandler } from '../wsgi/exchange.ts'
import { BodyInput } from '../wsgi/input-stream.ts'
import { RestartPauses } from '../workers/restart-pauses.ts'
import { healthQuestion } from './health-question.ts'
import type { Observation } from './observation.ts'
import { poolReports } from './reports.ts'
import { type Share, partOf, wantedWorkers } from './shared-workers.ts'

/** What runs a Python application and where each choice came from, for the banner. */
export interface PythonSummary {
  readonly application: string
  readonly version: string
  readonly path: string
  readonly pathOrigin: string
  /** A number, or a range of them. */
  readonly workers: string
  readonly workersOrigin: string
  readonly threads: number
  readonly threadsOrigin: string
}

/** What a Python application needs of whoever runs it. */
export interface PythonHost {
  readonly observation: Observation
  readonly spool: SpoolDirectory
  /** Several processes may share out its workers: which of them this is, counted from 0. */
  readonly share: Share
  /** Ends what the application has to itself, after its workers. */
  close?(): Promise<void>
}

/** What is made when the application is first needed. */
interface Opened {
  readonly host: PythonHost
  readonly interpreter: Interpreter
  readonly workers: { readonly range: WorkerRange; readonly origin: string }
  readonly pool: WorkerPool
}

export class PythonProcess implements ApplicationProcess {
  /** The application in front of the workers. */
  readonly application: Application
  readonly #settings: Settings
  readonly #openHost: () => PythonHost
  #opened: Opened | undefined
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined
  #first: WorkerProcess | undefined
  #isStopped = false
  readonly #pauses = new RestartPauses()
  /** Until then a start that has failed is not tried again. */
  #pausedUntilMs = 0

  /** `openHost` is called when the application is first needed, and again after a start that failed. */
  constructor(settings: Settings, openHost: () => PythonHost) {
    this.#settings = settings
    this.#openHost = openHost
    const application: Application = (environ, startResponse) => this.#call(environ, startResponse)
    this.application = Object.defineProperty(application, 'name', { value: settings.application })
    attachProcess(this.application, this)
  }

  get handler(): ExchangeHandler {
    return this.#open().pool
  }

  get isReady(): boolean {
    return this.#opened?.pool.isReady === true
  }

  /**
   * Rejects with a GantryError: no interpreter, no such directory, or what kept a worker from being ready. A start that has failed is tried again
   * by who asks after a pause, which grows from 0.1 s to 10 s; who asks before is told the same.
   */
  start(): Promise<void> {
    if (performance.now() >= this.#pausedUntilMs) {
      this.#pausedUntilMs = Number.POSITIVE_INFINITY
      this.#starting = this.#start()
    }
    return this.#starting!
  }

  stop(graceMs: number): Promise<void> {
    this.#isStopped = true
    return (this.#stopping ??= this.#stop(graceMs))
  }

  kill(): void {
    this.#isStopped = true
    this.#opened?.pool.kill()
  }

  /** Once it is started. */
  get summary(): PythonSummary {
    const { interpreter, workers } = this.#open()
    const { threads, origins } = this.#settings
    return {
      application: this.#first?.description ?? this.#settings.application,
      version: this.#first?.interpreter?.version ?? '',
      path: interpreter.path,
      pathOrigin: interpreter.origin,
      workers: formatWorkerRange(workers.range),
      workersOrigin: workers.origin,
      threads,
      threadsOrigin: origins.threads,
    }
  }

  get stats(): PoolStats | undefined {
    return this.#opened?.pool.stats
  }

  /** What its workers do and did; undefined before they are started. */
  get status(): PoolStatus | undefined {
    return this.#opened?.pool.status
  }

  /** How far its workers are with booting; undefined before they are started. */
  get boot(): BootProgress | undefined {
    return this.#opened?.pool.boot
  }

  /** What all threads do that run a request, as text for people. */
  async dump(): Promise<string> {
    return (await this.#opened?.pool.dump()) ?? ''
  }

  /** Moves the number of workers, or the floor of their range. Returns what it is then. */
  resize(by: number): { readonly fewest: number; readonly most: number } {
    return this.#open().pool.resize(by)
  }

  #open(): Opened {
    return (this.#opened ??= openPool(this.#settings, this.#openHost))
  }

  async #start(): Promise<void> {
    if (this.#isStopped) throw this.#closedError()
    try {
      this.#first = await this.#open().pool.start()
    } catch (error) {
      // Workers that are told to end while they boot have other things to say of it.
      if (this.#wasStopped()) throw this.#closedError()
      const failed = this.#opened
      this.#opened = undefined
      await failed?.host.close?.()
      this.#pausedUntilMs = performance.now() + this.#pauses.after(0)
      throw error
    }
  }

  async #stop(graceMs: number): Promise<void> {
    await this.#opened?.pool.stop(graceMs)
    await this.#opened?.host.close?.()
  }

  /** Meanwhile, as somebody else may have done it. */
  #wasStopped(): boolean {
    return this.#isStopped
  }

  #closedError(): GantryError {
    return new GantryError('GANTRY_APPLICATION_CLOSED', { application: this.#settings.application })
  }

  #call(environ: Environ, startResponse: StartResponse): Promise<ApplicationResult> | ApplicationResult {
    const body = this.#first === undefined || this.#isStopped ? undefined : wholeBodyOf(environ)
    if (body === undefined) return this.#callLater(environ, startResponse)
    return answerThrough(this.#open().pool, environ, startResponse, { body })
  }

  /** While workers boot requests wait; a body that others have read into, or that is not ours, is collected first. */
  async #callLater(environ: Environ, startResponse: StartResponse): Promise<ApplicationResult> {
    await this.#started()
    const { host, pool } = this.#open()
    const body = wholeBodyOf(environ)
    if (body !== undefined) return answerThrough(pool, environ, startResponse, { body })
    const collected = await collectBody(environ['wsgi.input'], declaredLength(environ), host.spool)
    // What a worker is given complete has a length, which is all that an application can use (W16).
    if (collected.size > 0 || environ.CONTENT_LENGTH !== undefined)
      environ.CONTENT_LENGTH = String(collected.size)
    return answerThrough(pool, environ, startResponse, collected)
  }

  async #started(): Promise<void> {
    const closed = new AnswerFailure(503, 'GANTRY_APPLICATION_CLOSED')
    if (this.#isStopped) throw closed
    try {
      await this.start()
    } catch (error) {
      throw this.#wasStopped() ? closed : error
    }
  }
}

/** A body that can be passed on as it is. One too large for a frame comes from another server, or from a test. */
function wholeBodyOf(environ: Environ): BodyInput['wholeBody'] {
  const input = environ['wsgi.input']
  const body = input instanceof BodyInput ? input.wholeBody : undefined
  return body instanceof Uint8Array && body.length > LARGEST_IN_MEMORY_BYTES ? undefined : body
}

function declaredLength({ CONTENT_LENGTH: text = '' }: Environ): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1
}

function openPool(settings: Settings, openHost: () => PythonHost): Opened {
  const interpreter = checkedInterpreter(settings)
  const host = openHost()
  const workers = workerCount(settings, host.share)
  const pool = new WorkerPool(
    poolSettings(settings, interpreter, workers.range, host),
    poolReports(host.observation),
  )
  return { host, interpreter, workers, pool }
}

function workerCount(settings: Settings, share: Share): Opened['workers'] {
  const { range, origin } = wantedWorkers(settings)
  return { range: partOf(range, share), origin }
}

function checkedInterpreter(settings: Settings): Interpreter {
  if (statSync(settings.chdir, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new GantryError('GANTRY_CHDIR_MISSING', { path: settings.chdir, origin: settings.origins.chdir })
  }
  return findInterpreter({ ...settings, pythonOrigin: settings.origins.python, env: process.env })
}

function poolSettings(
  settings: Settings,
  interpreter: Interpreter,
  workers: WorkerRange,
  { spool, share }: PythonHost,
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
    multiprocess: workers.max * share.count > 1,
    bootTimeoutMs: settings.bootTimeoutMs,
    workers,
    preload: settings.preload,
    health: healthQuestion(settings),
    queueSize: settings.queueSize,
    queueTimeoutMs: settings.queueTimeoutMs,
    requestTimeoutMs: settings.requestTimeoutMs,
    responseIdleTimeoutMs: settings.responseIdleTimeoutMs,
    interruptGraceMs: settings.interruptGraceMs,
    routes: routesOf(settings).map((route) => route.settings),
    retryIdempotent: settings.retryIdempotent,
    maxRequests: settings.maxRequests,
    maxRequestsJitter: settings.maxRequestsJitter,
    maxWorkerAgeMs: settings.maxWorkerAgeMs,
    maxRss: settings.maxRss,
    maxRssHard: settings.maxRssHard,
    shutdownTimeoutMs: settings.shutdownTimeoutMs,
    growAfterMs: settings.growAfterMs,
    shrinkAfterMs: settings.shrinkAfterMs,
    privateDirectories: spool.privateDirectories,
    lint: settings.lint,
  }
}
