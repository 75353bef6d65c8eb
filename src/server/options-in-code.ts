// Options given in code, to `serve()` or `pythonApplication()`: each takes those that it has a use for.

import { type ConfigObject, isOptionInCode, nameInCode } from '../config/config-object.ts'
import type { OptionName } from '../config/options.ts'
import { PYTHON_OPTIONS, SHARED_OPTIONS } from '../config/python-options.ts'
import { type Settings, resolve } from '../config/resolve.ts'
import { GantryError } from '../errors.ts'

/** Options of the command, which runs servers in processes of their own. */
export const COMMAND_OPTIONS = [
  'mounts',
  'fronts',
  'lameDuckMs',
  'reload',
  'reloadOn',
  'controlSocket',
  'pidFile',
  'user',
  'group',
  'umask',
] as const satisfies readonly OptionName[]

const COMMAND_NAMES = new Set(COMMAND_OPTIONS.map(nameInCode))
const PYTHON_NAMES = new Set(PYTHON_OPTIONS.map(nameInCode))
const SHARED_NAMES = new Set(SHARED_OPTIONS.map(nameInCode))

/** Settings for a server. Throws a GantryError, or an AggregateError of several. */
export function serverSettings(given: ConfigObject, application: string): Settings {
  const misplaced = Object.keys(given.options)
    .filter((name) => PYTHON_NAMES.has(name) || COMMAND_NAMES.has(name) || name === 'application')
    .map((name) => notHere(name, given.source, placeOf(name, 'pythonApplication()')))
  return settingsOf(given, application, misplaced)
}

/** Settings for a Python application. Throws a GantryError, or an AggregateError of several. */
export function pythonSettings(given: ConfigObject, application: string): Settings {
  const misplaced = Object.keys(given.options)
    .filter((name) => !PYTHON_NAMES.has(name) && !SHARED_NAMES.has(name) && isOptionInCode(name))
    .map((name) => notHere(name, given.source, placeOf(name, 'serve()')))
  return settingsOf(given, application, misplaced)
}

const placeOf = (name: string, otherwise: string): string =>
  COMMAND_NAMES.has(name) ? 'the command' : otherwise

const notHere = (name: string, taker: string, place: string): GantryError =>
  new GantryError('GANTRY_OPTION_NOT_HERE', { name, taker, place })

function settingsOf(given: ConfigObject, application: string, misplaced: readonly GantryError[]): Settings {
  // A program decides by itself which variables count for it.
  const resolution = resolve({ argv: ['--', application], env: {}, file: given })
  const problems = resolution.kind === 'problems' ? [...misplaced, ...resolution.problems] : misplaced
  if (problems.length === 1) throw problems[0]!
  if (problems.length > 1)
    throw new AggregateError(problems, problems.map(({ message }) => message).join('; '))
  if (resolution.kind !== 'settings') throw new Error('an application was given, so no text was asked for')
  return resolution.settings
}
