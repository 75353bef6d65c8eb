// How many workers there are to be. Of a range (`--workers 2:8`) the load decides: requests that wait call for one more, threads that
// nobody needed for one fewer. Decides only; whoever asks does what it says and brings the time.

import { MOST_WORKERS } from '../config/worker-range.ts'
import type { WorkerRange } from '../config/worker-range.ts'

// The workers that are there do away with the queue if the wait falls by a tenth in each --grow-after.
const SHORTER = 0.9

export interface CountSettings {
  readonly workers: WorkerRange
  /** Of each worker. */
  readonly threads: number
  readonly growAfterMs: number
  readonly shrinkAfterMs: number
}

/** What the workers had to do since the last look. */
export interface PoolLoad {
  /** On the clock of `performance.now()`. */
  readonly nowMs: number
  /** How long the oldest request of the queue has waited by now; 0 when it is empty. */
  readonly oldestWaitMs: number
  /** The most at work at once. */
  readonly busyThreads: number
}

/** One worker more or fewer, and why. */
export type CountChange =
  | { readonly to: number; readonly by: 1; readonly oldestWaitMs: number }
  | { readonly to: number; readonly by: -1; readonly busyThreads: number; readonly forMs: number }

export class WorkerCount {
  readonly #settings: CountSettings
  readonly #isRange: boolean
  #fewest: number
  #most: number
  #wanted: number
  /** The most threads at work at once since `#peakSinceMs`. */
  #peak = 0
  #peakSinceMs: number | undefined
  /** How long the oldest request had waited when that was last looked at to see whether it becomes shorter. */
  #watchedWaitMs = 0
  #watchedAtMs = Number.NEGATIVE_INFINITY

  constructor(settings: CountSettings) {
    const { min, max } = settings.workers
    this.#settings = settings
    this.#isRange = min < max
    this.#fewest = this.#wanted = min
    this.#most = max
  }

  get fewest(): number {
    return this.#fewest
  }

  get most(): number {
    return this.#most
  }

  /** How many there should be now. */
  get wanted(): number {
    return this.#wanted
  }

  /** Moves the fewest, as a person asks for it. At least one worker stays; the most make room, and without a range they are the same. */
  resize(by: number): void {
    const stoodAtFewest = this.#wanted === this.#fewest
    this.#fewest = Math.min(MOST_WORKERS, Math.max(1, this.#fewest + by))
    this.#most = this.#isRange ? Math.max(this.#most, this.#fewest) : this.#fewest
    this.#wanted = stoodAtFewest ? this.#fewest : Math.max(this.#wanted, this.#fewest)
    this.#forgetPeak()
  }

  /** `isSettled`: as many workers serve as are wanted. While one boots, what it will do for those who wait is not known. */
  look(load: PoolLoad, isSettled: boolean): CountChange | undefined {
    if (!this.#isRange) return undefined
    if (!isSettled) {
      this.#watchWait(load)
      this.#forgetPeak()
      return undefined
    }
    return this.#grow(load) ?? this.#shrink(load)
  }

  #grow(load: PoolLoad): CountChange | undefined {
    const { nowMs, oldestWaitMs } = load
    const { growAfterMs } = this.#settings
    if (oldestWaitMs < growAfterMs) return undefined
    this.#forgetPeak()
    if (this.#wanted >= this.#most || nowMs - this.#watchedAtMs < growAfterMs) return undefined
    // Who came before the last worker was there has waited long already: what counts is whether the wait becomes shorter now.
    const becomesShorter = oldestWaitMs < this.#watchedWaitMs * SHORTER
    this.#watchWait(load)
    if (becomesShorter) return undefined
    this.#wanted++
    return { to: this.#wanted, by: 1, oldestWaitMs }
  }

  #watchWait({ nowMs, oldestWaitMs }: PoolLoad): void {
    this.#watchedAtMs = nowMs
    this.#watchedWaitMs = oldestWaitMs
  }

  #shrink({ nowMs, busyThreads }: PoolLoad): CountChange | undefined {
    const { threads, shrinkAfterMs } = this.#settings
    this.#peakSinceMs ??= nowMs
    this.#peak = Math.max(this.#peak, busyThreads)
    if (this.#peak > (this.#wanted - 1) * threads) {
      this.#forgetPeak()
      return undefined
    }
    const forMs = nowMs - this.#peakSinceMs
    if (this.#wanted <= this.#fewest || forMs < shrinkAfterMs) return undefined
    const peak = this.#peak
    this.#wanted--
    this.#forgetPeak()
    return { to: this.#wanted, by: -1, busyThreads: peak, forMs }
  }

  #forgetPeak(): void {
    this.#peak = 0
    this.#peakSinceMs = undefined
  }
}
