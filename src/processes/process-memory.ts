// How much memory a process has, as the kernel counts it. Zeros where it does not say: not on Linux, or the process has ended.

import { readText } from './control-groups.ts'

const BYTES_PER_KB = 1024

/** All that is resident, including what it shares with others. */
export function residentBytes(pid: number): number {
  return field(readText(`/proc/${pid}/status`), 'VmRSS')
}

/** Each page that several processes share is divided among them: over all processes the sums are true. Costs more to find out. */
export function proportionalBytes(pid: number): number {
  return field(readText(`/proc/${pid}/smaps_rollup`), 'Pss')
}

function field(text: string | undefined, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text ?? '')
  return match === null ? 0 : Number(match[1]) * BYTES_PER_KB
}
