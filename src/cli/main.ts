#!/usr/bin/env node
// The command `gantry`: finds the command to run, runs it, ends with its exit status. Nothing else ends the process.
import cluster from 'node:cluster'
import { GantryError, exitStatusOf, renderError } from '../errors.ts'
import { checkCommand } from './check.ts'
import { frontCommand } from './front.ts'
import { serveCommand } from './serve.ts'

/** What follows the command's name → exit status. */
type Command = (argv: readonly string[]) => Promise<number>

/** The first word of the command line. Any other first word belongs to `serve`: an application or a flag. */
const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['serve', serveCommand],
  ['check', checkCommand],
])

function runCommand(argv: readonly string[]): Promise<number> {
  if (cluster.isWorker) return frontCommand(argv[0] === 'serve' ? argv.slice(1) : argv)
  const command = COMMANDS.get(argv[0] ?? '')
  return command === undefined ? serveCommand(argv) : command(argv.slice(1))
}

// Nothing is left that could ever finish the command: Node would end with status 0, as if all was well.
process.once('beforeExit', () => {
  const error = new GantryError('GANTRY_IMPORT_UNSETTLED', {})
  process.stderr.write(`${renderError(error)}\n`)
  process.exit(exitStatusOf(error))
})

runCommand(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${renderError(error)}\n`)
    process.exit(exitStatusOf(error))
  },
)
