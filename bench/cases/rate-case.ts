// Cases that ask at a fixed share of what the server can do: the latency that clients see who do not wait for one another.
import { runOpenLoop } from '../load/open-loop.ts'
import { runWrk } from '../load/wrk.ts'
import type { RunningServer } from '../processes/running-server.ts'
import { OPEN_LOOP_CLIENT } from '../setup/open-loop-client.ts'
import type { BenchCase, MeasureSetup, Metric, Sample } from './bench-case.ts'
import { COST_METRICS, measureCost } from './steady-load.ts'

const CONNECTIONS = 64
/** Twice as long as others: a percentile wants many requests, and at half the speed there are fewer. */
const LONGER_BY = 2
const PATH = '/1k'
/** The case that has measured the capacity just before, on the same running server. */
const CAPACITY_CASE = 'hello-1k'

const METRICS: readonly Metric[] = [
  { name: 'ratePerSecond', title: 'req/s asked', unit: 'per-second' },
  { name: 'p50Us', title: 'p50', unit: 'time' },
  { name: 'p99Us', title: 'p99', unit: 'time', hasSpread: true, hasRatio: true },
  { name: 'p999Us', title: 'p99.9', unit: 'time' },
  { name: 'uncorrectedP99Us', title: 'p99 from sending', unit: 'time' },
  { name: 'clientLateP99Us', title: 'client late p99', unit: 'time' },
  ...COST_METRICS,
]

export function rateCase(name: string, share: number): BenchCase {
  return {
    name,
    title: `GET, 1 KB answer, at ${share * 100} % of what the server can do, 64 connections`,
    metrics: METRICS,
    chartMetric: 'p99Us',
    needsFreshServer: false,
    canRun: () => true,
    estimateSeconds: (seconds) => seconds * LONGER_BY + 0.1,
    measure: async (server, setup) => {
      const ratePerSecond = share * (await findCapacity(server, setup))
      return await measureCost(server, setup, () => sampleAt(ratePerSecond, server, setup))
    },
  }
}

async function findCapacity({ url }: RunningServer, { earlier, loadCores }: MeasureSetup): Promise<number> {
  const known = earlier.get(CAPACITY_CASE)?.['requestsPerSecond']
  if (known !== undefined) return known
  const measured = await runWrk({ url: url + PATH, connections: CONNECTIONS, seconds: 1 }, loadCores)
  return measured.requestsPerSecond
}

async function sampleAt(
  ratePerSecond: number,
  { port }: RunningServer,
  { seconds: usualSeconds, loadCores }: MeasureSetup,
): Promise<Sample & { requests: number }> {
  const seconds = usualSeconds * LONGER_BY
  const load = {
    program: OPEN_LOOP_CLIENT,
    port,
    path: PATH,
    connections: CONNECTIONS,
    ratePerSecond,
    seconds,
  }
  const result = await runOpenLoop(load, loadCores)
  return {
    requests: result.answered,
    ratePerSecond,
    p50Us: result.latencyUs.p50,
    p99Us: result.latencyUs.p99,
    p999Us: result.latencyUs.p999,
    maxUs: result.latencyUs.max,
    uncorrectedP99Us: result.serviceUs.p99,
    clientLateP99Us: result.lateUs.p99,
    errors: result.failed + result.unanswered + result.badStatus,
  }
}
