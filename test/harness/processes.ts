// Facts about processes, from the system.

import { readFileSync } from 'node:fs'

/** Tells whether the process is there and has not ended (a zombie has). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return !/^State:\s+Z/m.test(statusOf(pid))
}

/** Tells whether any process of the group is there. */
export function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0)
    return true
  } catch {
    return false
  }
}

/** The most memory that the process has had resident, in bytes. Linux only. */
export function peakMemoryBytes(pid: number): number {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(statusOf(pid))
  if (match === null) throw new Error(`no peak memory of process ${pid} is known`)
  return Number(match[1]) * 1024
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
