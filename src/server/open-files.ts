// How many files, sockets among them, this process may open. Linux only: elsewhere the answer is "not known".
import { readFileSync } from 'node:fs'

/** The limit as the system has it now; Node has raised it to the hard limit at its start. */
export function openFilesLimit(limits = readLimits()): number | undefined {
  const soft = /^Max open files\s+(\d+)\s/m.exec(limits)?.[1]
  return soft === undefined ? undefined : Number(soft)
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1')
  } catch {
    return ''
  }
}
