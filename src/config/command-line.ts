// Takes a command line apart into flags and arguments. What the values mean is not its business.
import { GantryError } from '../errors.ts'
import { DEVELOPMENT_FLAG } from './development-flag.ts'
import { GUNICORN_SETTINGS_BY_FLAG } from './gunicorn/gunicorn-settings.ts'
import { nearestName } from './nearest-name.ts'
import { type NamedOption, OPTION_LIST, type OptionName } from './options.ts'

/** Flags that take no value and ask for a text instead of a server. */
export type Request = 'help' | 'help-all' | 'version' | 'check-config'

export type GivenFlag = { readonly name: OptionName; readonly flag: string; readonly text: string }

export type CommandLine = {
  readonly flags: readonly GivenFlag[]
  readonly positionals: readonly string[]
  readonly request: Request | undefined
  /** Whether the defaults are those of `gantry dev`. */
  readonly isDevelopment: boolean
  readonly problems: readonly GantryError[]
}

const REQUESTS: ReadonlyMap<string, Request> = new Map([
  ['--help', 'help'],
  ['-h', 'help'],
  ['--help-all', 'help-all'],
  ['--version', 'version'],
  ['-V', 'version'],
  ['--check-config', 'check-config'],
])

/** The flags that are in no table of options. */
export const REQUEST_FLAGS: readonly string[] = [...REQUESTS.keys()]

const OPTIONS_BY_FLAG: ReadonlyMap<string, NamedOption> = new Map(
  OPTION_LIST.flatMap((named) => {
    const spellings = [named.flag, named.option.short, ...(named.option.aliases ?? [])]
    return spellings
      .filter((spelling) => spelling !== undefined)
      .map((spelling) => [spelling, named] as const)
  }),
)

const LONG_FLAGS = [...OPTIONS_BY_FLAG.keys(), ...REQUESTS.keys()].filter((flag) => flag.startsWith('--'))

type Reading = {
  readonly flags: GivenFlag[]
  readonly positionals: string[]
  readonly problems: GantryError[]
  request: Request | undefined
  isDevelopment: boolean
}

/** Reads `--flag value`, `--flag=value`, `-f value`, `-fvalue` and arguments; `--` ends the flags. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const reading: Reading = {
    flags: [],
    positionals: [],
    problems: [],
    request: undefined,
    isDevelopment: false,
  }
  const words = [...argv]
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') reading.positionals.push(...words.splice(0))
    else if (word === DEVELOPMENT_FLAG) reading.isDevelopment = true
    else if (word.startsWith('-') && word !== '-') readFlag(word, words, reading)
    else reading.positionals.push(word)
  }
  return reading
}

function readFlag(word: string, rest: string[], reading: Reading): void {
  const request = REQUESTS.get(word)
  if (request !== undefined) {
    reading.request ??= request
    return
  }
  const { flag, attached } = splitFlag(word)
  const named = OPTIONS_BY_FLAG.get(flag)
  if (named === undefined) {
    reading.problems.push(unknownFlag(flag, attached, rest))
    return
  }
  const text = attached ?? impliedText(named) ?? (isValue(rest[0]) ? rest.shift() : undefined)
  if (text === undefined) {
    const details = { flag, metavariable: named.option.metavariable }
    reading.problems.push(new GantryError('GANTRY_OPTION_VALUE_MISSING', details))
    return
  }
  reading.flags.push(Object.freeze({ name: named.name, flag, text }))
}

/** One that gunicorn has may have a value behind it, which is no application. */
function unknownFlag(flag: string, attached: string | undefined, rest: string[]): GantryError {
  const setting = GUNICORN_SETTINGS_BY_FLAG.get(flag)
  if (setting === undefined) {
    const details = { given: `flag ${flag}`, nearest: nearestName(flag, LONG_FLAGS) }
    return new GantryError('GANTRY_OPTION_UNKNOWN', details)
  }
  if (setting.isSwitch !== true && attached === undefined && isValue(rest[0])) rest.shift()
  return new GantryError('GANTRY_FLAG_OF_GUNICORN', { flag, advice: setting.advice ?? '' })
}

const impliedText = ({ option }: NamedOption): string | undefined =>
  option.kind === 'single' && option.isSwitch ? 'on' : undefined

function splitFlag(word: string): { readonly flag: string; readonly attached: string | undefined } {
  if (!word.startsWith('--')) return { flag: word.slice(0, 2), attached: word.slice(2) || undefined }
  const equals = word.indexOf('=')
  if (equals === -1) return { flag: word, attached: undefined }
  return { flag: word.slice(0, equals), attached: word.slice(equals + 1) }
}

// `--python --threads 4` is a value forgotten, not an interpreter named --threads.
function isValue(word: string | undefined): boolean {
  return word !== undefined && !word.startsWith('--') && !OPTIONS_BY_FLAG.has(word) && !REQUESTS.has(word)
}
