// What a steady load costs a server: CPU time and memory of all its processes, whoever makes the load.
import { parseCoreList, readCoreBusyUs } from '../processes/core-time.ts'
import { countEnded, readCpuTime, type CpuReading } from '../processes/cpu-time.ts'
import { sumPssBytes } from '../processes/memory.ts'
import type { RunningServer } from '../processes/running-server.ts'
import type { MeasureSetup, Metric, Sample } from './bench-case.ts'

export const COST_METRICS: readonly Metric[] = [
  { name: 'cpuUsPerRequest', title: 'CPU µs/req', unit: 'microseconds', hasSpread: true, hasRatio: true },
  { name: 'pssBytes', title: 'PSS', unit: 'bytes' },
  { name: 'errors', title: 'errors', unit: 'count' },
]

type Reading = { readonly coresUs: number; readonly cpu: CpuReading; readonly atMs: number }

/** Runs a load and adds what it cost to what the load's own tool says of it. */
export async function measureCost(
  server: RunningServer,
  { serverCores, loadCores }: MeasureSetup,
  runLoad: () => Promise<Sample & { readonly requests: number }>,
): Promise<Sample> {
  const before = read(server, serverCores)
  const load = await runLoad()
  const after = read(server, serverCores)
  const cpuUs = after.cpu.cpuUs - before.cpu.cpuUs
  const wallUs = (after.atMs - before.atMs) * 1_000
  const othersUs = Math.max(0, after.coresUs - before.coresUs - cpuUs)
  return {
    ...load,
    cpuUsPerRequest: cpuUs / load.requests,
    frontUsPerRequest: (after.cpu.frontUs - before.cpu.frontUs) / load.requests,
    cpuShare: cpuUs / wallUs,
    // Where the load generator runs on the same cores, it is among the others.
    ...(serverCores === loadCores ? {} : { othersShare: othersUs / wallUs }),
    pssBytes: sumPssBytes(server.pids()),
    processesEnded: countEnded(before.cpu, after.cpu),
  }
}

function read(server: RunningServer, cores: string): Reading {
  return {
    coresUs: parseCoreList(cores).reduce((sum, core) => sum + readCoreBusyUs(core), 0),
    cpu: readCpuTime(server.roots, server.entry.frontProgram),
    atMs: performance.now(),
  }
}
