// What signals mean to a server: all of them are here, and in docs/guide/operating.md.

import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { Supervisor } from './supervisor.ts'

export type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP'

/** What the command ends with when a signal ends it at once. */
const STATUSES = { SIGTERM: 143, SIGINT: 130, SIGQUIT: 131, SIGHUP: 129 } as const
// npm passes on a Ctrl-C that the terminal has sent to the whole group already: that is one wish to stop, not two.
const SAME_WISH_MS = 500

/** What signals lead to. */
export interface SignalEffects {
  /** The first signal to stop, after the start: finishes what was accepted. */
  stops(signal: StopSignal): void
  /** At once, with this status: the second signal does not wait, and before the start is complete nothing was accepted. */
  endsNow(status: number): void
}

/** From now on signals count. Call `serving` of what is returned when the start is complete. */
export function obeySignals(supervisor: Supervisor, effects: SignalEffects): { serving(): void } {
  const hadTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor))
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
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) process.on(signal, stop)
  process.on('SIGHUP', () => {
    if (hadTerminal && !hasTerminal()) stop('SIGHUP')
    else void supervisor.reload('SIGHUP')
  })
  // Unheard, this signal of log rotation would make Node open its debugger to everybody on the machine.
  process.on('SIGUSR1', () => supervisor.reopenLogs())
  process.on('SIGTTIN', () => void supervisor.resizeFor('SIGTTIN', 1))
  process.on('SIGTTOU', () => void supervisor.resizeFor('SIGTTOU', -1))
  return { serving: () => (isServing = true) }
}

/** A terminal that was closed sends SIGHUP, too: whoever sat there is not asking for a reload. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
