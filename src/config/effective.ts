// Every option with its value and where that comes from, for people and for programs. What may be a secret is hidden from both.
import { nameInData } from './config-object.ts'
import { GROUPS, defaultTextOf, shownTextOf } from './option.ts'
import { type NamedOption, OPTION_LIST } from './options.ts'
import type { Settings } from './resolve.ts'

interface Effective {
  readonly named: NamedOption
  /** As they could be given, but for what is hidden; none where nothing holds. */
  readonly texts: readonly string[]
  readonly origin: string
}

/** What is shown. */
interface Shown {
  readonly settings: Settings
  /** The configuration file that was read. */
  readonly file: string | undefined
}

/** A row for each option, below the name of its group. */
export function configText({ settings, file }: Shown): string {
  const all = OPTION_LIST.map((named) => effectiveOf(named, settings))
  const rows = all.flatMap((each) => rowsOf(each))
  const widths = [0, 1].map((column) =>
    Math.min(MOST_COLUMNS, Math.max(...rows.map((row) => row[column]!.length))),
  )
  const groups = GROUPS.map((group) => {
    const own = all.filter(({ named }) => named.option.group === group).flatMap((each) => rowsOf(each))
    return `${group}\n${own.map((row) => lineOf(row, widths)).join('\n')}\n`
  })
  return [`Configuration file: ${file ?? 'none'}\n`, ...groups].join('\n')
}

/** The file, and for each option its value, text or a list of texts, and its origin. */
export function configJson({ settings, file }: Shown): string {
  const members = OPTION_LIST.map((named) => {
    const { texts, origin } = effectiveOf(named, settings)
    const value = named.option.kind === 'repeatable' ? texts : (texts[0] ?? null)
    return [nameInData(named.name), { value, origin }] as const
  })
  return `${JSON.stringify({ file: file ?? null, options: Object.fromEntries(members) }, null, 2)}\n`
}

/** Those that somebody has set, by their names in files. */
export function changedOptions(
  settings: Settings,
): readonly { readonly name: string; readonly texts: readonly string[]; readonly origin: string }[] {
  return OPTION_LIST.map((named) => effectiveOf(named, settings))
    .filter(({ origin }) => origin !== 'default')
    .map(({ named, texts, origin }) => ({ name: nameInData(named.name), texts, origin }))
}

// One long value is not to push all others to the edge.
const MOST_COLUMNS = 40

function effectiveOf(named: NamedOption, settings: Settings): Effective {
  const { option, name } = named
  const value: unknown = settings[name]
  const origin = settings.origins[name]
  if (option.kind === 'repeatable')
    return {
      named,
      origin,
      texts: (value as readonly unknown[]).map((each) => shownTextOf(option.type, each)),
    }
  return {
    named,
    origin,
    texts: value === undefined || value === '' ? [] : [shownTextOf(option.type, value)],
  }
}

type Row = readonly [name: string, text: string, origin: string]

function rowsOf({ named: { name, option }, texts, origin }: Effective): readonly Row[] {
  const key = nameInData(name)
  const [first, ...others] = texts
  if (first === undefined)
    return [[key, emptyText(option.kind === 'optional' ? defaultTextOf(option) : undefined), origin]]
  return [[key, first, origin], ...others.map((text): Row => ['', text, ''])]
}

const emptyText = (meaning: string | undefined): string => (meaning === undefined ? '-' : `- (${meaning})`)

const lineOf = ([name, text, origin]: Row, [nameWidth = 0, textWidth = 0]: readonly number[]): string =>
  `  ${name.padEnd(nameWidth)}  ${text.padEnd(textWidth)}  ${origin}`.trimEnd()
