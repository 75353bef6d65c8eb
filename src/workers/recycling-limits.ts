// Which worker is due to be replaced although nothing is wrong with it, and why.

/** 0: never, any. */
export interface RecyclingLimits {
  readonly maxRequests: number
  readonly maxRequestsJitter: number
  readonly maxWorkerAgeMs: number
  readonly maxRss: number
}

/** What is known of a worker that gets requests. */
export interface WorkerFacts {
  /** Answered by it. */
  readonly requests: number
  /** Its own limit of them: `requestLimit`. */
  readonly requestLimit: number
  readonly ageMs: number
  readonly rssBytes: number
}

/** A limit that a worker has reached. */
export interface LimitReached {
  readonly limit: 'maxRss' | 'maxRequests' | 'maxWorkerAgeMs'
  readonly reached: number
  readonly allowed: number
}

/** How many requests a new worker may answer. `random` is at least 0 and below 1. */
export function requestLimit({ maxRequests, maxRequestsJitter }: RecyclingLimits, random: number): number {
  return maxRequests === 0 ? 0 : maxRequests + Math.floor(random * (maxRequestsJitter + 1))
}

/** Why the worker is due; undefined while it is not. */
export function limitReached(worker: WorkerFacts, limits: RecyclingLimits): LimitReached | undefined {
  const reached: readonly LimitReached[] = [
    { limit: 'maxRss', reached: worker.rssBytes, allowed: limits.maxRss },
    { limit: 'maxRequests', reached: worker.requests, allowed: worker.requestLimit },
    { limit: 'maxWorkerAgeMs', reached: worker.ageMs, allowed: limits.maxWorkerAgeMs },
  ]
  return reached.find((one) => one.allowed > 0 && one.reached >= one.allowed)
}
