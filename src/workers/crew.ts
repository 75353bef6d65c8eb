// Keeps the worker processes alive: boots them, replaces those that die, are stuck or are due, and ends them. How many there should be
// is decided in worker-count.ts, who is due in recycling.ts. Requests are the pool's business.
//
// A worker holds a place or does not. Whatever happens to workers, `#fill` then boots as many as places are empty, or retires as
// many as are too many.

import { formatMebibytes } from '../config/sizes.ts'
import { GantryError } from '../errors.ts'
import type { Timer } from '../observe/clock.ts'
import { causeOfEnd } from '../processes/end-cause.ts'
import type { EndCause, ProcessEnd } from '../processes/end-cause.ts'
import { BootPauses } from './boot-pauses.ts'
import type { BootProgress } from './boot-progress.ts'
import { BootWatch } from './boot-watch.ts'
import type { StartChild } from './child.ts'
import { isBooting, isReady, newMember } from './crew-member.ts'
import type { CrewMember } from './crew-member.ts'
import type { CrewOwner } from './crew-owner.ts'
import type { CrewReports, LostRequest } from './crew-reports.ts'
import { realWorld } from './crew-world.ts'
import type { CrewWorld } from './crew-world.ts'
import type { FrameSocket } from './frame-socket.ts'
import { CONTROL_LINK } from './frames.ts'
import type { LinkHello, Revoked } from './frames.ts'
import { LinkServer } from './link-server.ts'
import type { PoolStatus, ProcessMemory, WorkerStatus } from './pool-status.ts'
import { Preload } from './preload.ts'
import type { PrintedLine } from './printed-line.ts'
import { RecentDeaths } from './recent-deaths.ts'
import { Recycling } from './recycling.ts'
import { requestLimit } from './recycling-limits.ts'
import type { RecyclingLimits, WorkerFacts } from './recycling-limits.ts'
import { WorkerCount } from './worker-count.ts'
import type { CountSettings, PoolLoad } from './worker-count.ts'
import { NOT_ENDED_IN_TIME, spawnWorker } from './worker-process.ts'
import type { WorkerOwner, WorkerProcess, WorkerSettings } from './worker-process.ts'

const LOOK_EVERY_MS = 1_000
// Most often the process is ending, and how it does tells more than that a link of it broke.
const BROKEN_MS = 1_000

/** How workers run, and when they are replaced. */
export interface CrewSettings extends WorkerSettings, CountSettings, RecyclingLimits {
  /** Forks workers from one process that has imported the application. */
  readonly preload: boolean
  /** A worker with more memory is killed. 0: any. */
  readonly maxRssHard: number
  /** How long a worker whose requests are answered may take to end. */
  readonly shutdownTimeoutMs: number
}

export class Crew implements WorkerOwner {
  readonly #settings: CrewSettings
  readonly #world: CrewWorld
  readonly #startChild: StartChild
  readonly #preload: Preload | undefined
  readonly #owner: CrewOwner
  readonly #reports: CrewReports
  readonly #server: LinkServer
  readonly #members = new Map<number, CrewMember>()
  readonly #count: WorkerCount
  readonly #recycling: Recycling
  readonly #pauses = new BootPauses()
  readonly #bootWatch = new BootWatch()
  readonly #deaths = new RecentDeaths()
  #lastNumber = 0
  #startedAtMs: number | undefined
  /** Whether the first workers are there, and their number is kept. */
  #isKeeping = false
  #isStopping = false
  /** Since the last boot failed none has succeeded: until one has, one is tried at a time. */
  #bootsFail = false
  #pause: Timer | undefined
  #nextLook: Timer | undefined

