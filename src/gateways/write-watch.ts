// Sees to it that a client takes what it is sent: one that reads nothing, or next to nothing, holds memory, and perhaps a worker.

import type { ConnectionSocket } from '../io/connection-socket.ts'
import { timeAfter } from './deadline.ts'
import type { Pace } from './deadline.ts'
import { WheelEntry } from './timer-wheel.ts'
import type { TimerWheel } from './timer-wheel.ts'

// Nobody tells when the system takes some bytes of a large write, so it is looked at from time to time.
const LOOK_EVERY_MS = 1_000

/** What is looked at. */
export type WatchedSocket = Pick<ConnectionSocket, 'unsentBytes' | 'sentBytes'>

/** Called once. What the client took nothing of, or too little. */
type TooSlow = (code: 'ANSWER_NOT_TAKEN' | 'ANSWER_TAKEN_TOO_SLOWLY') => void

export class WriteWatch extends WheelEntry {
  readonly #wheel: TimerWheel
  readonly #socket: WatchedSocket
  readonly #pace: Pace
  readonly #tooSlow: TooSlow
  #isWatching = false
  #leftMs = 0
  #lookedAtMs = 0
  /** When the client was last seen to have taken something, or began to be watched. */
  #tookAtMs = 0
  #sentBytes = 0

  constructor(wheel: TimerWheel, socket: WatchedSocket, pace: Pace, tooSlow: TooSlow) {
    super()
    this.#wheel = wheel
    this.#socket = socket
    this.#pace = pace
    this.#tooSlow = tooSlow
  }

  /** Something was written. Watches as long as any of it waits for the client. */
  wrote(): void {
    if (this.#isWatching || this.#socket.unsentBytes === 0) return
    this.#isWatching = true
    this.#leftMs = this.#pace.timeoutMs
    this.#lookedAtMs = this.#tookAtMs = this.#wheel.after(0)
    this.#sentBytes = this.#socket.sentBytes
    this.#wheel.schedule(this, this.#nextLookMs())
  }

  end(): void {
    this.#wheel.remove(this)
  }

  override look(nowMs: number): number {
    if (this.#socket.unsentBytes === 0) {
      this.#isWatching = false
      return Number.POSITIVE_INFINITY
    }
    const { sentBytes } = this.#socket
    const sent = sentBytes - this.#sentBytes
    this.#leftMs = timeAfter(this.#leftMs - Math.max(0, nowMs - this.#lookedAtMs), sent, this.#pace)
    this.#lookedAtMs = nowMs
    if (sent > 0) this.#tookAtMs = nowMs
    this.#sentBytes = sentBytes
    if (this.#leftMs <= 0) {
      const isPause = nowMs - this.#tookAtMs >= this.#pace.timeoutMs
      this.#tooSlow(isPause ? 'ANSWER_NOT_TAKEN' : 'ANSWER_TAKEN_TOO_SLOWLY')
      return Number.POSITIVE_INFINITY
    }
    return this.#nextLookMs()
  }

  #nextLookMs(): number {
    return this.#lookedAtMs + Math.min(this.#leftMs, LOOK_EVERY_MS)
  }
}
