// A generation: the fronts of one version of code and configuration. Starts them, replaces those that die, and ends them.

import { RestartPauses } from '../../workers/restart-pauses.ts'
import type { BootProgress } from '../../workers/boot-progress.ts'
import type { ServerSummary } from '../server-summary.ts'
import { FrontProcess, type FrontTimes } from './front-process.ts'
import type { ToFront } from './front-messages.ts'
import { heapFlags } from './heap-flags.ts'
import { FRONT_COMMAND, type Launch, inheritedDescriptor, launch } from './launch.ts'
import type { BoundSocket } from './sockets.ts'
import { StartFailure, failureOf } from './start-failure.ts'
import type { SupervisedSettings } from './supervised-settings.ts'

// A Python application's own boot deadline comes first, as its error says more.
const LATER_THAN_WORKERS_MS = 10_000
// Shorter, a garbage collection or a busy machine might be taken for a front that hangs.
const SHORTEST_UNANSWERED_MS = 10_000
// What a front may take to end beyond the time that its requests have.
const LAST_GRACE_MS = 5_000

export interface GenerationParts {
  /** Counted from 1. */
  readonly number: number
  readonly settings: SupervisedSettings
  readonly launch: Launch
  readonly sockets: readonly BoundSocket[]
  readonly healthSockets: readonly BoundSocket[]
  readonly reports: GenerationReports
}

/** What happens to fronts, for the log. */
export interface GenerationReports {
  /** A front has ended, however it did. */
  ended(front: FrontProcess): void
  /** A front ended that should not have; it is replaced after `pauseMs`. */
  died(front: FrontProcess, cause: string, pauseMs: number): void
  replaced(front: FrontProcess): void
  /** A front that was told to finish what it had accepted has ended before it had. */
  diedAtItsEnd(front: FrontProcess, cause: string): void
  /** A replacement could not start; it is tried again after `pauseMs`. */
  notReplaced(front: FrontProcess, why: string, pauseMs: number): void
}

export class Generation {
  readonly number: number
  readonly settings: SupervisedSettings
  /** What it runs, once it is ready. */
  summary: ServerSummary | undefined
  /** Resolves when its last front has ended, after it was told to end. */
  readonly gone: Promise<void>

  readonly #parts: GenerationParts
  readonly #fronts = new Set<FrontProcess>()
  readonly #pauses = new RestartPauses()
  readonly #replacements = new Set<NodeJS.Timeout>()
  /** How many workers each front was told to have more, by its number. */
  readonly #resized = new Map<number, number>()
  #mayServe = false
  #isLameDuck = false
  #isEnding = false
  #settleGone: () => void = () => undefined

