// One line of /proc/PID/stat, read. See proc(5) for the fields; only those are kept that the accounting needs.
import { readdirSync, readFileSync } from 'node:fs'

export type ProcessStat = {
  readonly pid: number
  readonly parent: number
  readonly session: number
  /** It has ended, and nobody has waited for it yet. */
  readonly isZombie: boolean
  /** User and system time of the process itself, in clock ticks. */
  readonly ownTicks: number
  /** The same of its children that have ended and were waited for. */
  readonly endedChildrenTicks: number
  /** When it started, in ticks since boot: together with the pid it names one process for good. */
  readonly startedAtTicks: number
}

/** The name in parentheses may itself hold spaces and parentheses, so the fields are counted from the last one. */
export function parseProcessStat(line: string): ProcessStat {
  const nameEnd = line.lastIndexOf(')')
  const pid = Number.parseInt(line, 10)
  const fields = line.slice(nameEnd + 2).split(' ')
  // proc(5) counts from 1 and the state, field 3, comes first here.
  const field = (number: number): number => Number(fields[number - 3])
  return {
    pid,
    isZombie: fields[0] === 'Z',
    parent: field(4),
    session: field(6),
    ownTicks: field(14) + field(15),
    endedChildrenTicks: field(16) + field(17),
    startedAtTicks: field(22),
  }
}

/** `undefined`: there is no such process (any more). */
export function readProcessStat(pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * CPU time of the threads that a process has now, in nanoseconds, where the kernel counts it (CONFIG_SCHED_INFO); else 0.
 * Threads that have ended are not in it.
 */
export function readThreadsNs(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return threads.reduce((sum, thread) => sum + readThreadNs(pid, thread), 0)
  } catch {
    return 0
  }
}

function readThreadNs(pid: number, thread: string): number {
  try {
    return Number.parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'), 10)
  } catch {
    return 0
  }
}
