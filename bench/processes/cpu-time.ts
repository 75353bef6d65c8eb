// CPU time of a whole process tree. A living process counts with its own time; one that has ended counts with its
// parent's "ended children", so the sum over the tree never counts anything twice and loses only orphans.
import { execFileSync } from 'node:child_process'

import { readExecutable } from './memory.ts'
import { readThreadsNs, type ProcessStat } from './process-stat.ts'
import { readProcessTree } from './process-tree.ts'

export type CpuReading = {
  readonly cpuUs: number
  /** Of the processes that run the front's program: they hold the connections, without the workers. */
  readonly frontUs: number
  /** Names the processes that were alive: a change between two readings tells of workers that came or went. */
  readonly alive: readonly string[]
}

/** Without a program the processes that were started themselves are the front. */
export function readCpuTime(roots: readonly number[], frontProgram?: RegExp): CpuReading {
  const tree = readProcessTree(roots)
  const fronts =
    frontProgram === undefined
      ? roots
      : tree.map(({ pid }) => pid).filter((pid) => frontProgram.test(readExecutable(pid)))
  const ownUs = new Map(tree.map((stat) => [stat.pid, ownTimeUs(stat.ownTicks * tickUs(), stat.pid)]))
  return {
    cpuUs: totalUs(tree, ownUs),
    frontUs: fronts.reduce((sum, pid) => sum + (ownUs.get(pid) ?? 0), 0),
    alive: tree.map(({ pid, startedAtTicks }) => `${pid}@${startedAtTicks}`),
  }
}

/**
 * Ticks are steps of 10 ms, rounded down, and hold the time of threads that have ended; the threads' own count is exact and
 * does not. So the larger of the two is the nearer.
 */
function ownTimeUs(ticksUs: number, pid: number): number {
  return Math.max(ticksUs, readThreadsNs(pid) / 1_000)
}

export function totalUs(tree: readonly ProcessStat[], ownUs: ReadonlyMap<number, number>): number {
  return tree.reduce(
    (sum, { pid, endedChildrenTicks }) => sum + (ownUs.get(pid) ?? 0) + endedChildrenTicks * tickUs(),
    0,
  )
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
