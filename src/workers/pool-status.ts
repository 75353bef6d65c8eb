// What a pool tells of itself when it is asked: for `gantry status` and `gantry top`.

/** Of what happened lately: about the last minute. In milliseconds; zeros where nothing happened. */
export interface Quantiles {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/**
 * `booting`: not ready yet; `ready`: gets requests; `retiring`: gets no more, and finishes those it has; `stuck`: the same, but a thread of it
 * does not come back.
 */
export type WorkerState = 'booting' | 'ready' | 'retiring' | 'stuck'

export interface ProcessMemory {
  /** What the kernel counts for it, and its share of what it has in common with others; 0 where that cannot be read. */
  readonly rssBytes: number
  readonly pssBytes: number
}

/** The process that workers are forked from. */
export interface TemplateStatus extends ProcessMemory {
  readonly pid: number
}

export interface WorkerStatus extends ProcessMemory {
  readonly number: number
  readonly pid: number
  readonly state: WorkerState
  /** Since it was ready; 0 before. */
  readonly ageMs: number
  /** Answered by it. */
  readonly requests: number
  readonly threads: number
  readonly busyThreads: number
}

/** A worker that ended without having been told to by its users. */
export interface Death {
  readonly worker: number
  readonly pid: number
  /** On the clock of `Date.now()`. */
  readonly atMs: number
  readonly cause: string
  /** Requests that it took with it. */
  readonly lost: number
}

export interface PoolStatus {
  /** The application as it was named. */
  readonly application: string
  readonly workers: readonly WorkerStatus[]
  /** With `--preload`, while there is one. */
  readonly template?: TemplateStatus
  /** How few and how many workers there may be. */
  readonly fewest: number
  readonly most: number
  readonly queued: number
  readonly queueSize: number
  /** How long the oldest request of the queue has waited; 0 when it is empty. */
  readonly oldestWaitMs: number
  /** Answered since the start. */
  readonly answered: number
  /** Time in the application, and time in the queue. */
  readonly workMs: Quantiles
  readonly waitMs: Quantiles
  /** The last ones, the latest at the end. */
  readonly deaths: readonly Death[]
}
