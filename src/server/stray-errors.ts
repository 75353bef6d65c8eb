// Errors of a TypeScript application that belong to no request: a promise that nobody awaits, a throw in a timer.

import type { Log } from '../observe/log.ts'
import { textOfThrown } from '../observe/thrown.ts'

/**
 * Logs them, and the process goes on, as a Python process does when one of its threads ends with an exception: other requests have
 * nothing to do with it (W49). For processes that are ours; a program that serves from code decides by itself.
 */
export function outliveStrayErrors(log: Log): void {
  process.on('unhandledRejection', (reason) => {
    log.error(
      'a promise of the application was rejected, and nothing handled it; the server goes on',
      textOfThrown(reason),
    )
  })
  process.on('uncaughtException', (error) => {
    log.error('the application threw outside of any request; the server goes on', textOfThrown(error))
  })
}
