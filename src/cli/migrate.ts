// The command `gantry migrate`: the configuration of another server as one of Gantry's, on standard output.

import { tmpdir } from 'node:os'
import { GantryError, exitStatusOf, renderError } from '../errors.ts'
import type { Migrated } from '../migration/migration.ts'
import { migrationCommand, migrationToml } from '../migration/render.ts'

const USAGE = `Usage: gantry migrate gunicorn [--as toml|flags] [--python PATH] [FILE | COMMAND LINE]
       gantry migrate uwsgi [--as toml|flags] FILE

Prints what the configuration of another server is for Gantry: a gantry.toml, or with --as flags a
command line. What has no counterpart is a comment, with what to do instead.

"gunicorn" takes its configuration file (gunicorn.conf.py of the working directory where nothing is
said), or a command line as it stands in a shell, a Procfile, a Dockerfile or a unit of systemd:

  gantry migrate gunicorn gunicorn.conf.py > gantry.toml
  gantry migrate gunicorn "gunicorn -w 4 -k gthread --threads 8 shop.wsgi:application"

A configuration file of gunicorn is Python code: it is run, by the interpreter that would run the
application or that of --python. "uwsgi" takes an INI file, and runs nothing.
`

/** What `--as` takes. */
export const FORMATS = ['toml', 'flags']

interface Asked {
  readonly format: string
  readonly python: string | undefined
  /** All but the flags of this command. */
  readonly words: readonly string[]
}

/** Resolves to the exit status: 0 when it was printed, 1 when the file could not be run, 2 when it could not be read. */
export async function migrateCommand(argv: readonly string[]): Promise<number> {
  const [server = '', ...rest] = argv
  try {
    if (['--help', '-h', ''].includes(server) || ['--help', '-h'].includes(rest[0] ?? '')) {
      process.stdout.write(USAGE)
      return server === '' ? 2 : 0
    }
    const asked = readAsked(rest)
    const { title, migration } = await migrate(server, asked)
    process.stdout.write((asked.format === 'toml' ? migrationToml : migrationCommand)(title, migration))
    return 0
  } catch (error) {
    process.stderr.write(`${renderError(error)}\n`)
    return exitStatusOf(error)
  }
}

async function migrate(server: string, { words, python }: Asked): Promise<Migrated> {
  const place = { startDirectory: process.cwd(), temporaryDirectory: tmpdir() }
  switch (server) {
    case 'gunicorn':
      return await (await import('./migrate-gunicorn.ts')).migrateGunicorn(words, python, place)
    case 'uwsgi':
      return (await import('./migrate-uwsgi.ts')).migrateUwsgi(words, place)
    default:
      throw bad(`expected gunicorn or uwsgi, got ${JSON.stringify(server)}`)
  }
}

/** Takes the flags of this command out, wherever they stand: gunicorn has none of these names. */
function readAsked(argv: readonly string[]): Asked {
  const rest = [...argv]
  const words: string[] = []
  let format = 'toml'
  let python: string | undefined
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, flag, attached] = /^(--as|--python)(?:=(.*))?$/s.exec(word) ?? []
    if (flag === undefined) {
      words.push(word)
      continue
    }
    const value = attached ?? rest.shift()
    if (value === undefined) throw bad(`${flag} needs a value`)
    if (flag === '--python') python = value
    else if (FORMATS.includes(value)) format = value
    else throw bad(`--as takes toml or flags, not ${JSON.stringify(value)}`)
  }
  return { format, python, words }
}

const bad = (problem: string): GantryError =>
  new GantryError('GANTRY_COMMAND_BAD', { command: 'migrate', problem })
