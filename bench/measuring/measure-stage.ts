// The order of measuring: rounds, in each round every server alone, one after the other. The order turns with each
// round, so that what changes on the machine meanwhile does not always meet the same server.
import type { MeasureSetup, Sample } from '../cases/bench-case.ts'
import { startServer } from '../processes/running-server.ts'
import type { Measurement } from '../report/results.ts'
import type { LaunchPlace, ServerEntry, Setting } from '../servers/server-entry.ts'
import { groupByServerStart, roundsWith, type Stage, type StagedCase } from './stage.ts'
import { warmUp } from './warm-up.ts'

export type StageSetup = {
  readonly place: LaunchPlace
  readonly seconds: number
  readonly cores: { readonly server: number; readonly load: number; readonly all: string }
  readonly tell: (progress: string) => void
}

/** What one case on one server gave in one round, for the suite that asked. */
export type StageMeasurement = { readonly suite: string; readonly measurement: Measurement }

export type StageRecord = {
  /** Whether a former run has this already. */
  isDone(suite: string, caseName: string, server: string, round: number): boolean
  add(measurements: readonly StageMeasurement[]): Promise<void>
}

export async function measureStage(stage: Stage, setup: StageSetup, record: StageRecord): Promise<void> {
  for (let round = 0; round < stage.rounds; round++) {
    const entries = stage.servers.filter((one) => roundsWith(one, stage.rounds).includes(round))
    for (const entry of rotate(entries, round)) {
      const cases = stage.cases.filter(({ benchCase }) => benchCase.canRun(entry))
      if (cases.every((one) => record.isDone(one.suite, one.benchCase.name, entry.name, round))) continue
      setup.tell(`round ${round + 1} of ${stage.rounds}: ${entry.name}: ${namesOf(cases)}`)
      for (const together of groupByServerStart(cases))
        await record.add(await measureOnOneServer(entry, stage.setting, together, round, setup))
    }
  }
}

export function rotate<Item>(items: readonly Item[], by: number): Item[] {
  const start = items.length === 0 ? 0 : by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

function namesOf(cases: readonly StagedCase[]): string {
  return cases.map(({ benchCase }) => benchCase.name).join(', ')
}

async function measureOnOneServer(
  entry: ServerEntry,
  setting: Setting,
  cases: readonly StagedCase[],
  round: number,
  setup: StageSetup,
): Promise<StageMeasurement[]> {
  const report = ({ suite, benchCase }: StagedCase, outcome: Measurement['outcome']): StageMeasurement => ({
    suite,
    measurement: { caseName: benchCase.name, server: entry.name, round, outcome },
  })
  const cores = coresOf(setting, setup)
  const server = await startServer(entry, setting, setup.place, cores.serverCores).catch(failureOf)
  if ('failure' in server) return cases.map((one) => report(one, server))
  try {
    const earlier = new Map<string, Sample>()
    const measurements: StageMeasurement[] = []
    for (const one of cases) {
      const at: MeasureSetup = { ...cores, seconds: setup.seconds, earlier }
      await warmUp(one.benchCase, server, at)
      const outcome = await one.benchCase.measure(server, at).then((sample) => ({ sample }), failureOf)
      if ('sample' in outcome) earlier.set(one.benchCase.name, outcome.sample)
      measurements.push(report(one, outcome))
    }
    return measurements
  } finally {
    await server.stop()
  }
}

function failureOf(error: unknown): { readonly failure: string } {
  return { failure: error instanceof Error ? error.message : String(error) }
}

function coresOf({ cores }: Setting, setup: StageSetup): { serverCores: string; loadCores: string } {
  const { server, load, all } = setup.cores
  return cores === 'all'
    ? { serverCores: all, loadCores: all }
    : { serverCores: String(server), loadCores: String(load) }
}
