// What an action leaves in the server's log, apart from what was there before.

import type { GantryProcess } from '../harness/gantry-process.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 10_000

/** Runs `action`, and waits until what the log holds since then matches. */
export async function logsAfter(
  gantry: GantryProcess,
  pattern: RegExp,
  action: () => Promise<void>,
): Promise<void> {
  const before = gantry.stderr.length
  const since = (): string => gantry.stderr.slice(before)
  await action()
  await until(
    () => pattern.test(since()),
    DEADLINE_MS,
    () => `no ${String(pattern)} in the log:\n${since()}`,
  )
}