  constructor(
    settings: CrewSettings,
    owner: CrewOwner,
    reports: CrewReports,
    world: CrewWorld = realWorld(),
  ) {
    this.#owner = owner
    this.#reports = reports
    this.#world = world
    this.#server = new LinkServer((hello, socket) => this.#linked(hello, socket))
    this.#settings = {
      ...settings,
      privateDirectories: [...settings.privateDirectories, this.#server.directory],
    }
    this.#count = new WorkerCount(settings)
    this.#recycling = new Recycling(settings, settings.shutdownTimeoutMs)
    const preload = settings.preload
      ? new Preload(this.#server.path, this.#settings, reports.preload, (end) => this.causeOf(end))
      : undefined
    this.#preload = preload
    this.#startChild =
      preload === undefined
        ? spawnWorker(this.#server.path, this.#settings)
        : (worker, owner) => preload.startChild(worker, owner)
  }

  get size(): number {
    return this.#members.size
  }

  /** Starts the fewest workers. Resolves with the first when all are ready; rejects with what kept one of them from it. */
  async start(): Promise<WorkerProcess> {
    await this.#server.listen()
    this.#startedAtMs = this.#nowMs()
    this.#lookLater()
    try {
      await this.#preload?.start()
      const members = Array.from({ length: this.#count.wanted }, () => this.#spawn())
      await Promise.all(members.map((member) => this.#admitted(member)))
      this.#isKeeping = true
      this.#fill()
      return members[0]!.process
    } catch (error) {
      this.kill()
      await this.stop(0)
      throw error
    }
  }

  /** Ends the workers when what they run is done, or after `graceMs` all the same. */
  async stop(graceMs: number): Promise<void> {
    this.#beginStopping()
    await Promise.all(this.#all.map(({ process }) => process.stop(graceMs)))
    await this.#preload?.stop(graceMs)
    this.#server.close()
  }

  /** Ends everything at once. */
  kill(): void {
    this.#beginStopping()
    for (const { process } of this.#all) process.kill('everything was to end at once')
    this.#preload?.kill()
    this.#server.close()
  }

  /** How a worker can be spoken to; undefined once it has ended. */
  processOf(worker: number): WorkerProcess | undefined {
    return this.#members.get(worker)?.process
  }

  revoke(worker: number, link: number): void {
    this.#members.get(worker)?.process.revoke(link)
  }

  /** A link of `worker` broke with requests on it: the process is dying, or no longer to be trusted. */
  brokenLink(worker: number, lost: readonly LostRequest[]): void {
    const member = this.#members.get(worker)
    if (member === undefined) {
      this.#reports.lostLater(worker, lost)
      return
    }
    member.lost.push(...lost)
    void this.#owner.withdraw(worker)
    const kill = (): void => member.process.kill('a link of it broke with requests on it')
    this.#world.clock.startTimer(BROKEN_MS, kill)
  }

  /** A thread of `worker` does not come back. Others take its place at once; it is killed when what else it runs is answered. */
  replaceStuck(worker: number, why: string): void {
    const member = this.#members.get(worker)
    if (member === undefined || member.state === 'booting' || member.state === 'stuck') return
    member.state = 'stuck'
    this.#leavesPlace(member)
    this.#reports.stuck(worker, member.process.pid ?? 0, why)
    void this.#owner.withdraw(worker).then(() => member.process.kill(why))
    this.#fill()
  }

  /** Sees who is due to be replaced, and takes the load into account. To be called every now and then, often enough for --grow-after. */
  lookAfter(load: PoolLoad): void {
    if (!this.#isKeeping) return
    this.#lookForDue()
    const change = this.#count.look(load, this.#isSettled)
    if (change === undefined) return
    this.#reports.countChanged(change)
    this.#fill()
  }

  /** Moves the number of workers, or the floor of their range. Returns what it is then. */
  resize(by: number): { readonly fewest: number; readonly most: number } {
    this.#count.resize(by)
    const { fewest, most } = this.#count
    this.#reports.resized(fewest, most)
    this.#fill()
    return { fewest, most }
  }

  /** Its part of what the pool tells of itself. */
  get status(): Pick<PoolStatus, 'workers' | 'template' | 'fewest' | 'most' | 'deaths'> {
    const { fewest, most } = this.#count
    const templatePid = this.#preload?.templatePid
    return {
      workers: this.#all.map((member) => this.#statusOf(member)),
      ...(templatePid === undefined
        ? {}
        : { template: { pid: templatePid, ...this.#memoryOf(templatePid) } }),
      fewest,
      most,
      deaths: this.#deaths.all,
    }
  }

  get boot(): BootProgress {
    const [first] = this.#all.filter(isBooting)
    // With --preload the application is imported before there is a worker.
    const importedSinceMs = this.#preload === undefined || this.#isKeeping ? undefined : this.#startedAtMs
    const sinceMs = first?.startedAtMs ?? importedSinceMs
    const { number: worker, pid = this.#preload?.templatePid ?? 0 } = first?.process ?? {}
    return {
      ready: this.#all.filter(isReady).length,
      wanted: this.#count.wanted,
      slowest: sinceMs === undefined ? undefined : { worker, pid, forMs: this.#nowMs() - sinceMs },
    }
  }

  revoked({ number }: WorkerProcess, revoked: Revoked): void {
    this.#owner.revoked(number, revoked)
  }

  printed({ number }: WorkerProcess, { stream, text, place }: PrintedLine): void {
    const request = place === undefined ? undefined : this.#owner.requestAt(number, place)
    this.#reports.printed({ worker: number, stream, request }, text)
  }

  causeOf(end: ProcessEnd): EndCause {
    return causeOfEnd(end, () => this.#world.oomKills.tookOne())
  }

  exited({ number, pid = 0 }: WorkerProcess, cause: EndCause): void {
    const member = this.#members.get(number)
    if (member === undefined) return
    const error = new GantryError('GANTRY_WORKER_CRASHED', { pid, cause: cause.text, hint: cause.hint })
    this.#owner.dismissed(number, error)
    // That its links are gone, and what was under way on them, may be seen a moment after its end.
    setImmediate(() => this.#ended(member, error, cause))
  }

  #ended(member: CrewMember, error: GantryError, cause: EndCause): void {
    const { process, servingSinceMs, lost } = member
    const nowMs = this.#nowMs()
    this.#members.delete(process.number)
    // While it boots its end is told as what kept it from being ready.
    if (servingSinceMs === undefined) return
    const wasAskedToEnd = member.isAskedToEnd || this.#isStopping
    if (wasAskedToEnd && lost.length === 0 && isOrderly(cause)) return
    const { number, pid = 0 } = process
    const isReplaced = member.holdsPlace && !this.#isStopping
    const replacedAfterMs = isReplaced ? this.#pauses.after(nowMs - servingSinceMs, nowMs) : undefined
    this.#deaths.add({ worker: number, pid, atMs: Date.now(), cause: cause.text, lost: lost.length })
    this.#reports.died({ worker: number, pid, error, lost, replacedAfterMs })
    this.#leavesPlace(member)
    this.#fill()
  }

  /** Boots or retires workers until as many hold a place as are wanted, and one more while one is replaced that still serves. */
  #fill(): void {
    if (!this.#isKeeping || this.#isStopping) return
    const empty = this.#count.wanted + (this.#recycling.due === undefined ? 0 : 1) - this.#holders.length
    if (empty < 0) this.#reduce()
    if (empty <= 0) return
    const waitMs = this.#pauses.leftMs(this.#nowMs())
    if (waitMs > 0) this.#fillLater(waitMs)
    else if (!this.#bootsFail) for (let place = 0; place < empty; place++) void this.#boot()
    else if (!this.#holders.some(isBooting)) void this.#boot()
  }

  #fillLater(waitMs: number): void {
    const fill = (): void => {
      this.#pause = undefined
      this.#fill()
    }
    this.#pause ??= this.#world.clock.startTimer(waitMs, fill, true)
  }

  /** There are too many: those go first that are not there yet, then those with the least to do, the oldest of them first. */
  #reduce(): void {
    this.#recycling.cancel()
    const surplus = this.#holders.length - this.#count.wanted
    const busy = (member: CrewMember): number =>
      isBooting(member) ? -1 : this.#owner.loadOf(member.process.number).busyThreads
    const leaving = [...this.#holders].sort((one, other) => busy(one) - busy(other)).slice(0, surplus)
    for (const member of leaving) void this.#retire(member)
  }

  async #boot(): Promise<void> {
    const member = this.#spawn()
    try {
      await this.#admitted(member)
    } catch (error) {
      this.#bootFailed(member, error)
      return
    }
    this.#bootsFail = false
    this.#reports.ready(member.process.number, member.process.pid ?? 0)
    this.#retireDue(member)
    this.#fill()
  }

  async #admitted(member: CrewMember): Promise<void> {
    await member.process.ready
    await this.#owner.admit(member.process.number)
    member.servingSinceMs = this.#nowMs()
    if (member.state === 'booting') member.state = 'ready'
  }

  #bootFailed(member: CrewMember, error: unknown): void {
    member.process.kill('it is not to be used')
    if (this.#isStopping || member.isAskedToEnd) return
    this.#leavesPlace(member)
    this.#bootsFail = true
    this.#reports.bootFailed({
      worker: member.process.number,
      error,
      retryMs: this.#pauses.after(0, this.#nowMs()),
      ready: this.#all.filter(isReady).length,
    })
    this.#fill()
  }

  /** Who was to serve until this one does retires now. */
  #retireDue({ process: { pid = 0 }, startedAtMs }: CrewMember): void {
    if (this.#holders.filter(isReady).length <= this.#count.wanted) return
    const nowMs = this.#nowMs()
    const boot = { tookMs: nowMs - startedAtMs, cpuWaitShare: this.#world.cpuWaitShare(pid) }
    const due = this.#recycling.replaced(boot, nowMs)
    if (due !== undefined) void this.#retire(due)
  }

  async #retire(member: CrewMember): Promise<void> {
    const { process } = member
    this.#leavesPlace(member)
    member.isAskedToEnd = true
    if (isBooting(member)) {
      process.kill('it is no longer needed')
      return
    }
    member.state = 'retiring'
    member.retiringSinceMs = this.#nowMs()
    this.#reports.retiring(process.number, process.pid ?? 0)
    await this.#owner.withdraw(process.number)
    await process.stop(this.#settings.shutdownTimeoutMs)
  }

  #leavesPlace(member: CrewMember): void {
    member.holdsPlace = false
    if (this.#recycling.due === member) this.#recycling.cancel()
  }

  #lookLater(): void {
    this.#nextLook = this.#world.clock.startTimer(LOOK_EVERY_MS, () => {
      this.#lookAtMemory()
      this.#lookForSlowBoots()
      this.#lookLater()
    })
  }

  #lookAtMemory(): void {
    const { maxRss, maxRssHard } = this.#settings
    if (maxRss === 0 && maxRssHard === 0) return
    for (const member of this.#all) {
      member.rssBytes = this.#world.residentBytes(member.process.pid ?? 0)
      if (maxRssHard === 0 || member.rssBytes < maxRssHard) continue
      const [reached, allowed] = [member.rssBytes, maxRssHard].map((bytes) => formatMebibytes(bytes))
      member.process.kill(`it has ${reached} resident, and --max-rss-hard is ${allowed}`)
    }
  }

  #lookForSlowBoots(): void {
    const { ready, wanted, slowest } = this.boot
    if (!this.#bootWatch.isTimeToTell(slowest?.forMs)) return
    this.#reports.slowBoot({
      forMs: slowest?.forMs ?? 0,
      booting: this.#all
        .filter(isBooting)
        .map(({ process: { number, pid = 0 } }) => ({ worker: number, pid })),
      ready,
      wanted,
    })
  }

  /** Not while another place is empty. */
  #lookForDue(): void {
    if (!this.#isSettled) return
    const found = this.#recycling.next(this.#all, (member) => this.#factsOf(member), this.#nowMs())
    if (found === undefined) return
    const { number, pid = 0 } = found.member.process
    this.#reports.recycling(number, pid, found.why)
    this.#fill()
  }

  #factsOf({ process, rssBytes, requestLimit: limit, servingSinceMs }: CrewMember): WorkerFacts {
    const nowMs = this.#nowMs()
    const { requests } = this.#owner.loadOf(process.number)
    return { requests, requestLimit: limit, ageMs: nowMs - (servingSinceMs ?? nowMs), rssBytes }
  }

  #statusOf({ process, state, servingSinceMs }: CrewMember): WorkerStatus {
    const { number, pid = 0 } = process
    return {
      number,
      pid,
      state,
      ageMs: servingSinceMs === undefined ? 0 : this.#nowMs() - servingSinceMs,
      ...this.#owner.loadOf(number),
      ...this.#memoryOf(pid),
    }
  }

  #memoryOf(pid: number): ProcessMemory {
    return {
      rssBytes: this.#world.residentBytes(pid),
      pssBytes: this.#world.proportionalBytes(pid),
    }
  }

  #spawn(): CrewMember {
    const number = ++this.#lastNumber
    const process = this.#world.makeWorker(number, this.#settings, this.#startChild, this)
    const member = newMember(process, this.#nowMs(), requestLimit(this.#settings, Math.random()))
    this.#members.set(number, member)
    // What a process that it has forked holds keeps its links open, and its last lines are waited for: it gets no more requests meanwhile.
    void process.whenEnded.then(() => this.#owner.withdraw(number))
    return member
  }

  get #all(): readonly CrewMember[] {
    return [...this.#members.values()]
  }

  get #holders(): readonly CrewMember[] {
    return this.#all.filter(({ holdsPlace }) => holdsPlace)
  }

  /** Whether as many serve as are wanted, and nobody is on the way. */
  get #isSettled(): boolean {
    return this.#holders.length === this.#count.wanted && this.#holders.every(isReady)
  }

  #nowMs(): number {
    return this.#world.clock.nowMs()
  }

  #linked(hello: LinkHello, socket: FrameSocket): void {
    if (this.#preload?.linked(hello, socket) === true) return
    const member = this.#members.get(hello.worker)
    if (member === undefined) socket.destroy()
    else if (hello.link === CONTROL_LINK) member.process.attach(socket)
    else this.#owner.linked(hello, socket)
  }

  #beginStopping(): void {
    this.#isStopping = true
    this.#pause?.stop()
    this.#nextLook?.stop()
  }
}

/** Whether a process that was to end did so as it should. */
const isOrderly = ({ status, killedFor }: EndCause): boolean =>
  status === 0 || (killedFor !== undefined && killedFor !== NOT_ENDED_IN_TIME)
