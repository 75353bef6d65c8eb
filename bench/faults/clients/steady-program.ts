// A program: well-behaved connections that live as long as it does. Each command is one measured load.
import { setPriority } from 'node:os'

import { readSettings, serveCommands } from './serve-commands.ts'
import { SteadyLoad } from './steady-load.ts'

export interface SteadySettings {
  readonly port: number
  readonly connections: number
}

export interface SteadyCommand {
  readonly requestsPerSecond: number
  readonly seconds: number
}

// What it measures is the server, not how long it waits for a CPU itself.
const PRIORITY = -10

const { port, connections } = readSettings() as SteadySettings
raisePriority()
const load = await SteadyLoad.open(port, connections)
serveCommands((command) => {
  const { requestsPerSecond, seconds } = command as SteadyCommand
  return load.measure(requestsPerSecond, seconds)
})

function raisePriority(): void {
  try {
    setPriority(PRIORITY)
  } catch {
    // Only root may.
  }
}
