// The order of measuring: rounds, in each round every server alone, one after the other. The order turns with each
// round, so that what changes on the machine meanwhile does not always meet the same server.
import type { BenchCase, MeasureSetup } from './cases/bench-case.ts'
import { startServer } from './processes/running-server.ts'
import type { Measurement } from './report/results.ts'
import type { LaunchPlace, ServerEntry } from './servers/server-entry.ts'

export type RoundsSetup = MeasureSetup & {
  readonly rounds: number
  readonly place: LaunchPlace
  readonly tell: (progress: string) => void
}

export async function measureRounds(
  entries: readonly ServerEntry[],
  cases: readonly BenchCase[],
  setup: RoundsSetup,
): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (let round = 0; round < setup.rounds; round++) {
    for (const entry of rotate(entries, round)) {
      setup.tell(`round ${round + 1} of ${setup.rounds}: ${entry.name}`)
      for (const together of groupByServerStart(cases.filter((one) => one.canRun(entry)))) {
        measurements.push(...(await measureOnOneServer(entry, together, setup)))
      }
    }
  }
  return measurements
}

export function rotate<Item>(items: readonly Item[], by: number): Item[] {
  const start = items.length === 0 ? 0 : by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

/** Cases that may follow one another on the same server, and each of the others alone. */
function groupByServerStart(cases: readonly BenchCase[]): BenchCase[][] {
  const sharing = cases.filter(({ needsFreshServer }) => !needsFreshServer)
  const alone = cases.filter(({ needsFreshServer }) => needsFreshServer).map((one) => [one])
  return sharing.length === 0 ? alone : [sharing, ...alone]
}

async function measureOnOneServer(
  entry: ServerEntry,
  cases: readonly BenchCase[],
  setup: RoundsSetup,
): Promise<Measurement[]> {
  const fail = (caseName: string, error: unknown): Measurement => {
    const failure = error instanceof Error ? error.message : String(error)
    return { caseName, server: entry.name, outcome: { failure } }
  }
  try {
    const server = await startServer(entry, setup.place, setup.serverCore)
    try {
      const measurements: Measurement[] = []
      for (const { name, measure } of cases) {
        const measured = measure(server, setup).then(
          (sample): Measurement => ({ caseName: name, server: entry.name, outcome: { sample } }),
          (error: unknown) => fail(name, error),
        )
        measurements.push(await measured)
      }
      return measurements
    } finally {
      await server.stop()
    }
  } catch (error) {
    return cases.map(({ name }) => fail(name, error))
  }
}
