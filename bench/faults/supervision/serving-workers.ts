// The workers that serve, as those see it who are answered by them.
import type { ClosedClients } from '../clients/closed-clients.ts'
import type { ClosedCounts } from '../clients/closed-load.ts'
import { settles } from '../server/settles.ts'

// Under load every worker answers many times within it.
const LATELY_MS = 250

export interface ServingWorker {
  readonly pid: number
  /** Since its first answer. */
  readonly ageMs: number
}

/** Resolves with the workers that serve, as soon as there are `count` of them; not with those that were `killed` just now. */
export async function servingWorkers(
  clients: ClosedClients,
  count: number,
  deadlineMs: number,
  killed: ReadonlySet<number> = new Set(),
): Promise<readonly ServingWorker[]> {
  let serving: readonly ServingWorker[] = []
  const areEnough = async (): Promise<boolean> => {
    serving = workersLately(await clients.tell()).filter(({ pid }) => !killed.has(pid))
    return serving.length >= count
  }
  if (await settles(areEnough, deadlineMs)) return serving
  throw new Error(`after ${deadlineMs} ms only ${serving.length} of ${count} workers answer`)
}

function workersLately({ workers }: ClosedCounts): readonly ServingWorker[] {
  const nowMs = Date.now()
  return Object.entries(workers)
    .filter(([, { lastMs }]) => nowMs - lastMs < LATELY_MS)
    .map(([pid, { firstMs }]) => ({ pid: Number(pid), ageMs: nowMs - firstMs }))
}
