// Whether something else ran on the servers' core while they were measured: what such a run is worth.
import type { SuiteResults } from './results.ts'

/** Beyond this the core was not the server's own, and the latencies say little. */
export const TOLERATED_OTHERS_SHARE = 0.05
const TOLERATED_SAMPLES = 0.1

/** What a reader must know before any figure; `undefined` where the machine was quiet. */
export function disturbanceWarning(allResults: readonly SuiteResults[]): string | undefined {
  const samples = allResults.flatMap(({ measurements }) =>
    measurements.flatMap(({ outcome }) => ('sample' in outcome ? [outcome.sample] : [])),
  )
  const shares = samples.flatMap((sample) => sample['othersShare'] ?? [])
  const disturbed = shares.filter((share) => share > TOLERATED_OTHERS_SHARE).length / shares.length
  if (!(disturbed > TOLERATED_SAMPLES)) return undefined
  return `**This run was disturbed.** In ${Math.round(disturbed * 100)} % of the measurements something else used more than ${TOLERATED_OTHERS_SHARE * 100} % of the servers' core: requests/s and latencies say little, and what is compiled while it runs (Gantry) looks worse than it is.`
}
