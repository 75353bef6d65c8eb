// A program: well-behaved connections that live as long as it does. Each command is one measured load.
import { raisePriority } from './raise-priority.ts'
import { readSettings, serveCommands } from './serve-commands.ts'
import { SteadyLoad } from './steady-load.ts'

export interface SteadySettings {
  readonly port: number
  readonly connections: number
  readonly target?: string
}

export interface SteadyCommand {
  readonly requestsPerSecond: number
  readonly seconds: number
}

const { port, connections, target } = readSettings() as SteadySettings
raisePriority()
const load = await SteadyLoad.open(port, connections, target)
serveCommands((command) => {
  const { requestsPerSecond, seconds } = command as SteadyCommand
  return load.measure(requestsPerSecond, seconds)
})
