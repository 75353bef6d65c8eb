// A worker: booted over its control link, stopped. What it serves is its links' business, how its process is started is child.ts's.

import { GantryError, bootFailureError, isBootFailureKind } from '../errors.ts'
import { packageFile } from '../io/package-files.ts'
import type { EndCause, ProcessEnd } from '../processes/end-cause.ts'
import type { Child, ChildExit, ChildOwner, StartChild } from './child.ts'
import { SpawnedChild } from './child.ts'
import type { FrameReceiver, FrameSocket } from './frame-socket.ts'
import {
  FRAME,
  FrameError,
  decodeJson,
  decodeRevoked,
  encodeFrame,
  encodeJsonFrame,
  encodeRevoke,
} from './frames.ts'
import type { FrameReader, Revoked } from './frames.ts'
import { notRun } from './interpreter.ts'
import { OUTPUT_MARK, type PrintedLine, readPrinted } from './printed-line.ts'
import { ThreadInquiry } from './thread-inquiry.ts'

const WORKER_PACKAGE = packageFile('python/gantry_worker')
const EXIT_PYTHON_TOO_OLD = 3
const TOO_OLD_LINE = /^python-too-old (\S+)$/
const UNCONTROLLED_MS = 1_000
const OLDEST_PYTHON = '3.8'

/** Why a worker was killed that was to end by itself. */
export const NOT_ENDED_IN_TIME = 'it was to end, and did not in time'

/** What a worker runs, and how. The same for all workers of a pool. */
export interface WorkerSettings {
  readonly application: string
  readonly python: string
  /** Where relative paths of the application's specification count from is `chdir`; this is where gantry was started. */
  readonly startDirectory: string
  readonly chdir: string
  readonly pythonPath: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly threads: number
  readonly multiprocess: boolean
  readonly bootTimeoutMs: number
  /** Removed by the workers if this process ends without doing so itself. */
  readonly privateDirectories: readonly string[]
  /** Says in the log where the application does not keep to PEP 3333 (`--lint`); not if left out. */
  readonly lint?: boolean
}

export interface Interpreter {
  readonly version: string
  readonly implementation: string
  readonly executable: string
}

/** What a worker tells its pool while it lives. */
export interface WorkerOwner {
  revoked(worker: WorkerProcess, revoked: Revoked): void
  printed(worker: WorkerProcess, printed: PrintedLine): void
  /** What ended it. Asked once. */
  causeOf(end: ProcessEnd): EndCause
  exited(worker: WorkerProcess, cause: EndCause): void
}

export class WorkerProcess implements FrameReceiver, ChildOwner {
  readonly number: number
  interpreter: Interpreter | undefined
  /** What the application said it is, once it is ready. */
  description = ''
  /** Asks after its threads. */
  readonly threads = new ThreadInquiry(
    (frame) => this.#control?.write(frame),
    (signal) => this.#child.kill(signal),
  )
  /** Settled once: when the worker can serve, or cannot. */
  readonly ready: Promise<void>

  readonly #settings: WorkerSettings
  readonly #owner: WorkerOwner
  readonly #child: Child
  readonly #bootTimer: NodeJS.Timeout
  readonly #startedMs = performance.now()
  #killedFor: string | undefined
  #control: FrameSocket | undefined
  #settleReady: (error?: Error) => void = () => undefined
  #tooOldVersion: string | undefined

