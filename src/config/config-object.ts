// Options as code gives them: the default export of a configuration file, or what `serve()` is called with. Names are those of the
// option table, without units; values become texts and go through the same parsers as flags.

import { GantryError } from '../errors.ts'
import { nearestName } from './nearest-name.ts'
import type { Option, RepeatableOption } from './option.ts'
import { OPTION_LIST, type OPTIONS, type OptionName } from './options.ts'

export type NameInCode<Name extends string> = Name extends `${infer Plain}Ms` ? Plain : Name
type ValueInCode<Name extends OptionName> =
  (typeof OPTIONS)[Name] extends RepeatableOption<unknown>
    ? string | readonly string[]
    : (typeof OPTIONS)[Name] extends { readonly isSwitch: true }
      ? boolean
      : Name extends `${string}Ms`
        ? string
        : string | number

/**
 * Every option by its name in code: `workers: 4`, `maxBodyBytes: '1GiB'` or the number of bytes, `bind: [':8000', 'unix:/run/shop.sock']`,
 * `headTimeout: '10s'`: a time always has its unit, as a number alone is seconds to some and milliseconds to others.
 */
export type ConfigOptions = {
  readonly [Name in OptionName as NameInCode<Name>]?: ValueInCode<Name> | undefined
}

/** Options of one source, and how messages name it: `gantry.config.ts`, `serve()`. */
export interface ConfigObject {
  readonly source: string
  readonly options: Readonly<Record<string, unknown>>
}

/** `headTimeoutMs` → `headTimeout`. */
export const nameInCode = (name: string): string => name.replace(/Ms$/, '')

const NAMES = new Set(OPTION_LIST.map(({ name }) => nameInCode(name)))

export const isOptionInCode = (name: string): boolean => NAMES.has(name)

/** The names in `object` that are no options. */
export function unknownOptions({ source, options }: ConfigObject): readonly GantryError[] {
  return Object.keys(options)
    .filter((name) => !NAMES.has(name))
    .map(
      (name) =>
        new GantryError('GANTRY_OPTION_UNKNOWN', {
          given: `option ${name} in ${source}`,
          nearest: nearestName(name, [...NAMES]),
        }),
    )
}

/** An option's texts, as flags would give them; undefined where it is not given. */
export function textsInCode(
  name: string,
  option: Option<unknown>,
  { options }: ConfigObject,
): readonly string[] | undefined {
  const value = options[nameInCode(name)]
  if (value === undefined) return undefined
  if (name.endsWith('Ms') && typeof value === 'number') return [`${value} without a unit`]
  if (option.kind !== 'repeatable') return [textOf(value)]
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)]
}

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  // Not a text that any parser takes: its complaint shows what was given.
  return typeof value === 'object' ? JSON.stringify(value) : typeof value
}
