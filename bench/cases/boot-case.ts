// How long a server takes from its start to its first answer, and what that costs.
import type { BenchCase } from './bench-case.ts'
import { readCpuTime } from '../processes/cpu-time.ts'
import { sumPssBytes } from '../processes/memory.ts'

export function bootCase(name: string, title: string): BenchCase {
  return {
    name,
    title,
    metrics: [
      { name: 'bootUs', title: 'first answer after', unit: 'time', hasSpread: true, hasRatio: true },
      { name: 'cpuUs', title: 'CPU time until then', unit: 'time', hasSpread: true, hasRatio: true },
      { name: 'pssBytes', title: 'PSS', unit: 'bytes', hasRatio: true },
    ],
    chartMetric: 'bootUs',
    needsFreshServer: true,
    canRun: () => true,
    estimateSeconds: () => 0,
    measure: (server) =>
      Promise.resolve({
        bootUs: server.bootUs,
        cpuUs: readCpuTime(server.roots).cpuUs,
        pssBytes: sumPssBytes(server.pids()),
      }),
  }
}
