// The command `gantry stop`: as SIGTERM, and waits until the server has ended.

import { isRunning } from '../server/processes.ts'
import { runControlCommand } from './control-command.ts'

export const STOP = {
  name: 'stop',
  usage: '[--no-wait]',
  switches: ['--no-wait'],
  help: `Stops the server as SIGTERM does: what was accepted is finished, within --lame-duck and
--shutdown-timeout of the server. Waits until it has ended.

  --no-wait               return when stopping has begun`,
}

const POLL_MS = 20

export const stopCommand = (argv: readonly string[]): Promise<number> =>
  runControlCommand(argv, STOP, async (client, { switches }) => {
    const { pid } = await client.ask({ command: 'stop' })
    if (switches.has('--no-wait')) {
      process.stdout.write(`process ${pid} is stopping\n`)
      return 0
    }
    await client.whenEnded()
    while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    process.stdout.write(`process ${pid} has ended\n`)
    return 0
  })
