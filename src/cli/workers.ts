// The command `gantry workers +1`: more or fewer Python workers, as SIGTTIN and SIGTTOU.

import { GantryError } from '../errors.ts'
import { runControlCommand } from './control-command.ts'

export const WORKERS = {
  name: 'workers',
  usage: '+N|-N',
  word: { pattern: /^[+-][1-9]\d{0,2}$/, expected: 'a step such as +1 or -2' },
  help: `Adds N workers or takes N away; with a range of --workers, moves its lower end. Holds until the next reload.
A worker that is taken away finishes its requests.`,
}

const NO_WORKERS = 'this application has no workers to add or take away'
const FRONTS_HINT = 'TypeScript runs in the fronts themselves: --fronts says how many there are.'

export const workersCommand = (argv: readonly string[]): Promise<number> =>
  runControlCommand(argv, WORKERS, async (client, { words }) => {
    const { fewest, most } = await client.ask({ command: 'resize', by: Number(words[0]) })
    if (most === 0)
      throw new GantryError('GANTRY_COMMAND_REFUSED', { message: NO_WORKERS, hint: FRONTS_HINT })
    process.stdout.write(`workers: ${fewest === most ? fewest : `${fewest} to ${most}`}\n`)
    return 0
  })
