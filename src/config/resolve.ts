// From a command line, an environment and a configuration file to settings, each with where it came from: flag before variable before
// file before what platforms set before default.
// `gantry dev` has some defaults of its own.
// Everything that is wrong is reported at once, and what is handed out is frozen all the way down.
import { tmpdir } from 'node:os'
import { GantryError } from '../errors.ts'
import { type CommandLine, type GivenFlag, readCommandLine, type Request } from './command-line.ts'
import {
  type ConfigObject,
  type GivenText,
  keyOf,
  originOf,
  textsIn,
  unknownOptions,
} from './config-object.ts'
import { nearestName } from './nearest-name.ts'
import type { Option, Parsed, Place, RepeatableOption } from './option.ts'
import { type NamedOption, OPTION_LIST, type OptionName, type OptionValues } from './options.ts'
import { checkRules } from './rules.ts'
import type { KeyedSetting } from './setting-of-key.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export type Settings = OptionValues & {
  /** For each option `flag --workers`, `variable GANTRY_WORKERS`, `argument APP`, `option workers in gantry.toml:3`, `default` or `default of gantry dev`. */
  readonly origins: Readonly<Record<OptionName, string>>
  /** The directory gantry was started in. */
  readonly startDirectory: string
  /** Under `gantry dev`. */
  readonly isDevelopment: boolean
}

export type Resolution =
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'problems'; readonly problems: readonly GantryError[] }

/** Where the values of options are looked for, in this order. */
export interface OptionSources {
  readonly argv: readonly string[]
  readonly env: Environment
  readonly file?: ConfigObject | undefined
  readonly place?: Place
}

export function resolve({ argv, env, file = NO_FILE, place = currentPlace() }: OptionSources): Resolution {
  const line = readCommandLine(argv)
  if (line.request !== undefined) return { kind: 'request', request: line.request }

  const problems = [
    ...line.problems,
    ...positionalProblems(line),
    ...unknownVariables(env),
    ...unknownOptions(file),
  ]
  const sources = { line, env, file, place }
  const found = OPTION_LIST.map((named) => ({ named, ...readOption(named, sources, problems) }))
  const values = Object.fromEntries(found.map(({ named, value }) => [named.name, value]))
  const origins = Object.fromEntries(found.map(({ named, origin }) => [named.name, origin]))
  if (isMissing('application') && isMissing('mounts') && isWellRead(line))
    problems.push(new GantryError('GANTRY_APPLICATION_MISSING', { variable: APPLICATION.variable }))
  if (problems.length > 0) return { kind: 'problems', problems: Object.freeze(problems) }

  // Each value was read by its own option's parser, which is what Settings says; fromEntries forgets it.
  const { startDirectory } = place
  const { isDevelopment } = line
  const settings = { ...values, origins, startDirectory, isDevelopment } as unknown as Settings
  const broken = checkRules(settings, settings.origins)
  if (broken.length > 0) return { kind: 'problems', problems: Object.freeze(broken) }
  return { kind: 'settings', settings: deepFreeze(settings) }

  function isMissing(name: OptionName): boolean {
    return origins[name] === 'default'
  }
}

const currentPlace = (): Place => ({ startDirectory: process.cwd(), temporaryDirectory: tmpdir() })

/** The origin of what nobody has said under `gantry dev`. */
export const DEFAULT_IN_DEVELOPMENT = 'default of gantry dev'

const NO_FILE: ConfigObject = { source: '', options: {} }

type Sources = {
  readonly line: CommandLine
  readonly env: Environment
  readonly file: ConfigObject
  readonly place: Place
}
type Source = { readonly origin: string; readonly texts: readonly GivenText[] }

const APPLICATION = OPTION_LIST.find(({ option }) => option.kind === 'argument')!

/** The option's value and origin; adds to `problems` what is wrong with it. */
function readOption(
  named: NamedOption,
  sources: Sources,
  problems: GantryError[],
): { readonly value: unknown; readonly origin: string } {
  const { option } = named
  const source = sourceOf(named, sources, problems)
  // No application of its own: others are mounted.
  if (source === undefined) return { value: option.kind === 'argument' ? '' : undefined, origin: 'default' }
  const values = source.texts.map((given) => readValue(option, given, sources.place, problems))
  return { value: option.kind === 'repeatable' ? values : values[0], origin: source.origin }
}

function readValue(
  option: Option<unknown>,
  { text, origin, shown = text, expected }: GivenText,
  place: Place,
  problems: GantryError[],
): unknown {
  const parsed: Parsed<unknown> = option.type.parse(text, place)
  if (!parsed.ok)
    problems.push(
      new GantryError('GANTRY_OPTION_VALUE_BAD', {
        origin,
        given: shown,
        expected: expected ?? parsed.expected,
      }),
    )
  else if (option.type.table?.settings === undefined) return parsed.value
  // Of what holds several things each is told apart.
  else return { ...(parsed.value as KeyedSetting), origin }
  return undefined
}

