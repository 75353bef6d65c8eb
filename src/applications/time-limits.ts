// How long applications of this process may take. All requests under way are looked at every now and then, so that none needs a timer
// of its own, and one that is answered at once costs nothing.

import type { RouteSettings } from '../config/options/routes.ts'

const SHORTEST_LOOK_MS = 10
const LONGEST_LOOK_MS = 100
// When the event loop was held up, the application of one request has computed, and all others had to wait for it.
const MOST_AT_ONCE_MS = 1_000

/** 0: any time, for both. */
interface Times {
  readonly requestTimeoutMs: number
  readonly responseIdleTimeoutMs: number
}

export interface TimeLimitSettings extends Times {
  /** What the routes of requests may say in place of these. */
  readonly routes: readonly RouteSettings[]
}

/** Which limit was passed. */
export type TimeLimit = keyof Times

/** A request as it is looked at. */
export interface TimedRequest {
  /** It is the application that others wait for: not the client, nor a worker, which has limits of its own. */
  readonly isApplicationsTurn: boolean
  /** Parts of the answer that the application has given; 0 where it has not begun. */
  readonly blocks: number
  readonly route: RouteSettings | undefined
  timeUp(limit: TimeLimit, limitMs: number, ageMs: number): void
}

export class TimeLimits {
  readonly #settings: TimeLimitSettings
  readonly #everyMs: number
  readonly #times = new Map<TimedRequest, TimeTaken>()
  #timer: NodeJS.Timeout | undefined
  #lookedMs = 0

  constructor(settings: TimeLimitSettings) {
    this.#settings = settings
    const shares = allLimits(settings).map((ms) => ms / 4)
    this.#everyMs = Math.max(SHORTEST_LOOK_MS, Math.min(LONGEST_LOOK_MS, ...shares))
  }

  /** Looks after `request` until it is removed, or its time is up. */
  add(request: TimedRequest): void {
    if (this.#timer === undefined) {
      this.#lookedMs = performance.now()
      this.#timer = setInterval(() => this.#look(), this.#everyMs).unref()
    }
    this.#times.set(request, new TimeTaken(this.#lookedMs))
  }

  remove(request: TimedRequest): void {
    this.#times.delete(request)
  }

  #look(): void {
    if (this.#times.size === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
      return
    }
    const nowMs = performance.now()
    const passedMs = Math.min(nowMs - this.#lookedMs, MOST_AT_ONCE_MS)
    this.#lookedMs = nowMs
    for (const [request, taken] of this.#times) {
      const times = timesOf(request, this.#settings)
      const limit = taken.add(request, passedMs, times)
      if (limit === undefined) continue
      this.#times.delete(request)
      request.timeUp(limit, times[limit], nowMs - taken.sinceMs)
    }
  }
}

/** Whether any request has a limit. */
export const hasTimeLimits = (settings: TimeLimitSettings): boolean => allLimits(settings).length > 0

const allLimits = ({ routes, ...times }: TimeLimitSettings): readonly number[] =>
  [times, ...routes]
    .flatMap((each) => [each.requestTimeoutMs ?? 0, each.responseIdleTimeoutMs ?? 0])
    .filter((ms) => ms > 0)

function timesOf({ route }: TimedRequest, settings: Times): Times {
  if (route === undefined) return settings
  const { requestTimeoutMs, responseIdleTimeoutMs } = settings
  return {
    requestTimeoutMs: route.requestTimeoutMs ?? requestTimeoutMs,
    responseIdleTimeoutMs: route.responseIdleTimeoutMs ?? responseIdleTimeoutMs,
  }
}

/** The application's time for one request. What it did since the last look is taken for what it has done all the time since. */
class TimeTaken {
  readonly sinceMs: number
  #workMs = 0
  #pauseMs = 0
  #blocks = 0
  #isNew = true

  constructor(sinceMs: number) {
    this.sinceMs = sinceMs
  }

  add(request: TimedRequest, passedMs: number, settings: Times): TimeLimit | undefined {
    const { requestTimeoutMs, responseIdleTimeoutMs } = settings
    const { blocks } = request
    if (blocks !== this.#blocks) this.#pauseMs = 0
    this.#blocks = blocks
    // One that is looked at for the first time came somewhere between two looks.
    if (request.isApplicationsTurn && !this.#isNew) {
      this.#workMs += passedMs
      this.#pauseMs += passedMs
    }
    this.#isNew = false
    if (requestTimeoutMs > 0 && this.#workMs >= requestTimeoutMs) return 'requestTimeoutMs'
    const isIdle = blocks > 0 && responseIdleTimeoutMs > 0 && this.#pauseMs >= responseIdleTimeoutMs
    return isIdle ? 'responseIdleTimeoutMs' : undefined
  }
}
