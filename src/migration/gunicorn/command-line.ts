// The words of a gunicorn command line → what they set. They are read as gunicorn's own parser reads them (Python's argparse): values
// after a blank, an equals sign or nothing, long flags by any beginning that only one of them has.

import type { GunicornSetting } from '../../config/gunicorn/gunicorn-setting.ts'
import { GUNICORN_SETTINGS_BY_FLAG } from '../../config/gunicorn/gunicorn-settings.ts'
import { nearestName } from '../../config/nearest-name.ts'
import type { GivenSetting, GivenSettings } from './given-settings.ts'

const FLAGS = [...GUNICORN_SETTINGS_BY_FLAG.keys()]
const LONG_FLAGS = FLAGS.filter((flag) => flag.startsWith('--'))
/** The only flag whose value may be left out. */
const PROXY_PROTOCOLS = ['off', 'v1', 'v2', 'auto', 'true', 'false']

export type ReadArguments = Pick<GivenSettings, 'settings' | 'others'>

interface Reading {
  readonly settings: GivenSetting[]
  readonly others: { readonly about: string; readonly advice: string }[]
}

/** `place` names what held them, where it was not the command line itself. */
export function readArguments(words: readonly string[], place?: string): ReadArguments {
  const reading: Reading = { settings: [], others: [] }
  const rest = [...words]
  const positionals: string[] = []
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') positionals.push(...rest.splice(0))
    else if (/^-./.test(word)) readFlag(word, rest, reading, place)
    else positionals.push(word)
  }
  const [application, ...more] = positionals
  if (application !== undefined)
    reading.settings.push({ name: 'wsgi_app', value: application, place: place ?? 'the command line' })
  for (const word of more)
    reading.others.push({
      about: word,
      advice: 'It stands behind the application, where gunicorn has no use for it.',
    })
  return reading
}

function readFlag(word: string, rest: string[], reading: Reading, place: string | undefined): void {
  const { flag, attached } = splitFlag(word)
  const setting = GUNICORN_SETTINGS_BY_FLAG.get(flag)
  if (setting === undefined) {
    const nearest = nearestName(flag, LONG_FLAGS)
    const suggestion = nearest === undefined ? '' : ` Did you mean ${nearest}?`
    const meant = nearest === undefined ? undefined : GUNICORN_SETTINGS_BY_FLAG.get(nearest)
    // Its value is no application.
    if (meant !== undefined && meant.isSwitch !== true && attached === undefined) rest.shift()
    reading.others.push({ about: flag, advice: `gunicorn has no such flag.${suggestion}` })
    return
  }
  const value = attached ?? valueBehind(setting, rest)
  if (value === undefined) reading.others.push({ about: flag, advice: 'It has no value.' })
  else reading.settings.push({ name: setting.name, value, place: place ?? `flag ${flag}` })
}

function valueBehind(setting: GunicornSetting, rest: string[]): string | boolean | undefined {
  if (setting.isSwitch !== true) return rest.shift()
  const [next] = rest
  if (setting.name === 'proxy_protocol' && next !== undefined && PROXY_PROTOCOLS.includes(next))
    return rest.shift()
  return true
}

function splitFlag(word: string): { readonly flag: string; readonly attached: string | undefined } {
  const equals = word.indexOf('=')
  const [name, value] = equals === -1 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)]
  if (GUNICORN_SETTINGS_BY_FLAG.has(name)) return { flag: name, attached: value }
  if (!word.startsWith('--')) return { flag: word.slice(0, 2), attached: word.slice(2) || undefined }
  const completions = LONG_FLAGS.filter((flag) => flag.startsWith(name))
  return { flag: completions.length === 1 ? completions[0]! : name, attached: value }
}
