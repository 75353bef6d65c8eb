// A crew whose workers are no processes, whose clock stands still until it is moved, and which tells its test everything.

import type { GantryError } from '../../src/errors.ts'
import { causeOfEnd } from '../../src/processes/end-cause.ts'
import { Crew } from '../../src/workers/crew.ts'
import type { CrewSettings } from '../../src/workers/crew.ts'
import type { CrewOwner, WorkerLoad } from '../../src/workers/crew-owner.ts'
import type { WorkerDeath } from '../../src/workers/crew-reports.ts'
import type { PoolLoad } from '../../src/workers/worker-count.ts'
import type { WorkerOwner, WorkerProcess } from '../../src/workers/worker-process.ts'
import { ManualClock } from '../harness/manual-clock.ts'
import { SILENT_REPORTS } from './pool-reports.ts'
import { POOL_SETTINGS } from './pool-settings.ts'

const LOOK_MS = 1_000

/** Lets promises and what waits for the next turn of the event loop go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export class FakeWorker {
  readonly number: number
  readonly pid: number
  readonly ready: Promise<void>
  /** What is to be done then `end` does. */
  readonly whenEnded = new Promise<never>(() => undefined)
  hasExited = false
  /** What it was told: `stop`, or why it was killed. */
  readonly told: string[] = []
  #resolve: () => void = () => undefined
  #reject: (error: unknown) => void = () => undefined
  readonly #owner: WorkerOwner

  constructor(number: number, owner: WorkerOwner) {
    this.number = number
    this.pid = 1_000 + number
    this.#owner = owner
    this.ready = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.ready.catch(() => undefined)
  }

  becomeReady(): void {
    this.#resolve()
  }

  /** Its import fails; the process ends. */
  failToBoot(error: unknown): void {
    this.#reject(error)
    this.end({ code: 1 })
  }

  end(exit: { code?: number; signal?: NodeJS.Signals; killedFor?: string }): void {
    if (this.hasExited) return
    this.hasExited = true
    const { code = null, signal = null, killedFor } = exit
    const cause = this.#owner.causeOf({ code, signal, killedFor })
    this.#reject(new Error(`ended: ${cause.text}`))
    this.#owner.exited(this as unknown as WorkerProcess, cause)
  }

  kill(why: string): void {
    if (this.hasExited) return
    this.told.push(why)
    this.end({ signal: 'SIGKILL', killedFor: why })
  }

  stop(): Promise<void> {
    if (!this.hasExited) this.told.push('stop')
    this.end({ code: 0 })
    return Promise.resolve()
  }

  revoke(): void {
    this.told.push('revoke')
  }
}

export class FakeCrew {
  readonly clock = new ManualClock()
  readonly workers: FakeWorker[] = []
  /** What was reported, in a few words each. */
  readonly log: string[] = []
  readonly deaths: WorkerDeath[] = []
  /** By pid. */
  readonly memory = new Map<number, number>()
  readonly loads = new Map<number, Partial<WorkerLoad>>()
  /** What goes to and no longer goes to workers, in order: `+1`, `-1`. */
  readonly traffic: string[] = []
  /** What the pool has to do. */
  load: Omit<PoolLoad, 'nowMs'> = { oldestWaitMs: 0, busyThreads: 0 }
  hasOomKill = false
  /** Of every worker. */
  cpuWaitShare: number | undefined
  /** Workers whose requests do not come to an end. */
  readonly busy = new Set<number>()
  /** What keeps workers from being admitted. */
  refusal: GantryError | undefined
  readonly crew: Crew
  readonly #withdrawn = new Map<number, () => void>()

