// Where the time of one request goes, for the access log: made only where somebody keeps one.

import type { AccessRecord, ServingThread } from '../wsgi/access-record.ts'

type Times = Pick<AccessRecord, 'durationMs' | 'queueMs' | 'applicationMs' | 'transferMs'>

/** One request's, from its complete head on. All on the clock of `performance.now()`. */
export class RequestTimes {
  /** Who has the application run for it. */
  servedBy: ServingThread | undefined
  readonly #startedMs: number
  #servedMs: number | undefined
  #answeredMs: number | undefined

  constructor(startedMs: number) {
    this.#startedMs = startedMs
  }

  /** `thread` begins with it at `nowMs`, at once if left out; `undefined`: it waits for one. */
  handedTo(thread: ServingThread | undefined, nowMs = this.#startedMs): void {
    this.servedBy = thread ?? this.servedBy
    this.#servedMs = thread === undefined ? undefined : nowMs
  }

  /** The application has given all of its answer. */
  answered(nowMs = performance.now()): void {
    this.#answeredMs ??= nowMs
  }

  /** What they are if the request is over at `nowMs`. They add up. */
  at(nowMs: number): Times {
    const durationMs = nowMs - this.#startedMs
    const transferMs = this.#answeredMs === undefined ? 0 : nowMs - this.#answeredMs
    const queueMs =
      this.#servedMs === undefined
        ? durationMs - transferMs
        : Math.min(Math.max(0, this.#servedMs - this.#startedMs), durationMs - transferMs)
    return { durationMs, queueMs, applicationMs: durationMs - transferMs - queueMs, transferMs }
  }
}

/** Of a request that was refused before it was complete. */
export const NO_TIMES: Times = { durationMs: 0, queueMs: 0, applicationMs: 0, transferMs: 0 }
