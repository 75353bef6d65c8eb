// Keeps one template alive and has it fork the workers (--preload). Workers outlive their template; those that are wanted while
// there is none wait for the next.

import { GantryError } from '../errors.ts'
import type { EndCause, ProcessEnd } from '../processes/end-cause.ts'
import type { Child, ChildOwner } from './child.ts'
import { ForkedChild } from './forked-child.ts'
import type { FrameSocket } from './frame-socket.ts'
import { STDERR_LINK, STDOUT_LINK, TEMPLATE_LINK } from './frames.ts'
import type { Ended, ForkFailed, Forked, LinkHello } from './frames.ts'
import { RestartPauses } from './restart-pauses.ts'
import { TemplateProcess } from './template-process.ts'
import type { LeftOpen, TemplateOwner } from './template-process.ts'
import { spawnWorker } from './worker-process.ts'
import type { WorkerSettings } from './worker-process.ts'

const FIRST_RETRY_MS = 100
const LONGEST_RETRY_MS = 10_000
// It has nothing to bring to an end.
const LONGEST_END_MS = 1_000

/** What happens to templates, for the log. */
export interface PreloadReports {
  printed: ChildOwner['printed']
  /** Told when the application is imported, before the first worker is forked. */
  leftOpen(left: LeftOpen): void
  /** It is replaced after `pauseMs`; its workers go on. */
  died(error: GantryError, pauseMs: number): void
  replaced(pid: number): void
  /** The next try is made after `retryMs`. */
  bootFailed(error: unknown, retryMs: number): void
}

export class Preload implements TemplateOwner {
  readonly #settings: WorkerSettings
  readonly #socketPath: string
  readonly #reports: PreloadReports
  readonly causeOf: (end: ProcessEnd) => EndCause
  #template: TemplateProcess | undefined
  #lastNumber = 0
  /** All that have not ended, by the worker's number. */
  readonly #children = new Map<number, ForkedChild>()
  readonly #pauses = new RestartPauses()
  #retry: NodeJS.Timeout | undefined
  #isStopping = false

  constructor(
    socketPath: string,
    settings: WorkerSettings,
    reports: PreloadReports,
    causeOf: (end: ProcessEnd) => EndCause,
  ) {
    this.#socketPath = socketPath
    this.#settings = settings
    this.#reports = reports
    this.causeOf = causeOf
  }

  get templatePid(): number | undefined {
    return this.#template?.pid
  }

  /** Resolves when the application is imported; rejects with what kept it from that. */
  async start(): Promise<void> {
    const spawn = spawnWorker(this.#socketPath, this.#settings, 'template')
    const template = new TemplateProcess(++this.#lastNumber, this.#settings, spawn, this)
    this.#template = template
    await template.ready
    // The next one will most likely leave the same.
    if (template.number === 1) this.#tellLeftOpen(template)
    for (const child of this.#children.values()) this.#ask(template, child)
  }

  /** Starts workers: forks them as soon as there is a template. */
  startChild(worker: number, owner: ChildOwner): Child {
    const child = new ForkedChild(worker, {
      printed: (stream, line) => owner.printed(stream, line),
      notStarted: (error) => {
        this.#children.delete(worker)
        owner.notStarted(error)
      },
      ended: (exit) => {
        this.#children.delete(worker)
        owner.ended(exit)
      },
    })
    this.#children.set(worker, child)
    if (this.#template?.readySinceMs !== undefined) this.#ask(this.#template, child)
    return child
  }

  /** Takes the link if it is a template's, or an output of a forked worker's. */
  linked({ link, worker: number }: LinkHello, socket: FrameSocket): boolean {
    if (link === TEMPLATE_LINK) {
      if (this.#template?.number === number) this.#template.attach(socket)
      else socket.destroy()
      return true
    }
    if (link !== STDOUT_LINK && link !== STDERR_LINK) return false
    const child = this.#children.get(number)
    if (child === undefined) socket.destroy()
    else child.attachOutput(link === STDOUT_LINK ? 'stdout' : 'stderr', socket)
    return true
  }

  /** Ends the template. Its workers are ended by who wanted them. */
  async stop(graceMs: number): Promise<void> {
    this.#beginStopping()
    // While it imports it does not hear.
    if (this.#template?.readySinceMs === undefined) this.#template?.kill('it was told to end while it booted')
    await this.#template?.stop(Math.min(graceMs, LONGEST_END_MS))
  }

  kill(): void {
    this.#beginStopping()
    this.#template?.kill('everything was to end at once')
  }

  printed(stream: 'stdout' | 'stderr', line: string): void {
    this.#reports.printed(stream, line)
  }

  forked({ worker, pid }: Forked): void {
    this.#children.get(worker)?.forked(pid)
  }

  forkFailed({ worker, reason }: ForkFailed): void {
    this.#children.get(worker)?.failed(new GantryError('GANTRY_FORK_FAILED', { reason }))
  }

  workerEnded({ worker, status }: Ended): void {
    this.#children.get(worker)?.ended(status)
  }

  exited(template: TemplateProcess, cause: EndCause): void {
    this.#template = undefined
    for (const child of [...this.#children.values()]) child.templateEnded()
    // A boot that fails is seen by who waits for it.
    if (this.#isStopping || template.readySinceMs === undefined) return
    const pauseMs = this.#pauses.after(performance.now() - template.readySinceMs)
    const details = { pid: template.pid ?? 0, cause: cause.text, hint: cause.hint }
    this.#reports.died(new GantryError('GANTRY_TEMPLATE_ENDED', details), pauseMs)
    this.#replaceAfter(pauseMs, FIRST_RETRY_MS)
  }

  #tellLeftOpen({ leftOpen }: TemplateProcess): void {
    if (leftOpen.threads.length + leftOpen.sockets.length > 0) this.#reports.leftOpen(leftOpen)
  }

  #ask(template: TemplateProcess, child: ForkedChild): void {
    if (child.beginFork()) template.fork(child.worker)
  }

  #replaceAfter(pauseMs: number, retryMs: number): void {
    this.#retry = setTimeout(() => void this.#replace(retryMs), pauseMs)
  }

  async #replace(retryMs: number): Promise<void> {
    try {
      await this.start()
      this.#reports.replaced(this.#template?.pid ?? 0)
    } catch (error) {
      if (this.#isStopping) return
      this.#reports.bootFailed(error, retryMs)
      this.#replaceAfter(retryMs, Math.min(retryMs * 2, LONGEST_RETRY_MS))
    }
  }

  #beginStopping(): void {
    this.#isStopping = true
    clearTimeout(this.#retry)
  }
}
