// Where and how a run was made, in a few lines.
import { formatFigure } from './figures.ts'
import type { SuiteResults } from './results.ts'

export function describeRounds({ rounds, seconds }: SuiteResults): string {
  return `${rounds === 1 ? 'one round' : `${rounds} interleaved rounds`} of ${seconds} s`
}

export function describeMachine({ machine, date }: SuiteResults): string[] {
  return [
    `${machine.cpuModel}, ${machine.cores} cores, ${formatFigure(machine.memoryBytes, 'bytes')} of memory`,
    `${machine.system}, Linux ${machine.kernel}, Node ${machine.node}, ${machine.python}, ${machine.wrk}`,
    `servers pinned to core ${machine.serverCore}, load generator to core ${machine.loadCore}; ${date}`,
  ]
}
