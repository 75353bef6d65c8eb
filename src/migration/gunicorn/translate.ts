// What was said to gunicorn → options of Gantry. Its defaults are written out where Gantry's are others and an application could notice.

import { GUNICORN_HOOKS } from '../../config/gunicorn/hooks.ts'
import type { GunicornSetting } from '../../config/gunicorn/gunicorn-setting.ts'
import { GUNICORN_SETTINGS } from '../../config/gunicorn/gunicorn-settings.ts'
import type { Place } from '../../config/option.ts'
import { OPTIONS, type OptionName } from '../../config/options.ts'
import { shownValue, textsOf } from '../values.ts'
import { type Migration, type Outcome, collected, migrated, remark } from '../migration.ts'
import type { ReadArguments } from './command-line.ts'
import type { GivenSetting, GivenSettings } from './given-settings.ts'
import { SPECIAL } from './special-settings.ts'
import { concurrency } from './worker-class.ts'

/** Settings whose values of the command line add up; of others the last counts. */
const APPENDED = ['bind', 'raw_env', 'reload_extra_files', 'raw_paste_global_conf', 'dirty_apps']

export function translateGunicorn(given: GivenSettings, place: Place): Migration {
  const settings = effective(given.settings)
  const outcomes = outcomesOf(settings)
  const variables = given.variables.map((variable) => migrated('env', [variable]))
  const python = given.python === undefined ? [] : [migrated('python', [given.python])]
  const hooks = given.hooks.map(({ name, place: where }) =>
    remark(`the hook ${name} (${where})`, GUNICORN_HOOKS.get(name) ?? ''),
  )
  const others = given.others.map(({ about, advice }) => remark(about, advice))
  return collected(
    [...python, ...variables, ...outcomes, ...concurrency(settings), ...trust(settings), ...hooks, ...others],
    place,
  )
}

/** What was said alone, without gunicorn's defaults. */
export const translateArguments = ({ settings, others }: ReadArguments, place: Place): Migration =>
  collected(
    [...outcomesOf(effective(settings)), ...others.map(({ about, advice }) => remark(about, advice))],
    place,
  )

const outcomesOf = (settings: readonly GivenSetting[]): readonly Outcome[] =>
  GUNICORN_SETTINGS.flatMap((setting) => {
    const values = settings.filter(({ name }) => name === setting.name)
    return values.length === 0 ? [] : translate(setting, values)
  })

/** The values that count, in gunicorn's order: file, GUNICORN_CMD_ARGS, command line. */
function effective(settings: readonly GivenSetting[]): readonly GivenSetting[] {
  return settings.filter(({ name, place, value }, index) => {
    const later = settings.slice(index + 1).filter((other) => other.name === name)
    // A list of the command line replaces that of the file as a whole.
    const isReplaced = APPENDED.includes(name)
      ? later.some((other) => other.place !== place)
      : later.length > 0
    return !isReplaced && value !== null
  })
}

function translate(setting: GunicornSetting, values: readonly GivenSetting[]): readonly Outcome[] {
  const outcomes = SPECIAL.get(setting.name)?.(values) ?? translatePlainly(setting, values)
  const computed = values.find(({ isComputed }) => isComputed === true)
  if (computed === undefined) return outcomes
  const comment = `${computed.name} was worked out by code (${computed.place}): here and now this came of it.`
  return outcomes.map((each) =>
    each.kind === 'remark' ? each : { ...each, comment: joined(comment, each.comment) },
  )
}

const joined = (first: string, second: string | undefined): string =>
  second === undefined ? first : `${first} ${second}`

function translatePlainly(setting: GunicornSetting, values: readonly GivenSetting[]): readonly Outcome[] {
  const { option, advice = '' } = setting
  const last = values.at(-1)
  if (last === undefined || (option === undefined && last.value === false)) return []
  if (option === undefined) return [remark(shown(last), advice)]
  return [
    migrated(
      option,
      values.flatMap(({ value }) => translatedTexts(setting, option, value)),
    ),
  ]
}

function translatedTexts(
  { translation }: GunicornSetting,
  option: OptionName,
  value: unknown,
): readonly string[] {
  const texts = textsOf(value)
  switch (translation) {
    case 'seconds':
      return texts.map((text) => (/^\d+$/.test(text) ? `${text}s` : text))
    case 'commas':
      return texts.flatMap((text) => text.split(',').map((part) => part.trim())).filter((part) => part !== '')
    case 'limit':
      // The most that Gantry takes.
      return texts.map((text) => (text === '0' ? '1MiB' : text))
    default:
      return isSwitch(option) ? texts.map(onOrOff) : texts
  }
}

const isSwitch = (option: OptionName): boolean => 'isSwitch' in OPTIONS[option]
const onOrOff = (text: string): string => (/^(true|on)$/i.test(text) ? 'on' : 'off')

/** Without a word gunicorn believes proxies on the same machine. */
function trust(settings: readonly GivenSetting[]): readonly Outcome[] {
  if (settings.some(({ name }) => name === 'forwarded_allow_ips')) return []
  const isUnix = settings.some(
    ({ name, value }) => name === 'bind' && textsOf(value).some((each) => each.startsWith('unix:')),
  )
  return [
    migrated(
      'trustedProxies',
      isUnix ? ['unix'] : ['127.0.0.1', '::1'],
      "gunicorn's default. What these proxies say of the client counts for REMOTE_ADDR, too: middleware such as ProxyFix is not needed.",
    ),
  ]
}

const shown = ({ name, value, place }: GivenSetting): string => `${name} = ${shownValue(value)} (${place})`
