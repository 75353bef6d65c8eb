// An INI file of uWSGI → options of Gantry. Where Gantry's defaults are others, and an application could notice, they are written out.

import { nearestName } from '../../config/nearest-name.ts'
import type { Place } from '../../config/option.ts'
import { OPTIONS } from '../../config/options.ts'
import { type Migration, type Outcome, collected, migrated, remark } from '../migration.ts'
import { applicationOf } from './application.ts'
import { withoutConditions } from './conditions.ts'
import type { IniFile } from './ini-file.ts'
import { PLAIN_OPTIONS } from './plain-options.ts'
import { type ResolvedEntry, resolved } from './placeholders.ts'
import { SPECIAL_OPTIONS } from './special-options.ts'
import type { UwsgiOption } from './uwsgi-option.ts'
import { defaults } from './uwsgi-defaults.ts'

const PLAIN_BY_NAME: ReadonlyMap<string, UwsgiOption> = new Map(
  PLAIN_OPTIONS.flatMap((option) => option.names.split(' ').map((name) => [name, option] as const)),
)
/** Read by those whose values they change. */
const PARTS = ['protocol', 'socket-protocol', 'callable', 'set', 'set-ph', 'set-placeholder', 'cheaper']

/** `path` is that of the file. */
export function translateUwsgi(file: IniFile, path: string, place: Place): Migration {
  const { entries, conditional } = withoutConditions(resolved(file.entries, path))
  const usable = entries.filter(({ unresolved }) => unresolved.length === 0)
  const known = new Set([...PLAIN_BY_NAME.keys(), ...SPECIAL_OPTIONS.keys(), ...PARTS])
  const outcomes = entries.flatMap((entry): readonly Outcome[] =>
    entry.unresolved.length > 0 ? [unresolvable(entry)] : translate(entry, usable, known),
  )
  return collected(
    [
      ...applicationOf(usable),
      ...outcomes,
      ...defaults(usable),
      ...conditional.map(({ about, advice }) => remark(about, advice)),
      ...file.otherSections.map((name) =>
        remark(`[${name}]`, `Only the section [uwsgi] is read. It can be asked for by file.ini:${name}.`),
      ),
    ],
    place,
  )
}

function translate(
  entry: ResolvedEntry,
  entries: readonly ResolvedEntry[],
  known: ReadonlySet<string>,
): readonly Outcome[] {
  const special = SPECIAL_OPTIONS.get(entry.key)
  if (special !== undefined) return special(entry, entries)
  const plain = PLAIN_BY_NAME.get(entry.key)
  if (plain !== undefined) return translatePlainly(plain, entry)
  // A name of the file's own, for placeholders.
  if (PARTS.includes(entry.key) || isPlaceholder(entry.key, entries)) return []
  const nearest = nearestName(entry.key, [...known])
  return [
    remark(
      shown(entry),
      `gantry migrate does not know this option${nearest === undefined ? '' : `; ${nearest} may have been meant`}.`,
    ),
  ]
}

function translatePlainly(
  { option, unit, advice = '' }: UwsgiOption,
  entry: ResolvedEntry,
): readonly Outcome[] {
  const isOff = /^(false|off|no|0)$/i.test(entry.value)
  if (option === undefined) return isOff ? [] : [remark(shown(entry), advice)]
  if ('isSwitch' in OPTIONS[option]) return [migrated(option, [isOff ? 'off' : 'on'])]
  if (unit === 'seconds') return [migrated(option, [`${entry.value}s`])]
  return [migrated(option, [unit === 'mebibytes' ? `${entry.value}MiB` : entry.value])]
}

/** Whether the file uses the key as `%(key)`, which it then was made up for. */
const isPlaceholder = (key: string, entries: readonly ResolvedEntry[]): boolean =>
  entries.some(({ source }) => source.includes(`%(${key})`))

const unresolvable = (entry: ResolvedEntry): Outcome =>
  remark(
    shown(entry),
    `It holds ${entry.unresolved.join(' and ')}, which depends on where uWSGI runs: put in what it is there.`,
  )

const shown = ({ key, value, line }: ResolvedEntry): string => `${key} = ${value} (line ${line})`