  constructor(parts: GenerationParts) {
    this.#parts = parts
    this.number = parts.number
    this.settings = parts.settings
    this.gone = new Promise((resolve) => (this.#settleGone = resolve))
  }

  get fronts(): readonly FrontProcess[] {
    return [...this.#fronts].sort((one, other) => one.number - other.number)
  }

  /** How far its fronts are with their workers. */
  get boots(): readonly BootProgress[] {
    return this.fronts.flatMap(({ boot }) => boot ?? [])
  }

  /**
   * Resolves when every front is ready; rejects with a StartFailure when one cannot be, and nothing is left running then.
   * With `listensFirst` they take connections from the beginning: nobody else does.
   */
  async start(listensFirst: boolean): Promise<ServerSummary> {
    const { frontCount } = this.settings
    this.#mayServe = listensFirst
    try {
      // The first one alone: what is wrong is said once.
      this.summary = await this.#start(1, listensFirst).ready
      if (this.#isEnding) throw endedError()
      const others = Array.from({ length: frontCount - 1 }, (_, index) =>
        this.#start(index + 2, listensFirst),
      )
      await Promise.all(others.map((front) => front.ready))
      return this.summary
    } catch (error) {
      this.end('another front of its generation could not start')
      await this.gone
      throw error
    }
  }

  /** Lets every front take connections. Rejects with a StartFailure if one cannot. */
  async serve(): Promise<void> {
    this.#mayServe = true
    await Promise.all(this.fronts.filter(({ state }) => state === 'booting').map((front) => front.serve()))
  }

  /** Ends the fronts when what they have accepted is done, or after the shutdown timeout. Resolves when they take no more connections. */
  async drain(how: 'stop' | 'drain'): Promise<void> {
    this.#beginEnding()
    for (const front of this.#fronts) front.drain(how, this.settings.shutdownTimeoutMs + LAST_GRACE_MS)
    await Promise.all(this.fronts.map(({ closed }) => closed))
  }

  /** Ends the fronts at once. */
  end(why: string): void {
    this.#beginEnding()
    for (const front of this.#fronts) front.end(why)
  }

  /** Goes on serving, and makes clients look for another server. */
  beginLameDuck(): void {
    this.#isLameDuck = true
    this.tell({ type: 'lame-duck' })
  }

  tell(message: ToFront): void {
    for (const front of this.#fronts) front.tell(message)
  }

  /** Moves the number of workers of one front, that with the fewest or the most. Resolves when it is moved. */
  async resize(by: 1 | -1): Promise<void> {
    const asked = await Promise.all(
      this.fronts.map(async (front) => ({
        front,
        pools: (await front.ask({ about: 'status' }))?.pools ?? [],
      })),
    )
    const counted = asked.map(({ front, pools }) => ({ front, count: fewestOf(pools) }))
    const [chosen] = counted.sort((one, other) => (one.count - other.count) * by)
    if (chosen === undefined) return
    const { front } = chosen
    this.#resized.set(front.number, (this.#resized.get(front.number) ?? 0) + by)
    await front.ask({ about: 'resize', by })
  }

  #start(number: number, listensFirst: boolean): FrontProcess {
    const { settings, sockets, healthSockets } = this.#parts
    const all = [...sockets, ...healthSockets]
    const child = launch(this.#parts.launch, FRONT_COMMAND, {
      descriptors: all.map(({ descriptor }) => descriptor),
      // The heap of a TypeScript application is its own affair.
      nodeFlags: settings.isScript ? [] : heapFlags([...process.execArgv, process.env['NODE_OPTIONS'] ?? '']),
    })
    const inherited = all.map(({ protocol, url }, index) => ({
      protocol,
      url,
      descriptor: inheritedDescriptor(index),
    }))
    const front = new FrontProcess(
      number,
      child,
      {
        type: 'start',
        share: { index: number - 1, count: settings.frontCount },
        sockets: inherited.slice(0, sockets.length),
        healthSockets: inherited.slice(sockets.length),
        listensFirst,
      },
      timesOf(settings),
    )
    this.#fronts.add(front)
    void front.ended.then(({ cause, isOrderly, readyForMs }) => {
      this.#fronts.delete(front)
      this.#parts.reports.ended(front)
      // One that was never ready is its starter's business.
      if (!this.#isEnding && readyForMs !== undefined) this.#replace(front, cause, readyForMs)
      if (this.#isEnding && !isOrderly && readyForMs !== undefined)
        this.#parts.reports.diedAtItsEnd(front, cause)
      if (this.#isEnding && this.#fronts.size === 0) this.#settleGone()
    })
    return front
  }

  #replace(dead: FrontProcess, cause: string, readyForMs: number): void {
    const pauseMs = this.#pauses.after(readyForMs)
    this.#parts.reports.died(dead, cause, pauseMs)
    this.#startAfter(dead.number, pauseMs)
  }

  #startAfter(number: number, pauseMs: number): void {
    const timer = setTimeout(() => {
      this.#replacements.delete(timer)
      void this.#startAgain(number)
    }, pauseMs)
    this.#replacements.add(timer)
  }

  async #startAgain(number: number): Promise<void> {
    const isAlone = !this.fronts.some(({ state }) => state === 'serving')
    const front = this.#start(number, this.#mayServe && isAlone)
    try {
      await front.ready
      if (this.#isLameDuck) front.tell({ type: 'lame-duck' })
      if (this.#mayServe) await front.serve()
      const more = this.#resized.get(number) ?? 0
      if (more !== 0) await front.ask({ about: 'resize', by: more })
      this.#parts.reports.replaced(front)
    } catch (error) {
      if (this.#isEnding) return
      const pauseMs = this.#pauses.after(0)
      this.#parts.reports.notReplaced(front, failureOf(error).text, pauseMs)
      this.#startAfter(number, pauseMs)
    }
  }

  #beginEnding(): void {
    this.#isEnding = true
    for (const timer of this.#replacements) clearTimeout(timer)
    if (this.#fronts.size === 0) this.#settleGone()
  }
}

const endedError = (): StartFailure =>
  new StartFailure({ text: 'gantry: it was told to end while it started', exitStatus: 1 })

function timesOf(settings: SupervisedSettings): FrontTimes {
  const { isScript, bootTimeoutMs, requestTimeoutMs, interruptGraceMs } = settings
  return {
    bootTimeoutMs: isScript ? bootTimeoutMs : bootTimeoutMs + LATER_THAN_WORKERS_MS,
    unansweredMs:
      requestTimeoutMs === 0 ? 0 : Math.max(requestTimeoutMs + interruptGraceMs, SHORTEST_UNANSWERED_MS),
  }
}

const fewestOf = (pools: readonly { readonly fewest: number }[]): number =>
  pools.reduce((sum, { fewest }) => sum + fewest, 0)
