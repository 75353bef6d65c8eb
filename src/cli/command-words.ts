// Takes the command line of a command such as `gantry status` apart: few flags, each known by name.

import { nearestName } from '../config/nearest-name.ts'
import { GantryError } from '../errors.ts'

/** Which words a command takes. */
export interface CommandForm {
  readonly name: string
  /** Flags without a value. */
  readonly switches: readonly string[]
  /** Flags with one. */
  readonly values: readonly string[]
  /** How many words may stand there beside flags. */
  readonly words: number
}

export interface GivenWords {
  readonly switches: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly words: readonly string[]
}

const HELP = ['--help', '-h']

/** Throws a GantryError for what the command does not take. */
export function readWords(argv: readonly string[], form: CommandForm): GivenWords {
  const switches = new Set<string>()
  const values = new Map<string, string>()
  const words: string[] = []
  const rest = [...argv]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [flag = '', ...attached] = word.split('=')
    if (HELP.includes(word)) switches.add('--help')
    else if (form.switches.includes(word)) switches.add(word)
    else if (form.values.includes(flag))
      values.set(flag, attached.length > 0 ? attached.join('=') : valueAfter(flag, rest, form))
    else if (word.startsWith('-') && !/^-\d+$/.test(word)) throw unknown(word, form)
    else words.push(word)
  }
  if (words.length > form.words) throw bad(form, `${JSON.stringify(words[form.words])} is one word too many`)
  return { switches, values, words }
}

function valueAfter(flag: string, rest: string[], form: CommandForm): string {
  const value = rest.shift()
  if (value === undefined || value.startsWith('--')) throw bad(form, `${flag} needs a value`)
  return value
}

function unknown(word: string, form: CommandForm): GantryError {
  const nearest = nearestName(word, [...form.switches, ...form.values, '--help'])
  return bad(form, `unknown flag ${word}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`)
}

const bad = ({ name: command }: CommandForm, problem: string): GantryError =>
  new GantryError('GANTRY_COMMAND_BAD', { command, problem })
