// Memory of the process that holds a server's connections.
import { readExecutable, readProcessMemory, type ProcessMemory } from '../processes/memory.ts'
import type { RunningServer } from '../processes/running-server.ts'

/** A supervisor may run the same program as the front; the front is the larger one. */
export function readFrontMemory({ entry, pids }: RunningServer): ProcessMemory {
  const candidates = pids().filter((pid) => entry.frontProgram?.test(readExecutable(pid)))
  const [largest] = candidates
    .flatMap((pid) => readProcessMemory(pid) ?? [])
    .sort((one, other) => other.peakRssBytes - one.peakRssBytes)
  if (largest === undefined) throw new Error(`${entry.name} has no process ${String(entry.frontProgram)}`)
  return largest
}