  constructor(settings: Partial<CrewSettings> = {}) {
    this.crew = new Crew(
      { ...POOL_SETTINGS, workers: { min: 2, max: 2 }, ...settings },
      this.#owner(),
      {
        ...SILENT_REPORTS,
        ready: (worker) => this.log.push(`ready ${worker}`),
        slowBoot: ({ forMs, booting, ready, wanted }) =>
          this.log.push(`slow ${booting.map(({ worker }) => worker).join()} ${forMs} ${ready}/${wanted}`),
        bootFailed: ({ worker, retryMs, ready }) => this.log.push(`failed ${worker} ${retryMs} ${ready}`),
        died: (death) => {
          this.deaths.push(death)
          this.log.push(`died ${death.worker} ${death.replacedAfterMs ?? '-'}`)
        },
        lostLater: (worker, lost) => this.log.push(`lost ${worker} ${lost.length}`),
        recycling: (worker, _, { limit }) => this.log.push(`recycling ${worker} ${limit}`),
        retiring: (worker) => this.log.push(`retiring ${worker}`),
        stuck: (worker) => this.log.push(`stuck ${worker}`),
        countChanged: ({ to }) => this.log.push(`count ${to}`),
        resized: (fewest, most) => this.log.push(`resized ${fewest}:${most}`),
      },
      {
        clock: this.clock,
        makeWorker: (number, _, __, owner) => {
          const worker = new FakeWorker(number, owner)
          this.workers.push(worker)
          return worker as unknown as WorkerProcess
        },
        residentBytes: (pid) => this.memory.get(pid) ?? 0,
        proportionalBytes: (pid) => (this.memory.get(pid) ?? 0) / 2,
        cpuWaitShare: () => this.cpuWaitShare,
        oomKills: { tookOne: () => this.hasOomKill },
      },
    )
  }

  /** A crew whose first workers are ready. */
  static async started(settings: Partial<CrewSettings> = {}): Promise<FakeCrew> {
    const fake = new FakeCrew(settings)
    const start = fake.crew.start()
    while (fake.workers.length === 0) await settled()
    for (const worker of fake.workers) worker.becomeReady()
    await start
    return fake
  }

  worker(number: number): FakeWorker {
    const worker = this.workers.find((one) => one.number === number)
    if (worker === undefined) throw new Error(`there is no worker ${number}: ${this.log.join(', ')}`)
    return worker
  }

  /** The numbers of all that have been started. */
  get numbers(): number[] {
    return this.workers.map(({ number }) => number)
  }

  get states(): string[] {
    return this.crew.status.workers.map(({ number, state }) => `${number} ${state}`)
  }

  async becomeReady(number: number): Promise<void> {
    this.worker(number).becomeReady()
    await settled()
  }

  async end(number: number, exit: Parameters<FakeWorker['end']>[0]): Promise<void> {
    this.worker(number).end(exit)
    await settled()
  }

  /** Moves the clock; what falls due within it can act. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= LOOK_MS) {
      this.clock.advance(Math.min(left, LOOK_MS))
      this.crew.lookAfter({ nowMs: this.clock.nowMs(), ...this.load })
      await settled()
    }
  }

  /** The last request of a worker that is busy is answered. */
  async finish(number: number): Promise<void> {
    this.busy.delete(number)
    this.#withdrawn.get(number)?.()
    await settled()
  }

  #owner(): CrewOwner {
    return {
      linked: () => undefined,
      revoked: () => undefined,
      requestAt: () => undefined,
      admit: (number) => {
        if (this.refusal !== undefined) return Promise.reject(this.refusal)
        this.traffic.push(`+${number}`)
        return Promise.resolve()
      },
      withdraw: (number) => {
        this.traffic.push(`-${number}`)
        if (!this.busy.has(number)) return Promise.resolve()
        return new Promise((resolve) => this.#withdrawn.set(number, resolve))
      },
      dismissed: (number) => this.traffic.push(`x${number}`),
      loadOf: (number) => ({ requests: 0, threads: 1, busyThreads: 0, ...this.loads.get(number) }),
    }
  }
}

/** The words for an end by a signal that was not ours. */
export const killedText = causeOfEnd(
  { code: null, signal: 'SIGKILL', killedFor: undefined },
  () => false,
).text
