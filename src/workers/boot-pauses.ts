// When the next worker may be booted after one has died, or could not boot.

import { RestartPauses } from './restart-pauses.ts'

export class BootPauses {
  readonly #pauses = new RestartPauses()
  #untilMs = 0

  /** The pause now that a worker has ended which served for `lifeMs`. Those that end during a pause, together mostly, wait for its rest. */
  after(lifeMs: number, nowMs: number): number {
    if (nowMs < this.#untilMs) return Math.ceil(this.leftMs(nowMs))
    const pauseMs = this.#pauses.after(lifeMs, nowMs)
    this.#untilMs = nowMs + pauseMs
    return pauseMs
  }

  leftMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs)
  }
}
