// Memory of processes as the kernel tells it. PSS shares out pages that several processes hold, so it may be summed.
import { readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

export type ProcessMemory = {
  readonly pssBytes: number
  readonly rssBytes: number
  /** The most that was ever resident. */
  readonly peakRssBytes: number
}

/** `undefined`: the process has ended. */
export function readProcessMemory(pid: number): ProcessMemory | undefined {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return {
      pssBytes: parseKilobytes(rollup, 'Pss'),
      rssBytes: parseKilobytes(rollup, 'Rss'),
      peakRssBytes: parseKilobytes(status, 'VmHWM'),
    }
  } catch {
    return undefined
  }
}

export function sumPssBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (readProcessMemory(pid)?.pssBytes ?? 0), 0)
}

/** The name of the program a process runs, as in `node`; empty when the process has ended. */
export function readExecutable(pid: number): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`))
  } catch {
    return ''
  }
}

/** Reads a line as in `Pss:   1234 kB`. */
export function parseKilobytes(text: string, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)
  return match ? Number(match[1]) * 1024 : 0
}
