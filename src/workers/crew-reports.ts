// What a crew tells of its workers, for the log.

import type { GantryError } from '../errors.ts'
import type { Exchange } from '../wsgi/exchange.ts'
import type { PreloadReports } from './preload.ts'
import type { LimitReached } from './recycling-limits.ts'
import type { CountChange } from './worker-count.ts'

/** A request that was under way on a worker when that broke off. */
export interface LostRequest extends Pick<Exchange, 'id' | 'method' | 'target'> {
  /** `answered`: with 502; `cut`: its answer had begun; `retried`: another worker gets it. */
  readonly outcome: 'answered' | 'cut' | 'retried'
}

export interface WorkerDeath {
  readonly worker: number
  readonly pid: number
  readonly error: GantryError
  readonly lost: readonly LostRequest[]
  /** Until another one is started for it; undefined where nobody is, or somebody has been already. */
  readonly replacedAfterMs: number | undefined
}

/** Workers that are not ready after a long time. */
export interface SlowBoot {
  readonly forMs: number
  /** Empty while a template imports the application for them. */
  readonly booting: readonly { readonly worker: number; readonly pid: number }[]
  readonly ready: number
  readonly wanted: number
}

export interface FailedBoot {
  readonly worker: number
  readonly error: unknown
  /** Until the next is started. */
  readonly retryMs: number
  /** How many serve meanwhile. */
  readonly ready: number
}

/** Where a line comes from that a worker printed. */
export interface WorkerOutput {
  readonly worker: number
  readonly stream: 'stdout' | 'stderr'
  /** The id of what its thread was at; undefined where that is not known, or nothing. */
  readonly request: string | undefined
}

export interface CrewReports {
  readonly preload: PreloadReports
  printed(from: WorkerOutput, line: string): void
  /** A worker that was not there from the start gets requests. */
  ready(worker: number, pid: number): void
  slowBoot(boot: SlowBoot): void
  /** A worker that was not there from the start is not to be. */
  bootFailed(failure: FailedBoot): void
  died(death: WorkerDeath): void
  /** Requests of a worker whose death was told before. */
  lostLater(worker: number, lost: readonly LostRequest[]): void
  /** A worker is due: its replacement boots. */
  recycling(worker: number, pid: number, why: LimitReached): void
  /** A worker gets no more requests, and ends when it has answered those it has. */
  retiring(worker: number, pid: number): void
  /** A thread of it does not come back: it gets no more requests, its replacement boots, and it is killed when its others are answered. */
  stuck(worker: number, pid: number, why: string): void
  /** The load asks for another number of workers. */
  countChanged(change: CountChange): void
  /** A person asks for another number of workers. */
  resized(fewest: number, most: number): void
}
