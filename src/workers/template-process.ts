// A template: the process that has imported the application and forks workers from itself (--preload). This speaks its link; what
// becomes of the workers is preload.ts's business.

import type { EndCause, ProcessEnd } from '../processes/end-cause.ts'
import type { ChildOwner, StartChild } from './child.ts'
import type { FrameReceiver, FrameSocket } from './frame-socket.ts'
import {
  FRAME,
  FrameError,
  decodeEnded,
  decodeForkFailed,
  decodeForked,
  decodeJson,
  encodeFork,
} from './frames.ts'
import type { Ended, ForkFailed, Forked, FrameReader } from './frames.ts'
import type { PrintedLine } from './printed-line.ts'
import { WorkerProcess } from './worker-process.ts'
import type { WorkerOwner, WorkerSettings } from './worker-process.ts'

// To fork takes milliseconds, for the largest processes some hundred of them.
const FORK_TIMEOUT_MS = 10_000
// A process that the import has started may hold the link of a template that has ended.
const LINK_END_MS = 500

/** What the import has left open and a fork does not preserve: texts, each of which describes one. */
export interface LeftOpen {
  readonly threads: readonly string[]
  readonly sockets: readonly string[]
}

export interface TemplateOwner {
  printed: ChildOwner['printed']
  forked(forked: Forked): void
  forkFailed(failed: ForkFailed): void
  workerEnded(ended: Ended): void
  causeOf(end: ProcessEnd): EndCause
  /** Told once, after all that it has said. */
  exited(template: TemplateProcess, cause: EndCause): void
}

export class TemplateProcess implements FrameReceiver, WorkerOwner {
  readonly number: number
  leftOpen: LeftOpen = { threads: [], sockets: [] }
  /** Since when it forks, on the clock of `performance.now()`. */
  readySinceMs: number | undefined
  readonly #owner: TemplateOwner
  // It boots and ends as a worker does.
  readonly #process: WorkerProcess
  #link: FrameSocket | undefined
  #unanswered = 0
  #patience: NodeJS.Timeout | undefined
  #tellExit: (() => void) | undefined

  constructor(number: number, settings: WorkerSettings, startChild: StartChild, owner: TemplateOwner) {
    this.number = number
    this.#owner = owner
    this.#process = new WorkerProcess(number, settings, startChild, this)
  }

  /** Settled once: when the template can fork, or cannot. */
  get ready(): Promise<void> {
    return this.#process.ready
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  attach(socket: FrameSocket): void {
    this.#link = socket
    this.#process.attach(socket)
    socket.receiver = this
  }

  fork(worker: number): void {
    this.#link?.write(encodeFork(worker))
    this.#unanswered += 1
    this.#awaitAnswer()
  }

  stop(graceMs: number): Promise<void> {
    return this.#process.stop(graceMs)
  }

  kill(why: string): void {
    this.#process.kill(why)
  }

  frame(frame: FrameReader): void {
    switch (frame.type) {
      case FRAME.forked:
        this.#answered()
        this.#owner.forked(decodeForked(frame))
        return
      case FRAME.forkFailed:
        this.#answered()
        this.#owner.forkFailed(decodeForkFailed(frame))
        return
      case FRAME.ended:
        this.#owner.workerEnded(decodeEnded(frame))
        return
      case FRAME.ready:
        this.leftOpen = toLeftOpen(decodeJson(frame))
        this.readySinceMs = performance.now()
        this.#process.frame(frame)
        return
      default:
        this.#process.frame(frame)
    }
  }

  closed(): void {
    this.#process.closed()
    this.#tellExit?.()
  }

  revoked(): void {
    throw new FrameError('a template has no requests to give back')
  }

  printed(_: WorkerProcess, { stream, text }: PrintedLine): void {
    this.#owner.printed(stream, text)
  }

  causeOf(end: ProcessEnd): EndCause {
    return this.#owner.causeOf(end)
  }

  exited(_: WorkerProcess, cause: EndCause): void {
    clearTimeout(this.#patience)
    const tell = (): void => this.#owner.exited(this, cause)
    if (this.#link?.isOpen !== true) {
      tell()
      return
    }
    // What it has said last may not be read yet.
    const link = this.#link
    const timer = setTimeout(() => link.destroy(), LINK_END_MS)
    this.#tellExit = () => {
      clearTimeout(timer)
      tell()
    }
  }

  #answered(): void {
    this.#unanswered -= 1
    this.#awaitAnswer()
  }

  /** Threads that the import has begun may hold it up for good: then it is of no use. */
  #awaitAnswer(): void {
    clearTimeout(this.#patience)
    if (this.#unanswered === 0) return
    const why = `it has not forked a worker within ${FORK_TIMEOUT_MS / 1000} s`
    this.#patience = setTimeout(() => this.kill(why), FORK_TIMEOUT_MS)
  }
}

function toLeftOpen(message: unknown): LeftOpen {
  return { threads: textsOf(message, 'threads'), sockets: textsOf(message, 'sockets') }
}

function textsOf(message: unknown, key: string): readonly string[] {
  const value =
    typeof message === 'object' && message !== null ? (message as Record<string, unknown>)[key] : undefined
  if (!Array.isArray(value) || !value.every((text) => typeof text === 'string'))
    throw new FrameError(`a template does not tell its ${key}`)
  return value
}
