// How long the application has worked on the request that a link is at, and how long ago it last sent some of its answer. Time in which its
// thread waits for the client does not count.
//
// No clock is read for a request: what begins between two looks counts from the second.

/** What a thread may wait for of its client: that it takes some of the answer, or sends some of its body. */
export const WAITS_TO_SEND = 1
export const WAITS_TO_READ = 2
type Wait = typeof WAITS_TO_SEND | typeof WAITS_TO_READ

const UNKNOWN = -1

export class WorkClock {
  #startMs = UNKNOWN
  #waits = 0
  #waitingSinceMs = 0
  #waitedMs = 0
  #blocks = 0
  #blocksSeen = 0
  #blockMs = 0
  #waitedBeforeBlockMs = 0

  /** The thread has got a request at that time. */
  start(nowMs: number): void {
    this.next()
    this.#startMs = nowMs
  }

  /** The thread goes on with the next request that it has got. */
  next(): void {
    this.#startMs = UNKNOWN
    this.#waits = this.#waitedMs = this.#blocks = this.#blocksSeen = 0
  }

  /** Something of the answer has come. */
  block(): void {
    this.#blocks++
  }

  wait(what: Wait): void {
    if (this.#waits === 0) this.#waitingSinceMs = performance.now()
    this.#waits |= what
  }

  goOn(what: Wait): void {
    if ((this.#waits & what) === 0) return
    this.#waits &= ~what
    if (this.#waits === 0) this.#waitedMs += performance.now() - this.#waitingSinceMs
  }

  workMs(nowMs: number): number {
    if (this.#startMs === UNKNOWN) this.#startMs = nowMs
    return nowMs - this.#startMs - this.#waitedUntil(nowMs)
  }

  /** Since the last part of an answer that has begun. */
  idleMs(nowMs: number): number {
    const waitedMs = this.#waitedUntil(nowMs)
    if (this.#blocks !== this.#blocksSeen) {
      this.#blocksSeen = this.#blocks
      this.#blockMs = nowMs
      this.#waitedBeforeBlockMs = waitedMs
    }
    return nowMs - this.#blockMs - (waitedMs - this.#waitedBeforeBlockMs)
  }

  #waitedUntil(nowMs: number): number {
    return this.#waitedMs + (this.#waits === 0 ? 0 : nowMs - this.#waitingSinceMs)
  }
}
