// A migration as text: a gantry.toml, or a command line.

import { type ValueType, flagOf } from '../config/option.ts'
import { OPTIONS, type OptionName } from '../config/options.ts'
import { type MigratedOption, type Migration, type Remark, nameInFile } from './migration.ts'
import { shellQuoted } from './shell-words.ts'

const WIDTH = 100

/** A gantry.toml with a comment on each thing that has no counterpart. `title` says what it was made of. */
export function migrationToml(title: string, { options, remarks }: Migration): string {
  const entries = options.map((option) => [...commentLines(option.comment), tomlLine(option)].join('\n'))
  return `${[comment(title).join('\n'), joined(entries, options), ...withoutCounterpart(remarks)].join('\n\n')}\n`
}

/** A command line that says the same, and the remarks as comments in front of it. */
export function migrationCommand(title: string, { options, remarks }: Migration): string {
  const comments = options.flatMap(({ option, comment: text }) =>
    text === undefined ? [] : [`${flagOf(option)}: ${text}`],
  )
  const notes = [title, ...comments].map((text) => comment(text).join('\n'))
  const words = [...options].sort((a, b) => rankOf(a) - rankOf(b)).flatMap(wordsOf)
  return `${[notes.join('\n'), ...withoutCounterpart(remarks), ['gantry', ...words].join(' \\\n  ')].join('\n\n')}\n`
}

/** The options alone, on one line. */
export const migratedWords = ({ options }: Migration): string => options.flatMap(wordsOf).join(' ')

const rankOf = ({ option }: MigratedOption): number => (option === 'application' ? 0 : 1)

// What has a comment stands apart, so that it is seen whose comment it is.
function joined(entries: readonly string[], options: readonly MigratedOption[]): string {
  return entries
    .map((entry, index) => {
      const isApart = index > 0 && (options[index]?.comment ?? options[index - 1]?.comment) !== undefined
      return isApart ? `\n${entry}` : entry
    })
    .join('\n')
}

/** What is needless comes last: nobody has to decide anything about it. */
function withoutCounterpart(remarks: readonly Remark[]): readonly string[] {
  const needless = remarks.filter(({ advice }) => NEEDLESS.test(advice))
  const others = remarks.filter((each) => !needless.includes(each))
  const plain = needless.map(({ about, advice }) => ({
    about,
    advice: capitalized(advice.replace(NEEDLESS, '')),
  }))
  return [...section('Without a counterpart, or to be decided:', others), ...section('Needless here:', plain)]
}

const NEEDLESS = /^(Needless|Leave it out): /

type Paragraph = Pick<Remark, 'about' | 'advice'>

function section(title: string, remarks: readonly Paragraph[]): readonly string[] {
  if (remarks.length === 0) return []
  const advices = [...new Set(remarks.map(({ advice }) => advice))]
  const paragraphs = advices.map((advice) => {
    const abouts = remarks.filter((each) => each.advice === advice).flatMap(({ about }) => comment(about))
    return [...abouts, ...wrapped(advice, '#   ')].join('\n')
  })
  return [[comment(title).join('\n'), ...paragraphs].join('\n#\n')]
}

const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

function tomlLine({ option, texts }: MigratedOption): string {
  const { kind } = OPTIONS[option]
  const values = texts.map((text) => tomlValue(option, text))
  if (kind !== 'repeatable') return `${nameInFile(option)} = ${values[0] ?? '""'}`
  if (option === 'mounts') return `${nameInFile(option)} = { ${texts.map(tomlPair).join(', ')} }`
  const line = `${nameInFile(option)} = [${values.join(', ')}]`
  if (line.length <= WIDTH) return line
  return `${nameInFile(option)} = [\n${values.map((value) => `  ${value},\n`).join('')}]`
}

function tomlValue(option: OptionName, text: string): string {
  const entry = OPTIONS[option]
  if ('isSwitch' in entry) return text === 'on' ? 'true' : 'false'
  // A time needs its unit, and octal digits stay a text.
  const { takesNumbers }: Pick<ValueType<unknown>, 'takesNumbers'> = entry.type
  return takesNumbers === 'whole' && /^(0|[1-9]\d{0,14})$/.test(text) ? text : tomlString(text)
}

/** `/api=api.wsgi:app` → `"/api" = "api.wsgi:app"`. */
function tomlPair(text: string): string {
  const equals = text.indexOf('=')
  return `${tomlString(text.slice(0, equals))} = ${tomlString(text.slice(equals + 1))}`
}

/** Basic strings of TOML escape as JSON does, and DEL besides. */
const tomlString = (text: string): string => JSON.stringify(text).replaceAll('\x7f', '\\u007f')

function wordsOf({ option, texts }: MigratedOption): readonly string[] {
  const entry = OPTIONS[option]
  if (entry.kind === 'argument') return texts.map(shellQuoted)
  if (entry.kind === 'single' && 'isSwitch' in entry)
    return [texts[0] === 'on' ? flagOf(option) : `${flagOf(option)}=off`]
  return texts.map(
    (text) => `${flagOf(option)}${text.startsWith('--') || text === '' ? '=' : ' '}${shellQuoted(text)}`,
  )
}

const comment = (text: string): readonly string[] => wrapped(text, '# ')
const commentLines = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : comment(text)

/** Lines of at most WIDTH, each with the prefix. What holds control characters cannot end the comment. */
function wrapped(text: string, prefix: string): readonly string[] {
  const lines: string[] = []
  for (const word of text.replace(/\p{Cc}+/gu, ' ').split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && prefix.length + line.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.map((line) => prefix + line)
}
