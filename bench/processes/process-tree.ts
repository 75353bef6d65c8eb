// Which processes belong to a server: the ones started for it, their descendants, and whatever shares their session.
// The session catches a process whose parent has ended and which init has therefore adopted; and a root's pid that has
// been given to a stranger in the meantime is not mistaken for the root.
import { readdirSync } from 'node:fs'

import { readProcessStat, type ProcessStat } from './process-stat.ts'

/** All processes of the trees that begin at `roots`, each of which must lead its own session. */
export function readProcessTree(roots: readonly number[]): ProcessStat[] {
  return selectTree(readAllProcesses(), roots)
}

export function selectTree(processes: readonly ProcessStat[], roots: readonly number[]): ProcessStat[] {
  const members = new Set<number>()
  const sessions = new Set(roots)
  for (let grown = -1; grown !== members.size; ) {
    grown = members.size
    for (const { pid, parent, session } of processes) {
      if (members.has(parent) || sessions.has(session)) members.add(pid)
    }
  }
  return processes.filter(({ pid }) => members.has(pid))
}

function readAllProcesses(): ProcessStat[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => readProcessStat(Number(pid)) ?? [])
}
