// How busy one core was, whoever used it. What the core did beyond the server's own time was somebody else's work:
// a measurement that had to share its core is not worth much, and the report says so.
import { readFileSync } from 'node:fs'

import { tickUs } from './cpu-time.ts'

/** Microseconds that a core has spent on anything but idling, since boot. */
export function readCoreBusyUs(core: number): number {
  return parseCoreBusyTicks(readFileSync('/proc/stat', 'utf8'), core) * tickUs()
}

export function parseCoreBusyTicks(stat: string, core: number): number {
  const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(stat)
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (line?.[1] ?? '')
    .split(' ')
    .map(Number)
  return user + nice + system + irq + softirq + steal
}

/** The cores this process may use, from a list as in `0-3,6`. */
export function readAllowedCores(): number[] {
  const match = /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  return parseCoreList(match?.[1] ?? '0')
}

export function parseCoreList(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
  })
}