  constructor(number: number, settings: WorkerSettings, startChild: StartChild, owner: WorkerOwner) {
    this.number = number
    this.#settings = settings
    this.#owner = owner
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = (error) => (error === undefined ? resolve() : reject(error))
    })
    this.#child = startChild(number, this)
    this.#bootTimer = setTimeout(() => this.#bootTimedOut(), settings.bootTimeoutMs)
  }

  /** What is left of the boot timeout. */
  get bootLeftMs(): number {
    return Math.max(0, this.#startedMs + this.#settings.bootTimeoutMs - performance.now())
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** The control link has come in. */
  attach(socket: FrameSocket): void {
    this.#control = socket
    socket.receiver = this
  }

  frame(frame: FrameReader): void {
    switch (frame.type) {
      case FRAME.booting:
        this.interpreter = toInterpreter(decodeJson(frame))
        this.threads.booting(decodeJson(frame))
        this.#control?.write(encodeJsonFrame(FRAME.boot, this.#bootMessage()))
        return
      case FRAME.ready:
        this.description = textOf(decodeJson(frame), 'description')
        clearTimeout(this.#bootTimer)
        this.#settleReady()
        return
      case FRAME.bootFailed:
        this.#bootFailed(toBootError(decodeJson(frame)))
        return
      case FRAME.revoked:
        this.#owner.revoked(this, decodeRevoked(frame))
        return
      case FRAME.stacksTold:
      case FRAME.interrupted:
        this.threads.told(frame)
        return
      default:
        throw new FrameError(`a worker sent a frame of type 0x${frame.type.toString(16)} on its control link`)
    }
  }

  /** The control link broke: most often the process is ending. One that cannot be told anything is of no use. */
  closed(): void {
    setTimeout(() => this.kill('its control link broke'), UNCONTROLLED_MS).unref()
  }

  revoke(link: number): void {
    this.#control?.write(encodeRevoke(link))
  }

  /** Asks the worker to end when its requests have; `kill` if it has not within `graceMs`. Resolves when it has ended. */
  async stop(graceMs: number): Promise<void> {
    if (this.hasExited) return
    if (this.#control === undefined) this.kill('it was told to end while it booted')
    else this.#control.write(encodeFrame(FRAME.stop))
    const timer = setTimeout(() => this.kill(NOT_ENDED_IN_TIME), graceMs)
    await this.#child.whenEnded
    clearTimeout(timer)
  }

  /** Ends it at once. `why` is told where its end is: the first reason counts. */
  kill(why: string): void {
    if (this.hasExited) return
    this.#killedFor ??= why
    this.#child.kill('SIGKILL')
  }

  /** Resolves when there is no such process any more; its last lines may not have been read yet. */
  get whenEnded(): Promise<void> {
    return this.#child.whenEnded
  }

  get hasExited(): boolean {
    return this.#child.hasEnded
  }

  printed(name: 'stdout' | 'stderr', line: string): void {
    const tooOld = TOO_OLD_LINE.exec(line)
    if (tooOld === null) this.#owner.printed(this, readPrinted(name, line))
    else this.#tooOldVersion = tooOld[1]
  }

  notStarted(error: Error): void {
    this.#bootFailed(error instanceof GantryError ? error : notRun(this.#settings.python, error))
    this.#owner.exited(this, { text: `it could not be started: ${error.message}`, hint: '' })
  }

  ended(exit: ChildExit): void {
    this.threads.ended()
    const pid = this.pid ?? 0
    const cause = this.#owner.causeOf({ ...exit, killedFor: this.#killedFor })
    if (exit.code === EXIT_PYTHON_TOO_OLD && this.#tooOldVersion !== undefined) {
      const details = { path: this.#settings.python, version: this.#tooOldVersion, oldest: OLDEST_PYTHON }
      this.#bootFailed(new GantryError('GANTRY_PYTHON_TOO_OLD', details))
    } else {
      this.#bootFailed(
        new GantryError('GANTRY_WORKER_EXITED_EARLY', { pid, cause: cause.text, hint: cause.hint }),
      )
    }
    this.#owner.exited(this, cause)
  }

  #bootMessage(): object {
    const { application, chdir, pythonPath, threads, multiprocess, privateDirectories, lint } = this.#settings
    return {
      application,
      chdir,
      pythonPath,
      threads,
      multiprocess,
      privateDirectories,
      lint: lint === true,
      outputMark: OUTPUT_MARK,
    }
  }

  #bootTimedOut(): void {
    const { bootTimeoutMs } = this.#settings
    this.#bootFailed(new GantryError('GANTRY_WORKER_BOOT_TIMEOUT', { pid: this.pid ?? 0, bootTimeoutMs }))
    this.kill('it was not ready in time')
  }

  #bootFailed(error: Error): void {
    clearTimeout(this.#bootTimer)
    this.#settleReady(error)
  }
}

/** A process of Python's as a child of this one, started from scratch: a worker, or the template that workers are forked from. */
export const spawnWorker =
  (socketPath: string, settings: WorkerSettings, kind: 'worker' | 'template' = 'worker'): StartChild =>
  (number, owner) =>
    new SpawnedChild(
      {
        path: settings.python,
        args: ['-u', WORKER_PACKAGE, socketPath, String(number), ...(kind === 'worker' ? [] : [kind])],
        directory: settings.startDirectory,
        environment: settings.environment,
      },
      owner,
    )

function toInterpreter(message: unknown): Interpreter {
  return {
    version: textOf(message, 'python'),
    implementation: textOf(message, 'implementation'),
    executable: textOf(message, 'executable'),
  }
}

function toBootError(message: unknown): GantryError {
  const kind = textOf(message, 'kind')
  if (!isBootFailureKind(kind)) throw new FrameError(`a worker failed to boot in an unknown way, ${kind}`)
  return bootFailureError({
    kind,
    message: textOf(message, 'message'),
    hint: textOf(message, 'hint'),
    traceback: textOf(message, 'traceback'),
  })
}

function textOf(message: unknown, key: string): string {
  const value =
    typeof message === 'object' && message !== null ? (message as Record<string, unknown>)[key] : undefined
  if (typeof value !== 'string') throw new FrameError(`a control frame has no ${key}`)
  return value
}
