// The supervisor: binds the sockets, starts the first generation, replaces it by the next when it is told to reload, and ends. It never
// touches a request. Whatever it is told comes from signals.ts and from the control socket.

import { setTimeout as sleep } from 'node:timers/promises'
import type { ErrorLog } from '../../observe/error-log.ts'
import { EMPTY_ACCOUNT, sumOf } from '../../observe/request-account.ts'
import type { RewrittenLine } from '../../observe/rewritten-line.ts'
import { outliveReaders } from '../../observe/standard-streams.ts'
import { proportionalBytes, residentBytes } from '../../processes/process-memory.ts'
import type { Controlled, FrontDeath, ReloadOutcome, ServerStatus, SupervisedFront } from '../controlled.ts'
import type { ServerSummary } from '../server-summary.ts'
import { packageVersion } from '../version.ts'
import { withBootLine } from './boot-line.ts'
import type { FrontProcess } from './front-process.ts'
import { Generation } from './generation.ts'
import { Holdings } from './holdings.ts'
import type { Launch } from './launch.ts'
import { readSettings } from './read-settings.ts'
import { ReloadTriggers } from './reload-triggers.ts'
import { type SupervisorReports, supervisorReports } from './reports.ts'
import type { SharedSockets } from './shared-sockets.ts'
import { failureOf } from './start-failure.ts'
import type { SupervisedSettings } from './supervised-settings.ts'

const DEATHS_KEPT = 10
// Each keeps its memory until its last request is done: with so many the next reload waits.
const MOST_DRAINING = 2

// Of the fronts of an old generation, which are told to take no more connections.
const CLOSED_WITHIN_MS = 1_000
// What was taken at the start, perhaps as root.
const UNCHANGEABLE = ['pidFile', 'controlSocket', 'user', 'group'] as const

/** A server that has started. */
export interface Started {
  /** The URLs that it listens at. */
  readonly addresses: readonly string[]
  readonly summary: ServerSummary
}

type ServerState = ServerStatus['state']
type StateChanged = (state: ServerState, line: string) => void

export interface SupervisorParts {
  readonly settings: SupervisedSettings
  readonly launch: Launch
  readonly log: ErrorLog
  /** Descriptors of listening sockets that a service manager has opened, in the place of the default of --bind. */
  readonly inherited?: readonly number[]
  /** Called with each state after the first, `starting`, and with a line for people. */
  readonly stateChanged?: StateChanged
  /** Shows how far a generation is while it boots. */
  readonly bootLine?: RewrittenLine | undefined
}

