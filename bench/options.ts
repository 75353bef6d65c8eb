// The command line of `npm run bench`.
import { parseArgs } from 'node:util'

import type { BenchCase } from './cases/bench-case.ts'
import { CASES, JAVASCRIPT_CASES } from './cases/case-table.ts'
import { readAllowedCores } from './processes/core-time.ts'
import { JAVASCRIPT_SERVERS } from './servers/javascript.ts'
import { SERVERS } from './servers/server-table.ts'
import type { ServerEntry } from './servers/server-entry.ts'
import { choosePython } from './setup/python-packages.ts'

export type BenchOptions = {
  readonly cases: readonly BenchCase[]
  readonly servers: readonly ServerEntry[]
  readonly rounds: number
  readonly seconds: number
  readonly serverCore: number
  readonly loadCore: number
  readonly python: string
  readonly mayInstall: boolean
  readonly jsonFile?: string
  readonly isPublished: boolean
  readonly wantsHelp: boolean
}

const FLAGS = {
  javascript: { type: 'boolean', default: false },
  cases: { type: 'string' },
  servers: { type: 'string' },
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '5' },
  'server-core': { type: 'string' },
  'load-core': { type: 'string' },
  python: { type: 'string', default: choosePython() },
  'no-install': { type: 'boolean', default: false },
  json: { type: 'string' },
  publish: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

export const HELP = `npm run bench -- [options]

  --cases A,B        which cases (default: all): ${CASES.map(({ name }) => name).join(', ')}
  --servers A,B      which servers (default: all): ${SERVERS.map(({ name }) => name).join(', ')}
  --javascript       Gantry with JavaScript beside node:http, Fastify and Hono; middleware; Express
  --rounds N         interleaved rounds (default 3)
  --seconds S        length of each measured load (default 5)
  --server-core N    the core of the servers (default: the last one allowed)
  --load-core N      the core of the load generator (default: the first one allowed)
  --python FILE      the interpreter of all Python servers (default: Debian's, else python3)
  --no-install       use what is there, install nothing
  --json FILE        write every sample to FILE
  --publish          write the Markdown page to bench/results/ instead of bench/results/local/
`

export function parseBenchOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({ args: [...argv], options: FLAGS, strict: true })
  const cores = readAllowedCores()
  const coreOf = (text: string | undefined, fallback: number | undefined): number =>
    text === undefined ? (fallback ?? 0) : parseCount(text)
  return {
    cases: chooseByName(values.javascript ? JAVASCRIPT_CASES : CASES, values.cases),
    servers: chooseByName(values.javascript ? JAVASCRIPT_SERVERS : SERVERS, values.servers),
    rounds: parseCount(values.rounds),
    seconds: parseCount(values.seconds),
    serverCore: coreOf(values['server-core'], cores.at(-1)),
    loadCore: coreOf(values['load-core'], cores[0]),
    python: values.python,
    mayInstall: !values['no-install'],
    ...(values.json === undefined ? {} : { jsonFile: values.json }),
    isPublished: values.publish,
    wantsHelp: values.help,
  }
}

/** Picks from a table by comma-separated names, in the order of the table. */
export function chooseByName<Item extends { readonly name: string }>(
  table: readonly Item[],
  names: string | undefined,
): readonly Item[] {
  if (names === undefined) return table
  const wanted = names.split(',')
  const known = table.map(({ name }) => name)
  const unknown = wanted.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new RangeError(`unknown: ${unknown.join(', ')}; there is ${known.join(', ')}`)
  return table.filter(({ name }) => wanted.includes(name))
}

function parseCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new RangeError(`expected a whole number, got "${text}"`)
  return Number(text)
}
