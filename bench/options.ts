// The command line of `npm run bench`.
import { parseArgs } from 'node:util'

import { readAllowedCores } from './processes/core-time.ts'
import { choosePython } from './setup/python-packages.ts'
import { casesOf, SUITES } from './suites/suite-table.ts'
import type { Suite } from './suites/suite.ts'

export type BenchOptions = {
  readonly suites: readonly Suite[]
  /** Only these; without them all. */
  readonly cases: readonly string[] | undefined
  readonly servers: readonly string[] | undefined
  readonly rounds: number
  readonly seconds: number
  readonly serverCore: number
  readonly loadCore: number
  readonly python: string
  readonly mayInstall: boolean
  readonly isResuming: boolean
  readonly isPublished: boolean
  readonly wantsHelp: boolean
}

const FLAGS = {
  suites: { type: 'string' },
  cases: { type: 'string' },
  servers: { type: 'string' },
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '0.5' },
  'server-core': { type: 'string' },
  'load-core': { type: 'string' },
  python: { type: 'string', default: choosePython() },
  'no-install': { type: 'boolean', default: false },
  resume: { type: 'boolean', default: false },
  publish: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

export const HELP = `npm run bench -- [options]

  --suites A,B       which suites (default: all): ${SUITES.map(({ name }) => name).join(', ')}
  --cases A,B        only these of their cases
  --servers A,B      only these of their servers
  --rounds N         interleaved rounds (default 5; what varies little is measured in three of five)
  --seconds S        length of each measured load (default 0.5)
  --server-core N    the core of the servers (default: the last one allowed)
  --load-core N      the core of the load generator (default: the first one allowed)
  --python FILE      the interpreter of all Python servers (default: Debian's, else python3)
  --no-install       use what is there, install nothing
  --resume           go on with a run that was interrupted: measure only what its files do not have
  --publish          write to bench/results/ instead of bench/results/local/
`

export function parseBenchOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({ args: [...argv], options: FLAGS, strict: true })
  const cores = readAllowedCores()
  const coreOf = (text: string | undefined, fallback: number | undefined): number =>
    text === undefined ? (fallback ?? 0) : parseCount(text)
  const suites = chooseByName(SUITES, values.suites)
  const servers = suites.flatMap(({ parts }) => parts.flatMap((part) => part.servers))
  return {
    suites: values.cases === undefined ? suites : suitesWith(suites, values.cases),
    cases: namesIn(suites.flatMap(casesOf), values.cases),
    servers: namesIn(servers, values.servers),
    rounds: parseCount(values.rounds),
    seconds: parseSeconds(values.seconds),
    serverCore: coreOf(values['server-core'], cores.at(-1)),
    loadCore: coreOf(values['load-core'], cores[0]),
    python: values.python,
    mayInstall: !values['no-install'],
    isResuming: values.resume,
    isPublished: values.publish,
    wantsHelp: values.help,
  }
}

function suitesWith(suites: readonly Suite[], cases: string): readonly Suite[] {
  const wanted = cases.split(',')
  return suites.filter((suite) => casesOf(suite).some(({ name }) => wanted.includes(name)))
}

function namesIn(
  table: readonly { readonly name: string }[],
  names: string | undefined,
): readonly string[] | undefined {
  return names === undefined ? undefined : chooseByName(table, names).map(({ name }) => name)
}

/** Picks from a table by comma-separated names, in the order of the table. */
export function chooseByName<Item extends { readonly name: string }>(
  table: readonly Item[],
  names: string | undefined,
): readonly Item[] {
  if (names === undefined) return table
  const wanted = names.split(',')
  const known = [...new Set(table.map(({ name }) => name))]
  const unknown = wanted.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new RangeError(`unknown: ${unknown.join(', ')}; there is ${known.join(', ')}`)
  return table.filter(({ name }) => wanted.includes(name))
}

export function parseCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new RangeError(`expected a whole number, got "${text}"`)
  return Number(text)
}

function parseSeconds(text: string): number {
  const seconds = Number(text)
  if (!(seconds >= 0.1 && seconds <= 600)) throw new RangeError(`expected seconds from 0.1 on, got "${text}"`)
  return seconds
}