export class Supervisor implements Controlled {
  /** Resolves when all has ended after it was told to stop. */
  readonly stopped: Promise<void>
  #settleStarted: () => void = () => undefined
  readonly #launch: Launch
  readonly #holdings = new Holdings()
  readonly #inherited: readonly number[]
  readonly #stateChanged: StateChanged
  readonly #log: ErrorLog
  readonly #bootLine: RewrittenLine | undefined
  readonly #reports: SupervisorReports
  readonly #startedAtMs = Date.now()
  readonly #started = new Promise<void>((resolve) => (this.#settleStarted = resolve))
  readonly #triggers = new ReloadTriggers({
    // What changes while the first generation boots may not have been seen by it.
    reload: (why) => void this.#started.then(() => this.reload(why)),
    incomplete: (reason) => this.#reports.unwatched(reason),
  })
  readonly #draining = new Set<Generation>()
  readonly #deaths: FrontDeath[] = []
  /** Of fronts that have ended. */
  #account = EMPTY_ACCOUNT
  #uncounted = 0
  #settings: SupervisedSettings
  /** That serves, or is the first. */
  #current: Generation | undefined
  /** That is to serve next. */
  #next: Generation | undefined
  #state: ServerStatus['state'] = 'starting'
  #lastReload: ServerStatus['lastReload']
  #reloading: Promise<ReloadOutcome> | undefined
  #reloadAfter: Promise<ReloadOutcome> | undefined
  #settleStopped: () => void = () => undefined
  #isKilled = false

  constructor(parts: SupervisorParts) {
    const { settings, launch, log, inherited = [], stateChanged = () => undefined, bootLine } = parts
    outliveReaders()
    this.#settings = settings
    this.#launch = launch
    this.#log = log
    this.#reports = supervisorReports(log)
    this.#inherited = inherited
    this.#stateChanged = stateChanged
    this.#bootLine = bootLine
    this.stopped = new Promise((resolve) => (this.#settleStopped = resolve))
  }

  /** Resolves when the first generation is ready. Rejects with a GantryError, an AggregateError or a StartFailure; nothing is left then. */
  async start(): Promise<Started> {
    try {
      await this.#holdings.take(this.#settings, this, this.#inherited)
      if (this.#holdings.problem !== undefined) this.#reports.uncontrolled(this.#holdings.problem)
      this.#triggers.follow(this.#settings)
      this.#current = this.#generation(1, this.#settings)
      const summary = await withBootLine(this.#bootLine, this.#current, this.#current.start(true))
      this.#holdings.announce()
      this.#enter('serving')
      this.#settleStarted()
      return { addresses: this.#sockets.urls, summary }
    } catch (error) {
      this.#triggers.end()
      this.#current?.end('gantry could not start')
      this.#holdings.release()
      throw error
    }
  }

  async status(): Promise<ServerStatus> {
    const fronts = await Promise.all(
      this.#generations.flatMap((generation) =>
        generation.fronts.map((front) => frontStatus(front, generation)),
      ),
    )
    return {
      version: packageVersion(),
      pid: process.pid,
      startedAtMs: this.#startedAtMs,
      application: this.#current?.summary?.application ?? this.#settings.application,
      addresses: this.#sockets.urls,
      state: this.#state,
      generation: this.#current?.number ?? 0,
      lastReload: this.#lastReload,
      fronts,
      deaths: this.#deaths,
    }
  }

  /** What changes while one reload is under way is seen by one more, which all share who ask meanwhile. */
  reload(why: string): Promise<ReloadOutcome> {
    if (this.#state === 'starting' || this.#isStopping) return Promise.resolve(this.#noReload())
    if (this.#reloading === undefined) return (this.#reloading = this.#reloadOnce(why))
    return (this.#reloadAfter ??= this.#reloading.then(() => {
      this.#reloadAfter = undefined
      return (this.#reloading = this.#reloadOnce(why))
    }))
  }

  stop(why = 'gantry stop'): Promise<void> {
    if (!this.#isStopping) void this.#stop(why)
    return Promise.resolve()
  }

  /** Writes what is in flight to the log first. */
  async dumpAndStop(why: string): Promise<void> {
    this.#reports.dumped(await this.dump())
    await this.stop(why)
  }

  /** Whether every front answers that takes connections. */
  async isWell(): Promise<boolean> {
    const serving = this.#fronts.filter(({ state }) => state === 'serving')
    const answers = await Promise.all(serving.map((front) => front.ask({ about: 'life' })))
    return answers.every((answer) => answer !== undefined)
  }

  async dump(): Promise<string> {
    const texts = await Promise.all(
      this.#fronts.map(async (front) => {
        const text = await front.ask({ about: 'dump' })
        return `front ${front.number}, process ${front.pid}\n${text ?? 'no answer: its event loop is held up\n'}`
      }),
    )
    return texts.join('\n')
  }

  async resize(by: number): Promise<{ readonly fewest: number; readonly most: number }> {
    for (let moved = 0; moved < Math.abs(by); moved++) await this.#current?.resize(by > 0 ? 1 : -1)
    const { fronts } = await this.status()
    const pools = fronts
      .filter(({ state }) => state === 'serving')
      .flatMap(({ status }) => status?.pools ?? [])
    return {
      fewest: pools.reduce((sum, { fewest }) => sum + fewest, 0),
      most: pools.reduce((sum, { most }) => sum + most, 0),
    }
  }

  /** As a signal asks for it, which can be told nothing: the log has what came of it. */
  async resizeFor(why: string, by: number): Promise<void> {
    this.#reports.resized(why, await this.resize(by))
  }

  reopenLogs(): void {
    this.#log.reopen()
    for (const front of this.#fronts) front.tell({ type: 'reopen' })
  }

  /** Ends everything at once, in order as far as fronts still answer. */
  async kill(): Promise<void> {
    const hasServed = this.#state !== 'starting'
    this.#enter('stopping')
    this.#isKilled = true
    // Whoever waits for an end that is graceful is not told of this one.
    this.#settleStopped = () => undefined
    this.#sockets.close()
    for (const generation of this.#generations) generation.end('everything was to end at once')
    await Promise.all(this.#generations.map(({ gone }) => gone))
    this.#holdings.release()
    if (hasServed) this.#reports.killed(Date.now() - this.#startedAtMs)
  }

  async #stop(why: string): Promise<void> {
    const { lameDuckMs } = this.#settings
    this.#enter('stopping')
    this.#reports.stops(why, { lameDuckMs })
    this.#triggers.end()
    if (this.#next !== undefined) void this.#retire(this.#next)
    if (lameDuckMs > 0) {
      for (const generation of this.#generations) generation.beginLameDuck()
      await sleep(lameDuckMs)
    }
    const generations = this.#generations
    for (const generation of generations) void generation.drain('stop')
    // From now on who connects is refused, and does not wait in vain.
    this.#sockets.closeForRequests()
    await Promise.all(generations.map(({ gone }) => gone))
    // Fronts that end at once tell nothing of what they have done.
    if (this.#isKilled) return
    this.#sockets.close()
    this.#holdings.release()
    this.#reports.stopped(this.#account, Date.now() - this.#startedAtMs, this.#uncounted)
    this.#settleStopped()
  }

  async #reloadOnce(why: string): Promise<ReloadOutcome> {
    const outcome = await this.#switchOver(why).catch((error: unknown): ReloadOutcome => {
      if (this.#isStopping) return this.#noReload()
      return { isDone: false, reason: failureOf(error).text }
    })
    this.#next = undefined
    this.#reloading = undefined
    this.#lastReload = { atMs: Date.now(), outcome }
    // Nothing has failed that was overtaken by the end.
    if (this.#isStopping) return outcome
    this.#enter('serving')
    this.#reports.reloaded(outcome, this.#current?.number ?? 0)
    return outcome
  }

  /** Rejects with what keeps the next generation from serving; the current one then goes on. */
  async #switchOver(why: string): Promise<ReloadOutcome> {
    const old = this.#current
    if (old === undefined || this.#isStopping) return this.#noReload()
    this.#enter('reloading')
    const number = old.number + 1
    this.#reports.reloads(number, why)
    if (this.#draining.size >= MOST_DRAINING) this.#reports.waits(this.#draining.size)
    while (this.#draining.size >= MOST_DRAINING)
      await Promise.race([...this.#draining].map(({ gone }) => gone))
    const read = await readSettings(this.#launch)
    if (read.type !== 'settings') throw new Error('the command line means something else by now')
    if (this.#hasBegunToStop()) return this.#noReload()
    const { settings } = read
    const added = await this.#sockets.bind(settings)
    try {
      if (this.#hasBegunToStop()) throw new Error('it stops')
      const next = (this.#next = this.#generation(number, settings))
      await withBootLine(this.#bootLine, next, next.start(false))
      await next.serve()
      if (this.#hasBegunToStop()) return this.#noReload()
      this.#takeOver(next)
    } catch (error) {
      // Some of its fronts may have taken connections already.
      if (this.#next !== undefined) void this.#retire(this.#next)
      for (const socket of added) this.#sockets.closeOne(socket)
      throw error
    }
    // From then on every answer is the new generation's. One that does not hear keeps nobody waiting.
    await Promise.race([this.#retire(old), sleep(CLOSED_WITHIN_MS)])
    this.#sockets.closeOthers(settings)
    return { isDone: true, generation: number }
  }

  /** Meanwhile. */
  #hasBegunToStop(): boolean {
    return this.#isStopping
  }

  #noReload(): ReloadOutcome {
    return { isDone: false, reason: `gantry: it is ${this.#state}, and cannot reload` }
  }

  #takeOver(next: Generation): void {
    const { settings } = next
    for (const name of UNCHANGEABLE)
      if (settings[name] !== this.#settings[name]) this.#reports.unchanged(name, settings.origins[name])
    if (settings.umask !== undefined) process.umask(settings.umask)
    this.#triggers.follow(settings)
    this.#settings = settings
    this.#current = next
  }

  /** Resolves when it takes no more connections. */
  #retire(old: Generation): Promise<void> {
    this.#draining.add(old)
    void old.gone.then(() => this.#draining.delete(old))
    // Whoever has just changed the code wants to see it: no kept connection brings one more request to the old one.
    return old.drain(this.#settings.reload ? 'stop' : 'drain')
  }

  #enter(state: ServerState): void {
    this.#state = state
    this.#stateChanged(state, this.#line)
  }

  get #sockets(): SharedSockets {
    return this.#holdings.sockets
  }

  get #line(): string {
    const failure = this.#lastReload?.outcome.isDone === false ? ' (the last reload failed)' : ''
    return `${this.#state}: generation ${this.#current?.number ?? 0}${failure} at ${this.#sockets.urls.join(', ')}`
  }

  get #isStopping(): boolean {
    return this.#state === 'stopping'
  }

  get #generations(): readonly Generation[] {
    const all = [...this.#draining, this.#current, this.#next].filter((each) => each !== undefined)
    return [...new Set(all)]
  }

  get #fronts(): readonly FrontProcess[] {
    return this.#generations.flatMap(({ fronts }) => fronts)
  }

  #generation(number: number, settings: SupervisedSettings): Generation {
    const reports = this.#reports
    return new Generation({
      number,
      settings,
      launch: this.#launch,
      ...this.#sockets.of(settings),
      reports: {
        ...reports,
        ended: ({ account }) => {
          this.#account = sumOf(this.#account, account)
        },
        died: (front, cause, pauseMs) => {
          this.#uncounted++
          this.#deaths.push({ front: front.number, pid: front.pid, atMs: Date.now(), cause })
          if (this.#deaths.length > DEATHS_KEPT) this.#deaths.shift()
          reports.died(front, cause, pauseMs)
        },
      },
    })
  }
}

async function frontStatus(
  front: FrontProcess,
  { number: generation }: Generation,
): Promise<SupervisedFront> {
  const { number, pid, state, startedAtMs } = front
  const status = await front.ask({ about: 'status' })
  return {
    number,
    pid,
    generation,
    state,
    startedAtMs,
    rssBytes: residentBytes(pid),
    pssBytes: proportionalBytes(pid),
    status,
  }
}
