// The command `gantry dump`: what every thread that serves a request is doing right now.

import { runControlCommand } from './control-command.ts'

export const DUMP = {
  name: 'dump',
  usage: '',
  help: `Prints the stack of every request in flight: its id, method, path and age, and where its thread is. Nothing is
stopped or slowed down by it.`,
}

export const dumpCommand = (argv: readonly string[]): Promise<number> =>
  runControlCommand(argv, DUMP, async (client) => {
    const text = await client.ask({ command: 'dump' })
    process.stdout.write(text === '' || text.endsWith('\n') ? text : `${text}\n`)
    return 0
  })
