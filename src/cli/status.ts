// The command `gantry status`: what a server is doing, on one screen or as JSON.

import { runControlCommand } from './control-command.ts'
import { statusText } from './status-text.ts'

export const STATUS = {
  name: 'status',
  usage: '[--json]',
  switches: ['--json'],
  help: `Prints what the server is doing: its generation, fronts and workers, queue, times, memory, and the last deaths
with their causes.

  --json                  the same for programs; later versions may add to it`,
}

export const statusCommand = (argv: readonly string[]): Promise<number> =>
  runControlCommand(argv, STATUS, async (client, { switches }) => {
    const status = await client.ask({ command: 'status' })
    process.stdout.write(
      switches.has('--json') ? `${JSON.stringify(status, null, 2)}\n` : statusText(status, Date.now()),
    )
    return 0
  })