function sourceOf(named: NamedOption, sources: Sources, problems: GantryError[]): Source | undefined {
  const { line, env, file, place } = sources
  const { option, name, variable } = named
  if (option.kind === 'argument' && line.positionals[0] !== undefined) {
    return sourceFrom(`argument ${option.metavariable}`, [line.positionals[0]])
  }
  const given = line.flags.filter((flag) => flag.name === name)
  if (given.length > 0) return flagSource(named, given)
  const text = env[variable]
  if (text !== undefined) return sourceFrom(`variable ${variable}`, splitTexts(option, text))
  const written = textsIn(file, name, option, problems)
  if (written !== undefined) return { origin: originOf(file, [keyOf(name, file.spelling)]), texts: written }
  return platformSource(option, env) ?? developmentSource(option, line) ?? defaultSource(option, place)
}

const sourceFrom = (origin: string, texts: readonly string[]): Source => ({
  origin,
  texts: texts.map((text) => ({ text, origin })),
})

// Platforms set these for every program alike; an empty one says nothing.
function platformSource({ platform }: Option<unknown>, env: Environment): Source | undefined {
  const text = platform && env[platform.variable]
  if (!platform || !text) return undefined
  const { variable, textOf, expected } = platform
  const origin = `variable ${variable}`
  return { origin, texts: [{ text: textOf(text), origin, shown: text, expected }] }
}

function developmentSource({ inDevelopment }: Option<unknown>, line: CommandLine): Source | undefined {
  return line.isDevelopment && inDevelopment !== undefined
    ? sourceFrom(DEFAULT_IN_DEVELOPMENT, [inDevelopment])
    : undefined
}

// A flag given twice that holds one value: the last counts, so that a script can add to the command line it was given.
function flagSource({ option, flag }: NamedOption, given: readonly GivenFlag[]): Source {
  const last = given.at(-1)!
  const texts =
    option.kind === 'repeatable' ? given.flatMap(({ text }) => valuesOf(option, text)) : [last.text]
  const alias = option.aliases?.find((each) => each === last.flag)
  return sourceFrom(`flag ${flag ?? last.flag}${alias === undefined ? '' : ` (${alias})`}`, texts)
}

const valuesOf = (option: RepeatableOption<unknown>, text: string): readonly string[] =>
  option.isList ? splitTexts(option, text) : [text]

function splitTexts(option: Option<unknown>, text: string): readonly string[] {
  if (option.kind !== 'repeatable') return [text]
  const parts = text.split(option.separator).map((part) => part.trimStart())
  const filled = parts.filter((part) => part !== '')
  return filled.length > 0 ? filled : [text]
}

function defaultSource(option: Option<unknown>, place: Place): Source | undefined {
  switch (option.kind) {
    case 'argument':
    case 'optional':
      return undefined
    case 'repeatable':
      return sourceFrom('default', option.default)
    case 'single':
      return sourceFrom('default', [
        typeof option.default === 'string' ? option.default : option.default.from(place),
      ])
  }
}

// After a flag that could not be read, the word behind it may be its value: complaints about arguments would only confuse.
const isWellRead = (line: CommandLine): boolean => line.problems.length === 0

function positionalProblems(line: CommandLine): readonly GantryError[] {
  const [application, given] = line.positionals
  if (application === undefined || given === undefined || !isWellRead(line)) return []
  return [new GantryError('GANTRY_ARGUMENT_UNEXPECTED', { given, application })]
}

function unknownVariables(env: Environment): readonly GantryError[] {
  const known = OPTION_LIST.map((named) => named.variable)
  return Object.keys(env)
    .filter((name) => name.startsWith('GANTRY_') && !known.includes(name) && !isServiceLink(name, env[name]))
    .sort()
    .map((name) => ({ given: `variable ${name}`, nearest: nearestName(name, known) }))
    .map((details) => new GantryError('GANTRY_OPTION_UNKNOWN', details))
}

// Kubernetes gives every container such variables for a service named "gantry"; they are none of ours, nor anybody's mistake.
function isServiceLink(name: string, value: string | undefined): boolean {
  if (/_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$/.test(name) || /_PORT_\d+_(TCP|UDP|SCTP)(_[A-Z]+)?$/.test(name))
    return true
  return name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value ?? '')
}

function deepFreeze<T extends object>(root: T): T {
  for (const value of Object.values(root)) {
    if (typeof value === 'object' && value !== null) deepFreeze(value as object)
  }
  return Object.freeze(root)
}
