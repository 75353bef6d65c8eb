// The command `gantry reload`: the next generation, or why there is none. Its exit status is what a deployment waits for.

import { runControlCommand } from './control-command.ts'

export const RELOAD = {
  name: 'reload',
  usage: '',
  help: `Starts the application anew, with its present code and configuration, and switches to it once it is ready.
Exits with status 0 then. If it cannot start, the running one goes on, the reason is printed, and the
status is 1. No request is lost either way.`,
}

export const reloadCommand = (argv: readonly string[]): Promise<number> =>
  runControlCommand(argv, RELOAD, async (client) => {
    const outcome = await client.ask({ command: 'reload', why: 'gantry reload' })
    if (outcome.isDone) {
      process.stdout.write(`generation ${outcome.generation} serves\n`)
      return 0
    }
    process.stderr.write(
      `gantry: not reloaded, the running generation goes on:\n${outcome.reason.trimEnd()}\n`,
    )
    return 1
  })
