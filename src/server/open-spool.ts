import type { Settings } from '../config/resolve.ts'
import { GantryError } from '../errors.ts'
import { MemoryBudget } from '../spool/memory-budget.ts'
import { SpoolDirectory } from '../spool/spool.ts'

/** The spool that the settings name. Throws a GantryError when nothing can be kept there. */
export function openSpool({ spoolDir: directory, spoolBytes, bodyMemoryBytes }: Settings): SpoolDirectory {
  try {
    return new SpoolDirectory(directory, spoolBytes, undefined, new MemoryBudget(bodyMemoryBytes))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new GantryError('GANTRY_SPOOL_FAILED', { directory, reason }, { cause: error })
  }
}
