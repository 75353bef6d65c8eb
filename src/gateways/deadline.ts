// The time that a peer has for something, kept on a timer wheel.

import { WheelEntry } from './timer-wheel.ts'
import type { TimerWheel } from './timer-wheel.ts'

/** A time by which something must have happened. */
export class Deadline extends WheelEntry {
  readonly #wheel: TimerWheel
  readonly #expired: () => void
  #dueMs = Number.POSITIVE_INFINITY

  constructor(wheel: TimerWheel, expired: () => void) {
    super()
    this.#wheel = wheel
    this.#expired = expired
  }

  /** Calls `expired` once, no sooner than in `forMs`, unless it is started anew or stopped before. */
  start(forMs: number): void {
    this.#dueMs = this.#wheel.after(forMs)
    this.#wheel.schedule(this, this.#dueMs)
  }

  stop(): void {
    this.#dueMs = Number.POSITIVE_INFINITY
  }

  get isRunning(): boolean {
    return this.#dueMs !== Number.POSITIVE_INFINITY
  }

  /** What is left while it runs; less than nothing while the wheel has not come round to it. */
  get leftMs(): number {
    return this.#dueMs - this.#wheel.after(0)
  }

  /** Leaves the wheel, which would hold on to it until it comes round. */
  end(): void {
    this.#wheel.remove(this)
  }

  override look(nowMs: number): number {
    if (nowMs >= this.#dueMs) {
      this.stop()
      this.#expired()
    }
    return this.#dueMs
  }
}

/** How fast bytes have to move: a pause of `timeoutMs` at the most, `bytesPerSecond` on average (0: any rate). */
export interface Pace {
  readonly timeoutMs: number
  readonly bytesPerSecond: number
}

/**
 * The time left to a peer that had `leftMs` and moved `bytes`: each byte buys its share of a second, and no more than the timeout is
 * ever in hand. So a pause after a good stretch is allowed, and dripping is not.
 */
export function timeAfter(leftMs: number, bytes: number, pace: Pace): number {
  if (bytes === 0) return leftMs
  if (pace.bytesPerSecond === 0) return pace.timeoutMs
  return Math.min(pace.timeoutMs, leftMs + (bytes * 1000) / pace.bytesPerSecond)
}

/** The time that a peer has to send something at a pace. It runs from `start` to `stop`; what is left then is kept. */
export class PacedDeadline {
  readonly #pace: Pace
  readonly #deadline: Deadline
  /** While it does not run. */
  #leftMs: number

  constructor(wheel: TimerWheel, pace: Pace, expired: () => void) {
    this.#pace = pace
    this.#deadline = new Deadline(wheel, expired)
    this.#leftMs = pace.timeoutMs
  }

  /** The peer has all of its time again. */
  refill(): void {
    this.#deadline.stop()
    this.#leftMs = this.#pace.timeoutMs
  }

  start(): void {
    if (!this.#deadline.isRunning) this.#deadline.start(this.#leftMs)
  }

  stop(): void {
    if (!this.#deadline.isRunning) return
    // Not rounded up to nothing: a peer that drips with every turn of the wheel would never be late.
    this.#leftMs = this.#deadline.leftMs
    this.#deadline.stop()
  }

  moved(bytes: number): void {
    const wasRunning = this.#deadline.isRunning
    this.stop()
    this.#leftMs = timeAfter(this.#leftMs, bytes, this.#pace)
    if (wasRunning) this.start()
  }

  /** Leaves the wheel. */
  end(): void {
    this.#deadline.end()
  }
}
