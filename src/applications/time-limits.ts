// How long applications of this process may take. All requests under way are looked at every now and then, so that none needs a timer
// of its own, and one that is answered at once costs nothing.

const SHORTEST_LOOK_MS = 10
const LONGEST_LOOK_MS = 100
// When the event loop was held up, the application of one request has computed, and all others had to wait for it.
const MOST_AT_ONCE_MS = 1_000

export interface TimeLimitSettings {
  /** 0: any time, for both. */
  readonly requestTimeoutMs: number
  readonly responseIdleTimeoutMs: number
}

/** Which limit was passed. */
export type TimeLimit = keyof TimeLimitSettings

/** A request as it is looked at. */
export interface TimedRequest {
  /** It is the application that others wait for: not the client, nor a worker, which has limits of its own. */
  readonly isApplicationsTurn: boolean
  /** Parts of the answer that the application has given; 0 where it has not begun. */
  readonly blocks: number
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
    const limits = [settings.requestTimeoutMs, settings.responseIdleTimeoutMs].filter((ms) => ms > 0)
    this.#everyMs = Math.max(SHORTEST_LOOK_MS, Math.min(LONGEST_LOOK_MS, ...limits.map((ms) => ms / 4)))
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
      const limit = taken.add(request, passedMs, this.#settings)
      if (limit === undefined) continue
      this.#times.delete(request)
      request.timeUp(limit, this.#settings[limit], nowMs - taken.sinceMs)
    }
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

  add(request: TimedRequest, passedMs: number, settings: TimeLimitSettings): TimeLimit | undefined {
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
