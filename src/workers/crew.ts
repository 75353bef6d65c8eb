// Keeps the worker processes alive: boots them, replaces those that die, ends them. Requests are the pool's business.

import { GantryError } from '../errors.ts'
import type { FrameSocket } from './frame-socket.ts'
import { CONTROL_LINK } from './frames.ts'
import type { LinkHello, Revoked } from './frames.ts'
import type { WorkerRange } from '../config/worker-range.ts'
import { RestartPauses } from './restart-pauses.ts'
import { LinkServer } from './link-server.ts'
import { Preload } from './preload.ts'
import type { PreloadReports } from './preload.ts'
import type { StartChild } from './child.ts'
import { WorkerProcess, spawnWorker } from './worker-process.ts'
import type { WorkerExit, WorkerOwner, WorkerSettings } from './worker-process.ts'

const FIRST_RETRY_MS = 100
const LONGEST_RETRY_MS = 10_000

/** How workers run, and when they are replaced. */
export interface CrewSettings extends WorkerSettings {
  readonly workers: WorkerRange
  /** Forks workers from one process that has imported the application. */
  readonly preload: boolean
  /** 0: never, any. */
  readonly maxRequests: number
  readonly maxRequestsJitter: number
  readonly maxWorkerAgeMs: number
  readonly maxRss: number
  readonly maxRssHard: number
  readonly growAfterMs: number
  readonly shrinkAfterMs: number
}

/** What happens to workers, for the log. */
export interface CrewReports {
  readonly preload: PreloadReports
  printed(worker: number, stream: 'stdout' | 'stderr', line: string): void
  /** A worker ended that should not have; it is replaced after `pauseMs`. */
  died(worker: number, error: GantryError, pauseMs: number): void
  replaced(worker: number, pid: number): void
  /** A replacement could not boot; it is tried again after `retryMs`. */
  bootFailed(worker: number, error: unknown, retryMs: number): void
}

/** What a worker does just now. */
export interface WorkerLoad {
  /** Answered by it. */
  readonly requests: number
  readonly threads: number
  readonly busyThreads: number
}

/** Who uses the workers' threads. */
export interface CrewOwner {
  /** A thread is there to serve. */
  linked(hello: LinkHello, socket: FrameSocket): void
  /** `worker` says that it is ready. Resolves when requests go to it; rejects with a GantryError when it is not to be used. */
  admit(worker: number): Promise<void>
  /** No further request goes to `worker`. Resolves when nothing is under way on it but on threads that are stuck. */
  withdraw(worker: number): Promise<void>
  /** `worker` has ended; `error` says how. */
  dismissed(worker: number, error: GantryError): void
  loadOf(worker: number): WorkerLoad
  revoked(worker: number, revoked: Revoked): void
}

export class Crew implements WorkerOwner {
  readonly #settings: CrewSettings
  readonly #startChild: StartChild
  readonly #preload: Preload | undefined
  readonly #owner: CrewOwner
  readonly #reports: CrewReports
  readonly #server: LinkServer
  readonly #workers = new Map<number, WorkerProcess>()
  readonly #retries = new Set<NodeJS.Timeout>()
  #isStopping = false
  #lastNumber = 0
  readonly #pauses = new RestartPauses()

