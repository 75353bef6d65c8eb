// What one entry of the option table is, and the names that follow from an option's own name. A default is written as a user
// would write it and read by the same parser, so that help, reference and behaviour cannot differ.

/** What a parser makes of a text: a value, or what was expected instead. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly expected: string }

/** Where gantry was started: what relative paths and some defaults hang on. */
export type Place = { readonly startDirectory: string; readonly temporaryDirectory: string }

export type Parser<T> = (text: string, place: Place) => Parsed<T>

/** What a value may be, in the words of JSON Schema (draft 7, which all editors know). */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What the values of an option are (value-types.ts). */
export interface ValueType<T> {
  readonly parse: Parser<T>
  /** The text that `parse` makes the value of; `String` if left out. */
  format?(value: T): string
  /** The same without what may be a secret; as `format` if left out. */
  show?(value: T): string
  /** A file may give a number in place of a text. */
  readonly takesNumbers?: 'whole' | 'any'
  /** Of one value in a file. */
  readonly schema: JsonSchema
  /** What a shell offers: paths, or these words. */
  readonly completes?: 'file' | 'directory' | readonly string[]
  /** Where an object in a file can say several values. */
  readonly table?: TableForm
}

/** How an object in a file is read as several values of an option: `{ A: '1' }` as `A=1`. */
export interface TableForm {
  /** What its keys are. */
  readonly key: ValueType<string>
  /** What an entry may hold that is an object itself, by the names of options in code; undefined where entries are plain values. */
  readonly settings?: Readonly<Record<string, Option<unknown>>>
  /** What an entry may be that is a plain value; undefined where it has to be an object. */
  readonly plain?: JsonSchema | undefined
  /** The text of one value: `name` is that of a setting, as in files; undefined for a plain value. */
  readonly textOf: (key: string, name: string | undefined, value: string) => string
}

/** A default that is known only once gantry runs, and how help and reference describe it. */
export type DefaultFromPlace = { readonly from: (place: Place) => string; readonly description: string }

export const GROUPS = [
  'Application',
  'Mounts and routes',
  'Listening',
  'Proxies',
  'Processes',
  'Recycling',
  'Answers',
  'Limits',
  'Buffers',
  'Times',
  'Operation',
  'Logs',
] as const

export type Description = {
  readonly group: (typeof GROUPS)[number]
  /** Stands for the value in help: `--bind ADDRESS`. */
  readonly metavariable: string
  /** What it does, its unit, and what happens at the limit: which status, and whether the connection is kept. */
  readonly help: string
  /** The version that brought it. */
  readonly since: string
  readonly short?: `-${string}`
  /** Flags of gunicorn that mean the same. */
  readonly aliases?: readonly `-${string}`[]
  /** Only where it is not derived from the name. */
  readonly variable?: string
  /** What platforms set in its place: counts where neither flag, variable nor file says anything. */
  readonly platform?: {
    readonly variable: string
    readonly textOf: (value: string) => string
    /** What it holds, where that is not what the option takes. */
    readonly expected?: string
  }
  /** What it is by default under `gantry dev`, as a user would write it. */
  readonly inDevelopment?: string
  /** No key of a file. */
  readonly isNotInFiles?: true
  /** One of those that people use most: `--help` shows it, and not only `--help-all`. */
  readonly isCommon?: true
}

type Argument<T> = Description & { readonly type: ValueType<T> }
type Single<T> = Description & {
  readonly type: ValueType<T>
  readonly default: string | DefaultFromPlace
  /** The flag alone means `on`; a value takes an equals sign. */
  readonly isSwitch?: true
}
type Optional<T> = Description & { readonly type: ValueType<T>; readonly unset: string }
type Repeatable<T> = Description & {
  readonly type: ValueType<T>
  readonly default: readonly string[]
  /** Between the values where one text holds them all, which is in a variable. */
  readonly separator: string
  /** One flag may hold several values too: `--trusted-proxies 10.0.0.0/8,unix`. */
  readonly isList?: true
}

export type ArgumentOption<T> = Argument<T> & { readonly kind: 'argument' }
export type SingleOption<T> = Single<T> & { readonly kind: 'single' }
export type Switch = SingleOption<boolean> & { readonly isSwitch: true }
export type OptionalOption<T> = Optional<T> & { readonly kind: 'optional' }
export type RepeatableOption<T> = Repeatable<T> & { readonly kind: 'repeatable' }
export type Option<T> = ArgumentOption<T> | SingleOption<T> | OptionalOption<T> | RepeatableOption<T>

/** The value that an option settles on. */
export type ValueOf<O> =
  O extends RepeatableOption<infer T>
    ? readonly T[]
    : O extends OptionalOption<infer T>
      ? T | undefined
      : O extends Option<infer T>
        ? T
        : never

export const argument = <T>(entry: Argument<T>): ArgumentOption<T> =>
  Object.freeze({ ...entry, kind: 'argument' })
export const single = <T>(entry: Single<T>): SingleOption<T> => Object.freeze({ ...entry, kind: 'single' })
export const optional = <T>(entry: Optional<T>): OptionalOption<T> =>
  Object.freeze({ ...entry, kind: 'optional' })
export const repeatable = <T>(entry: Repeatable<T>): RepeatableOption<T> =>
  Object.freeze({ ...entry, default: Object.freeze([...entry.default]), kind: 'repeatable' })

/** The text that is read as `value`. */
export const textOf = <T>(type: ValueType<T>, value: T): string =>
  type.format === undefined ? String(value) : type.format(value)

/** The same for whoever looks at a configuration: what may be a secret is hidden. */
export const shownTextOf = <T>(type: ValueType<T>, value: T): string =>
  type.show === undefined ? textOf(type, value) : type.show(value)

/** `maxBodyBytes` → `--max-body-bytes`; `headTimeoutMs` → `--head-timeout`. */
export const flagOf = (name: string): string => `--${wordsOf(name).join('-')}`

/** `maxBodyBytes` → `GANTRY_MAX_BODY_BYTES`; `headTimeoutMs` → `GANTRY_HEAD_TIMEOUT`. */
export const variableOf = (name: string): string => `GANTRY_${wordsOf(name).join('_').toUpperCase()}`

// A plain number means bytes where the name says Bytes, but seconds where it says Ms: there the suffix would mislead.
const wordsOf = (name: string): string[] =>
  name
    .replace(/Ms$/, '')
    .split(/(?=[A-Z])/)
    .map((word) => word.toLowerCase())

/** How help and reference put an option's default. */
export function defaultTextOf(option: Option<unknown>): string | undefined {
  switch (option.kind) {
    case 'argument':
      return undefined
    case 'optional':
      return option.unset
    case 'repeatable':
      return option.default.length === 0 ? 'none' : option.default.join(' ')
    case 'single':
      return typeof option.default === 'string' ? option.default || 'empty' : option.default.description
  }
}
