// Time as a parameter, for what tells or writes with a delay: tests hand in a clock of their own.

export interface Clock {
  /** Monotonic. */
  nowMs(): number
  /** Calls `act` once, after `afterMs`. Only where `holdsProcess` is true does the process live on for it. */
  startTimer(afterMs: number, act: () => void, holdsProcess?: boolean): Timer
}

export interface Timer {
  stop(): void
}

export const SYSTEM_CLOCK: Clock = {
  nowMs: () => performance.now(),
  startTimer(afterMs, act, holdsProcess = false) {
    const timeout = setTimeout(act, afterMs)
    if (!holdsProcess) timeout.unref()
    return { stop: () => clearTimeout(timeout) }
  },
}