  constructor(settings: CrewSettings, owner: CrewOwner, reports: CrewReports) {
    this.#owner = owner
    this.#reports = reports
    this.#server = new LinkServer((hello, socket) => this.#linked(hello, socket))
    this.#settings = {
      ...settings,
      privateDirectories: [...settings.privateDirectories, this.#server.directory],
    }
    const preload = settings.preload
      ? new Preload(this.#server.path, this.#settings, reports.preload)
      : undefined
    this.#preload = preload
    this.#startChild =
      preload === undefined
        ? spawnWorker(this.#server.path, this.#settings)
        : (worker, owner) => preload.startChild(worker, owner)
  }

  get size(): number {
    return this.#workers.size
  }

  /** Starts the fewest workers. Resolves with the first when all are ready; rejects with what kept one of them from it. */
  async start(): Promise<WorkerProcess> {
    await this.#server.listen()
    await this.#preloaded()
    const workers = Array.from({ length: this.#settings.workers.min }, () => this.#spawn())
    try {
      await Promise.all(workers.map((worker) => this.#admitted(worker)))
    } catch (error) {
      await this.stop(0)
      throw error
    }
    return workers[0]!
  }

  /** Ends the workers when what they run is done, or after `graceMs` all the same. */
  async stop(graceMs: number): Promise<void> {
    this.#beginStopping()
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(graceMs)))
    await this.#preload?.stop(graceMs)
    this.#server.close()
  }

  /** Ends everything at once. */
  kill(): void {
    this.#beginStopping()
    for (const worker of this.#workers.values()) worker.kill('everything was to end at once')
    this.#preload?.kill()
    this.#server.close()
  }

  revoke(worker: number, link: number): void {
    this.#workers.get(worker)?.revoke(link)
  }

  /** A link of `worker` broke with requests on it: the process is dying, or no longer to be trusted. */
  brokenLink(worker: number): void {
    this.#workers.get(worker)?.kill('a link of it broke with requests on it')
  }

  revoked(worker: WorkerProcess, revoked: Revoked): void {
    this.#owner.revoked(worker.number, revoked)
  }

  printed(worker: WorkerProcess, stream: 'stdout' | 'stderr', line: string): void {
    this.#reports.printed(worker.number, stream, line)
  }

  exited(worker: WorkerProcess, exit: WorkerExit): void {
    this.#workers.delete(worker.number)
    const error = new GantryError('GANTRY_WORKER_CRASHED', {
      pid: worker.pid ?? 0,
      code: exit.code,
      signal: exit.signal,
    })
    this.#owner.dismissed(worker.number, error)
    if (this.#isStopping || worker.servingSinceMs === undefined) return
    const pauseMs = this.#pauses.after(performance.now() - worker.servingSinceMs)
    this.#reports.died(worker.number, error, pauseMs)
    this.#replaceAfter(pauseMs, FIRST_RETRY_MS)
  }

  #replaceAfter(pauseMs: number, retryMs: number): void {
    const retry = setTimeout(() => {
      this.#retries.delete(retry)
      void this.#replace(retryMs)
    }, pauseMs)
    this.#retries.add(retry)
  }

  async #replace(retryMs: number): Promise<void> {
    const worker = this.#spawn()
    try {
      await this.#admitted(worker)
      this.#reports.replaced(worker.number, worker.pid ?? 0)
    } catch (error) {
      if (this.#isStopping) return
      this.#reports.bootFailed(worker.number, error, retryMs)
      this.#replaceAfter(retryMs, Math.min(retryMs * 2, LONGEST_RETRY_MS))
    }
  }

  async #preloaded(): Promise<void> {
    try {
      await this.#preload?.start()
    } catch (error) {
      await this.stop(0)
      throw error
    }
  }

  async #admitted(worker: WorkerProcess): Promise<void> {
    await worker.ready
    await this.#owner.admit(worker.number)
    worker.servingSinceMs = performance.now()
  }

  #spawn(): WorkerProcess {
    const worker = new WorkerProcess(++this.#lastNumber, this.#settings, this.#startChild, this)
    this.#workers.set(worker.number, worker)
    return worker
  }

  #linked(hello: LinkHello, socket: FrameSocket): void {
    if (this.#preload?.linked(hello, socket) === true) return
    const worker = this.#workers.get(hello.worker)
    if (worker === undefined) socket.destroy()
    else if (hello.link === CONTROL_LINK) worker.attach(socket)
    else this.#owner.linked(hello, socket)
  }

  #beginStopping(): void {
    this.#isStopping = true
    for (const retry of this.#retries) clearTimeout(retry)
  }
}
