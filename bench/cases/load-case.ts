// Cases that ask as fast as a number of connections can (a closed loop): requests a second, latencies, and what each
// request costs in CPU time.
import { runWrk, type WrkLoad } from '../load/wrk.ts'
import { totalErrors } from '../load/wrk-output.ts'
import { ask } from '../processes/ask.ts'
import type { RunningServer } from '../processes/running-server.ts'
import type { BenchCase, Metric, Sample } from './bench-case.ts'
import { COST_METRICS, measureCost } from './steady-load.ts'

const CHECK_SECONDS = 0.2

export type LoadCaseSpec = {
  readonly name: string
  readonly title: string
  readonly path: string
  readonly connections: number
  /** POST this many bytes; without it a plain GET. */
  readonly postBytes?: number
  /** How long the answer must be: asked once before the load. Without it, any length above 0. */
  readonly answerBytes?: number
  /** Takes this many times as long as others, as less happens in a second. */
  readonly longerBy?: number
  /** The latency is what the case is about. */
  readonly isAboutLatency?: boolean
  /** What the front costs, without its workers, is of interest. */
  readonly tellsFront?: boolean
  /** What its chart shows, if not CPU time. */
  readonly chartMetric?: string
}

export function loadCase(spec: LoadCaseSpec): BenchCase {
  const { name, title, path, connections, postBytes, longerBy = 1 } = spec
  return {
    name,
    title,
    metrics: loadMetrics(spec),
    chartMetric: spec.chartMetric ?? 'cpuUsPerRequest',
    needsFreshServer: false,
    canRun: () => true,
    estimateSeconds: (seconds) => seconds * longerBy + CHECK_SECONDS,
    measure: async (server, setup) => {
      await checkAnswer(server, spec)
      const load: WrkLoad = {
        url: server.url + path,
        connections,
        seconds: setup.seconds * longerBy,
        ...(postBytes === undefined ? {} : { postBytes }),
      }
      return await measureCost(server, setup, () => wrkSample(load, setup.loadCores))
    },
  }
}

function loadMetrics({ isAboutLatency = false, tellsFront = false }: LoadCaseSpec): Metric[] {
  const front: Metric = {
    name: 'frontUsPerRequest',
    title: 'front µs/req',
    unit: 'microseconds',
    hasSpread: true,
  }
  return [
    { name: 'requestsPerSecond', title: 'req/s', unit: 'per-second', hasSpread: true, hasRatio: true },
    { name: 'p50Us', title: 'p50', unit: 'time', hasSpread: isAboutLatency, hasRatio: isAboutLatency },
    { name: 'p99Us', title: 'p99', unit: 'time' },
    { name: 'p999Us', title: 'p99.9', unit: 'time' },
    ...(tellsFront ? [front] : []),
    ...COST_METRICS,
  ]
}

async function checkAnswer({ url }: RunningServer, spec: LoadCaseSpec): Promise<void> {
  const { path, postBytes, answerBytes } = spec
  const { status, bytes } = await ask(url + path, postBytes === undefined ? {} : { postBytes })
  if (status !== 200 || bytes === 0 || (answerBytes !== undefined && bytes !== answerBytes))
    throw new Error(`${path} was answered with ${status} and ${bytes} bytes`)
}

async function wrkSample(load: WrkLoad, cores: string): Promise<Sample & { requests: number }> {
  const { requests, requestsPerSecond, latencyUs, errors } = await runWrk(load, cores)
  return {
    requests,
    requestsPerSecond,
    p50Us: latencyUs.get(50) ?? Number.NaN,
    p99Us: latencyUs.get(99) ?? Number.NaN,
    p999Us: latencyUs.get(99.9) ?? Number.NaN,
    errors: totalErrors(errors),
    errorsConnect: errors.connect,
    errorsRead: errors.read,
    errorsWrite: errors.write,
    errorsTimeout: errors.timeout,
    errorsStatus: errors.status,
  }
}
