// Facts about processes, from the system.

import { readFileSync, readdirSync } from 'node:fs'

/** Tells whether the process is there and has not ended (a zombie has). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // Between two looks it may have been reaped: then there is no state any more.
  return process.platform !== 'linux' || /^State:\s+[^Z\s]/m.test(statusOf(pid))
}

/** Tells whether any process of the group is there and has not ended. */
export function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0)
  } catch {
    return false
  }
  // Orphans that have ended wait for init, which takes its time.
  if (process.platform !== 'linux') return true
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.some((pid) => groupOf(Number(pid)) === group && isAlive(Number(pid)))
}

/** The children of a process, in the order of their start. Linux only. */
export function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}

/** The only front of a gantry whose supervisor is `pid`. */
export function frontOf(pid: number): number {
  const fronts = childrenOf(pid)
  if (fronts.length !== 1) throw new Error(`gantry ${pid} has ${fronts.length} fronts`)
  return fronts[0]!
}

/** The most memory that the process has had resident, in bytes. Linux only. */
export function peakMemoryBytes(pid: number): number {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(statusOf(pid))
  if (match === null) throw new Error(`no peak memory of process ${pid} is known`)
  return Number(match[1]) * 1024
}

/** The fifth field of /proc/PID/stat; the second, a name in parentheses, may hold anything. */
function groupOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
  } catch {
    return 0
  }
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
