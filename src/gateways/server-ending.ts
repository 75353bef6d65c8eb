// How a server comes to its end: when connections that are idle are closed, when requests that go on are cancelled, and when nothing
// is waited for any more. Each of these times can be moved nearer, as by a second signal, but never away.

const LONGEST_TIMER_MS = 2_147_483_647
// A connection that was just made has a request on its way.
const FRESH_MS = 500
// What those are told who were cancelled still has to reach them.
const LAST_WORDS_MS = 1_000

export interface EndingTimes {
  /** How long connections between two requests may stay, to bring one more. */
  readonly idleMs: number
  /** How long requests that were accepted may go on. */
  readonly requestMs: number
}

/** What becomes of the connections, in this order. */
export interface EndingSteps {
  /** Closes those without a request. Those that have brought none yet are left alone with `sparesFresh`. */
  closeIdle(sparesFresh: boolean): void
  cancelRequests(): void
  destroy(): void
}

export class ServerEnding {
  readonly #steps: EndingSteps
  readonly #idle: NearestTimer
  readonly #fresh: NearestTimer
  readonly #requests: NearestTimer
  readonly #last: NearestTimer

  constructor(steps: EndingSteps) {
    this.#steps = steps
    this.#idle = new NearestTimer(() => steps.closeIdle(true))
    this.#fresh = new NearestTimer(() => steps.closeIdle(false))
    this.#requests = new NearestTimer(() => this.#cancel())
    this.#last = new NearestTimer(() => steps.destroy())
  }

  within({ idleMs, requestMs }: EndingTimes): void {
    const quietMs = Math.min(idleMs, requestMs)
    this.#idle.within(quietMs)
    this.#fresh.within(Math.min(Math.max(quietMs, FRESH_MS), requestMs))
    this.#requests.within(requestMs)
  }

  stop(): void {
    for (const timer of [this.#idle, this.#fresh, this.#requests, this.#last]) timer.stop()
  }

  #cancel(): void {
    this.#steps.cancelRequests()
    this.#last.within(LAST_WORDS_MS)
  }
}

/** Acts once, at the nearest of the times that it was given. */
class NearestTimer {
  readonly #act: () => void
  #timer: NodeJS.Timeout | undefined
  #atMs = Number.POSITIVE_INFINITY

  constructor(act: () => void) {
    this.#act = act
  }

  within(ms: number): void {
    const atMs = performance.now() + ms
    if (atMs >= this.#atMs) return
    this.#atMs = atMs
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#act, Math.min(ms, LONGEST_TIMER_MS))
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
