// Options as a file or code gives them: names and values. Values become texts and go through the same parsers as flags; each keeps the
// place where it stands.

import { GantryError } from '../errors.ts'
import { nearestName } from './nearest-name.ts'
import { type Option, type Place, type RepeatableOption, flagOf } from './option.ts'
import { OPTION_LIST, type OPTIONS, type OptionName } from './options.ts'
import type { MOUNT_SETTING_NAMES } from './options/mounts.ts'
import type { RouteInCode } from './options/routes.ts'
import type { StaticInCode } from './options/static.ts'

export type NameInCode<Name extends string> = Name extends `${infer Plain}Ms` ? Plain : Name

/** Options whose values code gives as objects. */
interface ObjectsInCode {
  /** A name of an application, or an object with that and options of its own. */
  readonly mounts: Readonly<Record<string, string | MountInCode>>
  readonly routes: Readonly<Record<string, RouteInCode>>
  /** A directory, or an object with that and what holds for its files. */
  readonly static: Readonly<Record<string, string | StaticInCode>>
  readonly env: string | readonly string[] | Readonly<Record<string, string>>
}
type ValueInCode<Name extends OptionName> = Name extends keyof ObjectsInCode
  ? ObjectsInCode[Name]
  : (typeof OPTIONS)[Name] extends RepeatableOption<unknown>
    ? string | readonly string[]
    : (typeof OPTIONS)[Name] extends { readonly isSwitch: true }
      ? boolean
      : Name extends `${string}Ms`
        ? string
        : string | number

/** One application of several: what it is, and options of its own. */
export type MountInCode = {
  readonly [Name in (typeof MOUNT_SETTING_NAMES)[number] as NameInCode<Name>]?: ValueInCode<Name>
}

/**
 * Every option by its name in code: `workers: 4`, `maxBodyBytes: '1GiB'` or the number of bytes, `bind: [':8000', 'unix:/run/shop.sock']`,
 * `headTimeout: '10s'`: a time always has its unit, as a number alone is seconds to some and milliseconds to others.
 */
export type ConfigOptions = {
  readonly [Name in Exclude<OptionName, 'config'> as NameInCode<Name>]?: ValueInCode<Name> | undefined
}

/** `code`: `headTimeout`, as in TypeScript. `data`: `head-timeout`, as in TOML and JSON. */
export type Spelling = 'code' | 'data'

/** Keys that lead to a value. */
export type KeyPath = readonly (string | number)[]

/** Options of one source, and how messages name it: `gantry.config.ts`, `serve()`. */
export interface ConfigObject {
  readonly source: string
  readonly options: Readonly<Record<string, unknown>>
  /** `code` if left out. */
  readonly spelling?: Spelling
  /** Where a value stands: `gantry.toml:3`; `source` if left out. */
  readonly placeOf?: (path: KeyPath) => string
}

/** The text of a value, and where it comes from. */
export interface GivenText {
  readonly text: string
  readonly origin: string
  /** As it stands there, where `text` has more around it. */
  readonly shown?: string
  /** What belongs there, where that is not what the option takes. */
  readonly expected?: string | undefined
}

/** `headTimeoutMs` → `headTimeout`. */
export const nameInCode = (name: string): string => name.replace(/Ms$/, '')

/** `headTimeoutMs` → `head-timeout`: the flag without its hyphens. */
export const nameInData = (name: string): string => flagOf(name).slice('--'.length)

/** The key of the option `name` in a source that is spelled so. */
export const keyOf = (name: string, spelling: Spelling = 'code'): string =>
  spelling === 'code' ? nameInCode(name) : nameInData(name)

const NAMES: readonly string[] = OPTION_LIST.filter(({ option }) => option.isNotInFiles !== true).map(
  ({ name }) => name,
)
const NAMES_IN_CODE = new Set(NAMES.map(nameInCode))

export const isOptionInCode = (name: string): boolean => NAMES_IN_CODE.has(name)

/** How messages name what stands under `path`: `option workers in gantry.toml:3`. */
export function originOf({ source, placeOf }: ConfigObject, path: KeyPath): string {
  const keys = path.filter((key) => typeof key === 'string')
  const text = keys.map((key) => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key))).join('.')
  return `option ${text} in ${placeOf?.(path) ?? source}`
}

/** The names in `object` that are no options. */
export function unknownOptions(object: ConfigObject): readonly GantryError[] {
  return unknownKeys(Object.keys(object.options), NAMES, [], object)
}

/** An option's texts, as flags would give them; undefined where it is not given. Adds to `problems` what no flag could say. */
export function textsIn(
  object: ConfigObject,
  name: string,
  option: Option<unknown>,
  problems: GantryError[],
): readonly GivenText[] | undefined {
  const key = keyOf(name, object.spelling)
  // A file may have a key of any name, those of Object.prototype among them.
  if (option.isNotInFiles === true || !Object.hasOwn(object.options, key)) return undefined
  const value = object.options[key]
  return value === undefined ? undefined : new Reading(object, problems).textsOf(name, option, value, [key])
}

