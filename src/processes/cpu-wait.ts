// How long a process had to wait for a CPU: what says whether the machine has one to spare. Linux only.

import { readText } from './control-groups.ts'
import type { ReadText } from './control-groups.ts'

/**
 * The share of the time in which the main thread of `pid` could have run, but waited for a CPU; what it waited for otherwise does not count.
 * Undefined where the system does not say.
 */
export function cpuWaitShare(pid: number, read: ReadText = readText): number | undefined {
  const match = /^(\d+) (\d+) /.exec(read(`/proc/${pid}/schedstat`) ?? '')
  if (match === null) return undefined
  const [ran, waited] = [Number(match[1]), Number(match[2])]
  return ran === 0 ? undefined : waited / (ran + waited)
}
