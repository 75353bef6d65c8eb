// Values of options that hold settings of several things, each under a key: `/export request-timeout=5m`. In files they are tables.
import { nearestName } from './nearest-name.ts'
import {
  type Option,
  type Parsed,
  type Place,
  type ValueType,
  flagOf,
  shownTextOf,
  textOf,
} from './option.ts'
import { keyedText } from './value-schemas.ts'

/** One setting of one key. */
export interface KeyedSetting {
  readonly key: string
  /** By the option table: `requestTimeoutMs`. */
  readonly name: string
  readonly value: unknown
  /** Where it was said, once options are resolved. */
  readonly origin?: string
}

/** What keys are, and what can be set for each. */
export interface KeyedForm {
  readonly key: ValueType<string>
  /** By the names of the option table. */
  readonly settings: Readonly<Record<string, Option<unknown>>>
  /** The setting that `KEY=VALUE` means. */
  readonly plain?: string
  /** How a value is written. */
  readonly expected: string
}

export function settingOfKey(form: KeyedForm): ValueType<KeyedSetting> {
  const { key, settings, plain } = form
  return {
    parse: (text, place) => parseSetting(text, place, form),
    format: (setting) => settingText(setting, form, textOf),
    show: (setting) => settingText(setting, form, shownTextOf),
    schema: keyedText(Object.keys(settings).map(wordOf), plain !== undefined),
    table: {
      key,
      settings,
      plain: plain === undefined ? undefined : settings[plain]!.type.schema,
      textOf: (given, name, value) =>
        name === undefined ? `${given}=${value}` : `${given} ${name}=${value}`,
    },
  }
}

function settingText(
  setting: KeyedSetting,
  { key, settings, plain }: KeyedForm,
  write: typeof textOf,
): string {
  const text = write(settings[setting.name]!.type, setting.value)
  const shownKey = textOf(key, setting.key)
  return setting.name === plain ? `${shownKey}=${text}` : `${shownKey} ${wordOf(setting.name)}=${text}`
}

function parseSetting(
  text: string,
  place: Place,
  { key, settings, plain, expected }: KeyedForm,
): Parsed<KeyedSetting> {
  // A plain value may hold what looks like a setting: "/api=api:create_app(debug=False, cache=None)".
  const bare = plain === undefined ? null : /^([^=\s]+)=(.*)$/s.exec(text)
  const named = /^(\S+) +([\w-]+)=(.*)$/s.exec(text)
  const [, keyText, word, valueText] = (bare && [text, bare[1], wordOf(plain!), bare[2]]) ?? named ?? []
  if (keyText === undefined || word === undefined || valueText === undefined) return { ok: false, expected }
  const name = Object.keys(settings).find((each) => wordOf(each) === word)
  if (name === undefined) return unknownName(word, Object.keys(settings).map(wordOf))
  const parsedKey = key.parse(keyText, place)
  if (!parsedKey.ok) return parsedKey
  const parsed = settings[name]!.type.parse(valueText, place)
  return parsed.ok ? { ok: true, value: { key: parsedKey.value, name, value: parsed.value } } : parsed
}

function unknownName(word: string, known: readonly string[]): Parsed<never> {
  const nearest = nearestName(word, known)
  const suggestion = nearest === undefined ? '' : ` (did you mean ${nearest}?)`
  return { ok: false, expected: `a name of ${known.join(', ')}${suggestion}` }
}

const wordOf = (name: string): string => flagOf(name).slice('--'.length)
