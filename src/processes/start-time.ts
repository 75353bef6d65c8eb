// When a process started. Linux only.

import { type ReadText, readText } from './control-groups.ts'

// USER_HZ, which every architecture has the same.
const TICKS_PER_SECOND = 100
// Of the fields behind the name in parentheses, which may hold anything, the first is the state: field 3.
const START_FIELD = 22 - 3

/** On the clock of `Date.now()`, to a second or so; undefined where it is not known. */
export function startTimeMs(pid: number, read: ReadText = readText): number | undefined {
  const stat = read(`/proc/${pid}/stat`)
  const bootSeconds = /^btime (\d+)$/m.exec(read('/proc/stat') ?? '')?.[1]
  if (stat === undefined || bootSeconds === undefined) return undefined
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_FIELD])
  return (Number(bootSeconds) + ticks / TICKS_PER_SECOND) * 1000
}
