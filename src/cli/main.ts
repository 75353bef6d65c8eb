#!/usr/bin/env node
// The command `gantry`: finds the command to run, runs it, ends with its exit status. Nothing else ends the process.
import { DEVELOPMENT_FLAG } from '../config/development-flag.ts'
import { GantryError, exitStatusOf, renderError } from '../errors.ts'
import { FRONT_COMMAND, SETTINGS_COMMAND } from '../server/supervisor/launch.ts'

/** What follows the command's name → exit status. */
type Command = (argv: readonly string[]) => Promise<number>

const verboseVersion: Command = async (argv) =>
  (await import('./verbose-version.ts')).verboseVersionCommand(argv)

/** `--version` with `--verbose`, whatever else is given. */
const asksForBugReport = (argv: readonly string[]): boolean =>
  argv.includes('--verbose') && (argv.includes('--version') || argv.includes('-V'))

const serve: Command = async (argv) => (await import('./serve.ts')).serveCommand(argv)

/** The first word of the command line. Any other first word belongs to `serve`: an application or a flag. Each loads only what it needs. */
const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['serve', serve],
  ['dev', (argv) => serve([DEVELOPMENT_FLAG, ...argv])],
  ['config', async (argv) => (await import('./config.ts')).configCommand(argv)],
  ['check', async (argv) => (await import('./check.ts')).checkCommand(argv)],
  ['cgi', async (argv) => (await import('./cgi.ts')).cgiCommand(argv)],
  ['init', async (argv) => (await import('./init.ts')).initCommand(argv)],
  ['migrate', async (argv) => (await import('./migrate.ts')).migrateCommand(argv)],
  ['status', async (argv) => (await import('./status.ts')).statusCommand(argv)],
  ['top', async (argv) => (await import('./top.ts')).topCommand(argv)],
  ['reload', async (argv) => (await import('./reload.ts')).reloadCommand(argv)],
  ['stop', async (argv) => (await import('./stop.ts')).stopCommand(argv)],
  ['dump', async (argv) => (await import('./dump.ts')).dumpCommand(argv)],
  ['workers', async (argv) => (await import('./workers.ts')).workersCommand(argv)],
])

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
