// What the supervisor has to know of the configuration, in a process of its own: a configuration file is code.

import { readHere } from '../server/supervisor/read-settings.ts'
import { endWithSupervisor, tellFailure, toldFully } from './supervised.ts'

/** Tells the supervisor, and resolves to the exit status. */
export async function settingsCommand(argv: readonly string[]): Promise<number> {
  endWithSupervisor()
  try {
    await toldFully(await readHere(argv))
    return 0
  } catch (error) {
    return await tellFailure(error)
  }
}
