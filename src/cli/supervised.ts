// What every process does that the supervisor has started: it ends with it, and tells it what went wrong.

import { GantryError } from '../errors.ts'
import { failureOf } from '../server/supervisor/start-failure.ts'

/** Call it first. Until the channel to the supervisor is held again by `process.channel.ref()`, it keeps nothing waiting. */
export function endWithSupervisor(): void {
  process.once('disconnect', () => process.exit(1))
  process.channel?.unref()
  // Nothing is left that could ever come to an end: an import waits for what never comes.
  process.once('beforeExit', () => {
    const error = new GantryError('GANTRY_IMPORT_UNSETTLED', {})
    void tellFailure(error).then((status) => process.exit(status))
  })
}

/** Resolves with the exit status when the supervisor has been told. */
export async function tellFailure(error: unknown): Promise<number> {
  const { text, exitStatus } = failureOf(error)
  await toldFully({ type: 'failed', text, exitStatus })
  return exitStatus
}

/** Resolves when the supervisor has the message: nothing may end this process before. */
export function toldFully(message: object): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve())
    else resolve()
  })
}
