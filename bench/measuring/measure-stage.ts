// The order of measuring: rounds, in each round every server alone, one after the other. The order turns with each
// round, so that what changes on the machine meanwhile does not always meet the same server.
import type { MeasureSetup, Sample } from '../cases/bench-case.ts'
import { runWrk } from '../load/wrk.ts'
import { readCpuTime } from '../processes/cpu-time.ts'
import { startServer, type RunningServer } from '../processes/running-server.ts'
import type { Measurement } from '../report/results.ts'
import type { LaunchPlace, ServerEntry, Setting } from '../servers/server-entry.ts'
import { groupByServerStart, needsWarmUp, WARM_UP_SECONDS, type Stage, type StagedCase } from './stage.ts'

const WARM_UP_CONNECTIONS = 64
const WARM_UP_CPU_US = 700_000
const MOST_WARM_UPS = 4

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
    for (const entry of rotate(stage.servers, round)) {
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
    if (needsWarmUp(cases)) await warmUp(server, setting, cores.loadCores)
    const earlier = new Map<string, Sample>()
    const measurements: StageMeasurement[] = []
    for (const one of cases) {
      const at: MeasureSetup = { ...cores, seconds: setup.seconds, earlier }
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

/**
 * Until the server has used so much CPU time that its code is compiled and its caches are filled, which takes longer where
 * it has to share its core. What cannot be done shows in the measurement, which is what reports it.
 */
async function warmUp(server: RunningServer, { application }: Setting, cores: string): Promise<void> {
  const url = server.url + (server.entry.readyPath ?? application.readyPath)
  const load = { url, connections: WARM_UP_CONNECTIONS, seconds: WARM_UP_SECONDS }
  const beforeUs = readCpuTime(server.roots).cpuUs
  for (let run = 0; run < MOST_WARM_UPS; run++) {
    await runWrk(load, cores).catch(() => undefined)
    if (readCpuTime(server.roots).cpuUs - beforeUs > WARM_UP_CPU_US) return
  }
}
