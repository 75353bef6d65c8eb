// The command `gantry config`: every option with its value and where that comes from, or only what is wrong.

import { configJson, configText } from '../config/effective.ts'
import { configSchemaText } from '../config/json-schema.ts'
import { GantryError, exitStatusOf, renderError } from '../errors.ts'
import { readConfiguration } from '../server/configuration.ts'
import { askedText } from './asked-text.ts'

/** What it takes beside the options of the table. */
export const CONFIG_FLAGS = ['--check', '--json', '--schema']

const HELP = `Usage: gantry config [APP] [options] [--check] [--json] [--development]
       gantry config --schema

Prints every option with its value and where that comes from: flag, variable, file and line, or default.
Takes what "gantry [serve]" takes, and looks where that looks; starts nothing. What is wrong is told all
at once, with exit status 2. Values of --env are hidden, as they may be secrets.

  --check        print nothing when all is well
  --json         the same for programs; later versions may add to it
  --development  with the defaults of "gantry dev"
  --schema       print the JSON Schema of configuration files, for editors
`

/** Resolves to the exit status: 0 when all is well, 2 for what is wrong with the configuration. */
export async function configCommand(argv: readonly string[]): Promise<number> {
  const { own, rest } = separated(argv)
  try {
    const problem = misuseOf(own, rest)
    if (problem !== undefined) throw new GantryError('GANTRY_COMMAND_BAD', { command: 'config', problem })
    process.stdout.write(own.has('--schema') ? configSchemaText() : await textOf(own, rest))
    return 0
  } catch (error) {
    process.stderr.write(`${renderError(error)}\n`)
    return exitStatusOf(error)
  }
}

function misuseOf(own: ReadonlySet<string>, rest: readonly string[]): string | undefined {
  if (own.size > 1) return `${[...own].join(' and ')} exclude each other`
  // It is the same whatever is configured.
  return own.has('--schema') && rest.length > 0 ? '--schema stands alone' : undefined
}

/** What `--check-config` asks for. */
export const checkConfiguration = (argv: readonly string[]): Promise<number> =>
  configCommand(['--check', ...argv.filter((word) => word !== '--check-config')])

async function textOf(own: ReadonlySet<string>, argv: readonly string[]): Promise<string> {
  const configured = await readConfiguration(argv, process.env)
  switch (configured.kind) {
    case 'request':
      return configured.request === 'version' ? askedText('version') : HELP
    case 'problems':
      throw new AggregateError(configured.problems)
    case 'settings':
      if (own.has('--check')) return ''
      return own.has('--json') ? configJson(configured) : configText(configured)
  }
}

/** Behind `--` stand arguments. */
function separated(argv: readonly string[]): {
  readonly own: ReadonlySet<string>
  readonly rest: readonly string[]
} {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  const flags = argv.slice(0, end)
  return {
    own: new Set(flags.filter((word) => CONFIG_FLAGS.includes(word))),
    rest: [...flags.filter((word) => !CONFIG_FLAGS.includes(word)), ...argv.slice(end)],
  }
}
