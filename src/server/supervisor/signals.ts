// What signals mean to a server: all of them are here, and in docs/guide/operation.md.

import type { Supervisor } from './supervisor.ts'

type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGQUIT'

/** What the command ends with when a signal ends it at once. */
const STATUSES = { SIGTERM: 143, SIGINT: 130, SIGQUIT: 131 } as const
// npm passes on a Ctrl-C that the terminal has sent to the whole group already: that is one wish to stop, not two.
const SAME_WISH_MS = 500

/** How the command is to end. */
export interface SignalEffects {
  /** The first signal to stop, after the start: finishes what was accepted. */
  stops(name: string): void
  /** At once, with this status: the second signal does not wait, and before the start is complete nothing was accepted. */
  endsNow(status: number): void
}

/** From now on signals count. Call `serving` of what is returned when the start is complete. */
export function obeySignals(supervisor: Supervisor, effects: SignalEffects): { serving(): void } {
  let isServing = false
  let first: { readonly signal: StopSignal; readonly atMs: number } | undefined

  const stop = (signal: StopSignal): void => {
    const nowMs = performance.now()
    if (first?.signal === signal && nowMs - first.atMs < SAME_WISH_MS) return
    if (!isServing || first !== undefined) {
      effects.endsNow(STATUSES[signal])
      return
    }
    first = { signal, atMs: nowMs }
    effects.stops(signal)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', () => void supervisor.reload('SIGHUP'))
  // Unheard, this signal of log rotation would make Node open its debugger to everybody on the machine.
  process.on('SIGUSR1', () => supervisor.reopenLogs())
  return { serving: () => (isServing = true) }
}
