// The files of the logs, for --user: who goes on as somebody else must still be able to write them.

import { closeSync, openSync } from 'node:fs'
import type { LogTarget } from '../../config/log-target.ts'

const MODE = 0o640

/** Makes those that are not there yet. Whoever opens one that cannot be made says so. */
export function logFiles(...targets: readonly (LogTarget | undefined)[]): readonly string[] {
  return targets.flatMap((target) => {
    if (target?.kind !== 'file') return []
    try {
      closeSync(openSync(target.path, 'a', MODE))
      return [target.path]
    } catch {
      return []
    }
  })
}
