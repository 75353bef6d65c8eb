// A clock that stands still until a test moves it, and its timers.

import type { Clock, Timer } from '../../src/observe/clock.ts'

interface ManualTimer {
  readonly atMs: number
  readonly act: () => void
}

export class ManualClock implements Clock {
  #nowMs = 0
  readonly #timers = new Set<ManualTimer>()

  nowMs(): number {
    return this.#nowMs
  }

  startTimer(afterMs: number, act: () => void): Timer {
    const timer = { atMs: this.#nowMs + afterMs, act }
    this.#timers.add(timer)
    return { stop: () => this.#timers.delete(timer) }
  }

  get timerCount(): number {
    return this.#timers.size
  }

  /** Moves on by `ms` and calls what falls due on the way, in its order. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms
    for (let timer = this.#nextUntil(endMs); timer !== undefined; timer = this.#nextUntil(endMs)) {
      this.#timers.delete(timer)
      this.#nowMs = timer.atMs
      timer.act()
    }
    this.#nowMs = endMs
  }

  #nextUntil(endMs: number): ManualTimer | undefined {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= endMs)
    return due.sort((one, other) => one.atMs - other.atMs)[0]
  }
}
