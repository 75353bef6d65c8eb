// From a command line, an environment and a configuration object to settings, each with where it came from: flag before variable
// before file before default.
// Everything that is wrong is reported at once, and what is handed out is frozen all the way down.
import { tmpdir } from 'node:os'
import { GantryError } from '../errors.ts'
import { type CommandLine, type GivenFlag, readCommandLine, type Request } from './command-line.ts'
import { type ConfigObject, nameInCode, textsInCode, unknownOptions } from './config-object.ts'
import { nearestName } from './nearest-name.ts'
import type { Option, Parsed, Place, RepeatableOption } from './option.ts'
import { type NamedOption, OPTION_LIST, type OptionName, type OptionValues } from './options.ts'
import { checkRules } from './rules.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export type Settings = OptionValues & {
  /** For each option `flag --workers`, `variable GANTRY_WORKERS`, `argument APP`, `option workers in gantry.config.ts` or `default`. */
  readonly origins: Readonly<Record<OptionName, string>>
  /** The directory gantry was started in. */
  readonly startDirectory: string
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
  if (problems.length > 0) return { kind: 'problems', problems: Object.freeze(problems) }

  // Each value was read by its own option's parser, which is what Settings says; fromEntries forgets it.
  const settings = { ...values, origins, startDirectory: place.startDirectory } as unknown as Settings
  const broken = checkRules(settings, settings.origins)
  if (broken.length > 0) return { kind: 'problems', problems: Object.freeze(broken) }
  return { kind: 'settings', settings: deepFreeze(settings) }
}

const currentPlace = (): Place => ({ startDirectory: process.cwd(), temporaryDirectory: tmpdir() })

const NO_FILE: ConfigObject = { source: '', options: {} }

type Sources = {
  readonly line: CommandLine
  readonly env: Environment
  readonly file: ConfigObject
  readonly place: Place
}
type Source = { readonly origin: string; readonly texts: readonly string[] }

/** The option's value and origin; adds to `problems` what is wrong with it. */
function readOption(
  named: NamedOption,
  sources: Sources,
  problems: GantryError[],
): { readonly value: unknown; readonly origin: string } {
  const { option } = named
  const { place } = sources
  const source = sourceOf(named, sources)
  if (source === undefined) {
    if (option.kind === 'argument' && isWellRead(sources.line)) {
      problems.push(new GantryError('GANTRY_APPLICATION_MISSING', { variable: named.variable }))
    }
    return { value: undefined, origin: 'default' }
  }
  const values = source.texts.map((text) => readValue(option, text, source.origin, place, problems))
  return { value: option.kind === 'repeatable' ? values : values[0], origin: source.origin }
}

function readValue(
  option: Option<unknown>,
  text: string,
  origin: string,
  place: Place,
  problems: GantryError[],
): unknown {
  const parsed: Parsed<unknown> = option.type.parse(text, place)
  if (parsed.ok) return parsed.value
  problems.push(new GantryError('GANTRY_OPTION_VALUE_BAD', { origin, text, expected: parsed.expected }))
  return undefined
}

function sourceOf(named: NamedOption, { line, env, file, place }: Sources): Source | undefined {
  const { option, name, variable } = named
  if (option.kind === 'argument' && line.positionals[0] !== undefined) {
    return { origin: `argument ${option.metavariable}`, texts: [line.positionals[0]] }
  }
  const given = line.flags.filter((flag) => flag.name === name)
  if (given.length > 0) return flagSource(named, given)
  const text = env[variable]
  if (text !== undefined) return { origin: `variable ${variable}`, texts: splitTexts(option, text) }
  const written = textsInCode(name, option, file)
  if (written !== undefined) return { origin: `option ${nameInCode(name)} in ${file.source}`, texts: written }
  const texts = defaultTexts(option, place)
  return texts === undefined ? undefined : { origin: 'default', texts }
}

// A flag given twice that holds one value: the last counts, so that a script can add to the command line it was given.
function flagSource({ option, flag }: NamedOption, given: readonly GivenFlag[]): Source {
  const last = given.at(-1)!
  const texts =
    option.kind === 'repeatable' ? given.flatMap(({ text }) => valuesOf(option, text)) : [last.text]
  const alias = option.aliases?.find((each) => each === last.flag)
  return { origin: `flag ${flag ?? last.flag}${alias === undefined ? '' : ` (${alias})`}`, texts }
}

const valuesOf = (option: RepeatableOption<unknown>, text: string): readonly string[] =>
  option.isList ? splitTexts(option, text) : [text]

function splitTexts(option: Option<unknown>, text: string): readonly string[] {
  if (option.kind !== 'repeatable') return [text]
  const parts = text.split(option.separator).map((part) => part.trimStart())
  const filled = parts.filter((part) => part !== '')
  return filled.length > 0 ? filled : [text]
}

function defaultTexts(option: Option<unknown>, place: Place): readonly string[] | undefined {
  switch (option.kind) {
    case 'argument':
    case 'optional':
      return undefined
    case 'repeatable':
      return option.default
    case 'single':
      return [typeof option.default === 'string' ? option.default : option.default.from(place)]
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
