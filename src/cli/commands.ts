// The commands that people type, by their names.

import { DEVELOPMENT_FLAG } from '../config/development-flag.ts'

/** What follows the command's name → exit status. */
export type Command = (argv: readonly string[]) => Promise<number>

export const serve: Command = async (argv) => (await import('./serve.ts')).serveCommand(argv)

/** The first word of the command line. Any other first word belongs to `serve`: an application or a flag. Each loads only what it needs. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['serve', serve],
  ['dev', (argv) => serve([DEVELOPMENT_FLAG, ...argv])],
  ['config', async (argv) => (await import('./config.ts')).configCommand(argv)],
  ['check', async (argv) => (await import('./check.ts')).checkCommand(argv)],
  ['cgi', async (argv) => (await import('./cgi.ts')).cgiCommand(argv)],
  ['init', async (argv) => (await import('./init.ts')).initCommand(argv)],
  ['migrate', async (argv) => (await import('./migrate.ts')).migrateCommand(argv)],
  ['completion', async (argv) => (await import('./completion.ts')).completionCommand(argv)],
  ['status', async (argv) => (await import('./status.ts')).statusCommand(argv)],
  ['top', async (argv) => (await import('./top.ts')).topCommand(argv)],
  ['reload', async (argv) => (await import('./reload.ts')).reloadCommand(argv)],
  ['stop', async (argv) => (await import('./stop.ts')).stopCommand(argv)],
  ['dump', async (argv) => (await import('./dump.ts')).dumpCommand(argv)],
  ['workers', async (argv) => (await import('./workers.ts')).workersCommand(argv)],
])
