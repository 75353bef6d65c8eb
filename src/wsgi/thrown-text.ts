// What was thrown, as text for a log. It may be anything at all, and must not take down whoever tells of it.

import { nameOfType } from './checked-head.ts'

/** An error's stack; of anything else what `shown` makes of it. */
export function thrownText(thrown: unknown, shown: (value: unknown) => string = String): string {
  try {
    if (!(thrown instanceof Error)) return shown(thrown)
    // Where somebody has set Error.prepareStackTrace it may be anything but text.
    const stack: unknown = thrown.stack
    return typeof stack === 'string' ? stack : String(thrown)
  } catch {
    return nameOfType(thrown)
  }
}
