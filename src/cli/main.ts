#!/usr/bin/env node
// The command `gantry`: finds the command to run, runs it, ends with its exit status. Nothing else ends the process.
import { GantryError, exitStatusOf, renderError } from '../errors.ts'
import { FRONT_COMMAND, SETTINGS_COMMAND } from '../server/supervisor/launch.ts'
import { COMMANDS, type Command, serve } from './commands.ts'

const verboseVersion: Command = async (argv) =>
  (await import('./verbose-version.ts')).verboseVersionCommand(argv)

/** `--version` with `--verbose`, whatever else is given. */
const asksForBugReport = (argv: readonly string[]): boolean =>
  argv.includes('--verbose') && (argv.includes('--version') || argv.includes('-V'))

/** What the supervisor starts, and nobody else. */
const OWN_COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  [FRONT_COMMAND, async (argv) => (await import('./front.ts')).frontCommand(argv)],
  [SETTINGS_COMMAND, async (argv) => (await import('./settings.ts')).settingsCommand(argv)],
])

function runCommand([word = '', ...rest]: readonly string[]): Promise<number> {
  const own = process.send === undefined ? undefined : OWN_COMMANDS.get(word)
  if (own !== undefined) return own(rest)
  // Nothing is left that could ever finish the command: Node would end with status 0, as if all was well.
  process.once('beforeExit', () => fail(new GantryError('GANTRY_IMPORT_UNSETTLED', {})))
  if (asksForBugReport(process.argv.slice(2))) return verboseVersion(process.argv.slice(2))
  const command = COMMANDS.get(word)
  return command === undefined ? serve(process.argv.slice(2)) : command(rest)
}

function fail(error: unknown): void {
  process.stderr.write(`${renderError(error)}\n`)
  process.exit(exitStatusOf(error))
}

runCommand(process.argv.slice(2)).then((status) => process.exit(status), fail)
