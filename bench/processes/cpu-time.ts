// CPU time of a whole process tree. A living process counts with its own time; one that has ended counts with its
// parent's "ended children", so the sum over the tree never counts anything twice and loses only orphans.
import { execFileSync } from 'node:child_process'

import type { ProcessStat } from './process-stat.ts'
import { readProcessTree } from './process-tree.ts'

export type CpuReading = {
  readonly cpuUs: number
  /** Of the processes that were started themselves: a front, without its workers. */
  readonly rootsUs: number
  /** Names the processes that were alive: a change between two readings tells of workers that came or went. */
  readonly alive: readonly string[]
}

export function readCpuTime(roots: readonly number[]): CpuReading {
  const tree = readProcessTree(roots)
  return {
    cpuUs: totalTicks(tree) * tickUs(),
    rootsUs: ownTicksOf(tree, roots) * tickUs(),
    alive: tree.map(({ pid, startedAtTicks }) => `${pid}@${startedAtTicks}`),
  }
}

export function totalTicks(tree: readonly ProcessStat[]): number {
  return tree.reduce((sum, { ownTicks, endedChildrenTicks }) => sum + ownTicks + endedChildrenTicks, 0)
}

export function ownTicksOf(tree: readonly ProcessStat[], pids: readonly number[]): number {
  return tree.reduce((sum, { pid, ownTicks }) => (pids.includes(pid) ? sum + ownTicks : sum), 0)
}

/** How many processes of the first reading had ended by the second. */
export function countEnded(before: CpuReading, after: CpuReading): number {
  const alive = new Set(after.alive)
  return before.alive.filter((process) => !alive.has(process)).length
}

let knownTickUs: number | undefined

/** Microseconds in one clock tick of /proc: 10,000 on practically every Linux. */
export function tickUs(): number {
  knownTickUs ??= 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return knownTickUs
}