/** Turns the values of one source into texts. */
class Reading {
  readonly #object: ConfigObject
  readonly #problems: GantryError[]

  constructor(object: ConfigObject, problems: GantryError[]) {
    this.#object = object
    this.#problems = problems
  }

  textsOf(name: string, option: Option<unknown>, value: unknown, path: KeyPath): readonly GivenText[] {
    if (option.kind !== 'repeatable') return this.#textOf(name, option, value, path)
    if (Array.isArray(value))
      return value.flatMap((each, index) => this.#textOf(name, option, each, [...path, index]))
    if (option.type.table === undefined || !isTable(value)) return this.#textOf(name, option, value, path)
    return Object.entries(value).flatMap(([key, entry]) =>
      this.#entry(name, option, key, entry, [...path, key]),
    )
  }

  #entry(
    name: string,
    option: Option<unknown>,
    key: string,
    entry: unknown,
    path: KeyPath,
  ): readonly GivenText[] {
    const { key: keys, settings = {}, plain, textOf } = option.type.table!
    const parsedKey = keys.parse(key, ANYWHERE)
    if (!parsedKey.ok) return this.#refuse(path, key, parsedKey.expected)
    if (!isTable(entry)) {
      if (plain === undefined) return this.#refuse(path, entry, this.#expectedTable(settings))
      return this.#textOf(name, option, entry, path).map((given) => ({
        ...given,
        text: textOf(key, undefined, given.text),
        shown: given.text,
      }))
    }
    if (Object.keys(entry).length === 0) return this.#refuse(path, entry, this.#expectedTable(settings))
    this.#problems.push(...unknownKeys(Object.keys(entry), Object.keys(settings), path, this.#object))
    return Object.entries(settings).flatMap(([settingName, setting]) => {
      const settingKey = keyOf(settingName, this.#object.spelling)
      if (!Object.hasOwn(entry, settingKey)) return []
      const texts = this.textsOf(settingName, setting, entry[settingKey], [...path, settingKey])
      return texts.map((given) => ({
        shown: given.text,
        ...given,
        text: textOf(key, nameInData(settingName), given.text),
      }))
    })
  }

  #expectedTable(settings: Readonly<Record<string, unknown>>): string {
    return `a table of ${Object.keys(settings)
      .map((name) => keyOf(name, this.#object.spelling))
      .join(', ')}`
  }

  #textOf(name: string, option: Option<unknown>, value: unknown, path: KeyPath): readonly GivenText[] {
    const origin = originOf(this.#object, path)
    if (typeof value === 'string') return [{ text: value, origin }]
    const isTime = name.endsWith('Ms')
    if (typeof value === 'number' && isTaken(value, option)) return [{ text: String(value), origin }]
    if (typeof value === 'boolean' && isSwitch(option)) return [{ text: value ? 'on' : 'off', origin }]
    return this.#refuse(path, value, expectedOf(option, isTime, value))
  }

  #refuse(path: KeyPath, given: unknown, expected: string): readonly GivenText[] {
    const origin = originOf(this.#object, path)
    this.#problems.push(new GantryError('GANTRY_OPTION_VALUE_BAD', { origin, given, expected }))
    return []
  }
}

function expectedOf(option: Option<unknown>, isTime: boolean, value: unknown): string {
  if (isSwitch(option)) return 'true or false'
  if (isTime && typeof value === 'number') return 'a time with its unit, such as "30s" or "500ms"'
  // What no parser takes makes each say what it wants.
  const parsed = option.type.parse('\0', ANYWHERE)
  return parsed.ok ? 'a string' : parsed.expected
}

/** For what does not depend on the place. */
const ANYWHERE: Place = { startDirectory: '/', temporaryDirectory: '/' }

function isTaken(value: number, { type: { takesNumbers } }: Option<unknown>): boolean {
  return takesNumbers === 'any' || (takesNumbers === 'whole' && Number.isSafeInteger(value))
}

const isSwitch = (option: Option<unknown>): boolean => option.kind === 'single' && option.isSwitch === true

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** `names` are those of the option table. */
function unknownKeys(
  keys: readonly string[],
  names: readonly string[],
  path: KeyPath,
  object: ConfigObject,
): readonly GantryError[] {
  const known = names.map((name) => keyOf(name, object.spelling))
  return keys
    .filter((key) => !known.includes(key))
    .map((key) => {
      const given = originOf(object, [...path, key])
      // One of the whole server, which no thing in it can have of its own.
      if (path.length > 0 && NAMES.some((name) => keyOf(name, object.spelling) === key))
        return new GantryError('GANTRY_OPTION_NOT_HERE', {
          name: key,
          taker: given.replace(/^option /, '').replace(`.${key} in `, ' in '),
          place: 'the whole server',
        })
      return new GantryError('GANTRY_OPTION_UNKNOWN', { given, nearest: nearestName(key, known) })
    })
}
