// Facts about other processes.

import { readFileSync } from 'node:fs'

/** Whether there is such a process; one that has ended and waits for its parent to hear of it counts. */
export function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether there is such a process that has not ended. */
export const isRunning = (pid: number): boolean => isProcess(pid) && !isZombie(pid)

function isZombie(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
