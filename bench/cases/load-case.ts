// Cases that put a steady load on a server: requests a second, latencies, and what each request costs in CPU time.
import { setTimeout as sleep } from 'node:timers/promises'

import { runWrk, type WrkLoad } from '../load/wrk.ts'
import { totalErrors } from '../load/wrk-output.ts'
import { readCoreBusyUs } from '../processes/core-time.ts'
import { countEnded, readCpuTime } from '../processes/cpu-time.ts'
import { sumPssBytes } from '../processes/memory.ts'
import type { RunningServer } from '../processes/running-server.ts'
import type { BenchCase, MeasureSetup, Metric, Sample } from './bench-case.ts'

const WARM_UP_SECONDS = 1
const SETTLE_MS = 100

export type LoadCaseSpec = {
  readonly name: string
  readonly title: string
  readonly path: string
  readonly connections: number
  readonly script?: string
  /** Sent once before the load, to see that the server answers what the case is about. */
  readonly check: { readonly method: 'GET' | 'POST'; readonly bodyBytes: number }
  /** The latency is what the case is about. */
  readonly isAboutLatency?: boolean
  /** What the front costs, without its workers, is of interest. */
  readonly tellsFront?: boolean
}

export function loadCase(spec: LoadCaseSpec): BenchCase {
  return {
    name: spec.name,
    title: spec.title,
    metrics: loadMetrics(spec.isAboutLatency ?? false, spec.tellsFront ?? false),
    needsFreshServer: false,
    canRun: () => true,
    measure: async (server, setup) => {
      await checkAnswer(server, spec)
      const load = { url: server.url + spec.path, connections: spec.connections, ...script(spec) }
      await runWrk({ ...load, seconds: WARM_UP_SECONDS }, setup.loadCore)
      await sleep(SETTLE_MS)
      return await measureLoad(server, { ...load, seconds: setup.seconds }, setup)
    },
  }
}

function script({ script }: LoadCaseSpec): { script?: string } {
  return script === undefined ? {} : { script }
}

function loadMetrics(isAboutLatency: boolean, tellsFront: boolean): Metric[] {
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
    { name: 'cpuUsPerRequest', title: 'CPU µs/req', unit: 'microseconds', hasSpread: true, hasRatio: true },
    ...(tellsFront ? [front] : []),
    { name: 'pssBytes', title: 'PSS', unit: 'bytes' },
    { name: 'errors', title: 'errors', unit: 'count' },
  ]
}

async function checkAnswer({ url }: RunningServer, { path, check }: LoadCaseSpec): Promise<void> {
  const { method, bodyBytes } = check
  const body = method === 'POST' ? { body: 'x'.repeat(bodyBytes) } : {}
  const answer = await fetch(url + path, { method, headers: { connection: 'close' }, ...body })
  const received = (await answer.arrayBuffer()).byteLength
  if (answer.status !== 200 || received !== bodyBytes) {
    throw new Error(`${method} ${path} was answered with ${answer.status} and ${received} bytes`)
  }
}

async function measureLoad(server: RunningServer, load: WrkLoad, setup: MeasureSetup): Promise<Sample> {
  const before = {
    coreUs: readCoreBusyUs(setup.serverCore),
    cpu: readCpuTime(server.roots, server.entry.frontProgram),
    now: performance.now(),
  }
  const result = await runWrk(load, setup.loadCore)
  const after = {
    coreUs: readCoreBusyUs(setup.serverCore),
    cpu: readCpuTime(server.roots, server.entry.frontProgram),
    now: performance.now(),
  }
  const cpuUs = after.cpu.cpuUs - before.cpu.cpuUs
  const wallUs = (after.now - before.now) * 1_000
  return {
    requests: result.requests,
    requestsPerSecond: result.requestsPerSecond,
    p50Us: result.latencyUs.get(50) ?? Number.NaN,
    p99Us: result.latencyUs.get(99) ?? Number.NaN,
    cpuUsPerRequest: cpuUs / result.requests,
    frontUsPerRequest: (after.cpu.frontUs - before.cpu.frontUs) / result.requests,
    cpuShare: cpuUs / wallUs,
    othersShare: Math.max(0, after.coreUs - before.coreUs - cpuUs) / wallUs,
    pssBytes: sumPssBytes(server.pids()),
    errors: totalErrors(result.errors),
    errorsConnect: result.errors.connect,
    errorsRead: result.errors.read,
    errorsWrite: result.errors.write,
    errorsTimeout: result.errors.timeout,
    errorsStatus: result.errors.status,
    processesEnded: countEnded(before.cpu, after.cpu),
  }
}
