// A configuration file of gunicorn is Python code: it is run, in a process of its own and for a limited time, to see what it sets.

import { execFile } from 'node:child_process'
import { GUNICORN_HOOKS } from '../../config/gunicorn/hooks.ts'
import { GUNICORN_SETTINGS } from '../../config/gunicorn/gunicorn-settings.ts'
import { nearestName } from '../../config/nearest-name.ts'
import { GantryError } from '../../errors.ts'
import { packageFile } from '../../io/package-files.ts'
import type { GivenSettings } from './given-settings.ts'

const RUN_FILE = packageFile('python/gantry_worker/gunicorn_config.py')
const MOST_BYTES = 16_777_216

/** A name that the file has defined, or has imported; then without a line. */
export interface DefinedName {
  readonly name: string
  readonly line: number | null
  readonly isComputed: boolean
  readonly kind: 'function' | 'value'
  readonly value?: unknown
}

export type FileSettings = Pick<GivenSettings, 'settings' | 'hooks' | 'others'>

/** `file` as behind gunicorn's `-c`. Rejects with a GantryError when it cannot be run to its end. */
export async function runConfigFile(python: string, file: string, limitMs: number): Promise<FileSettings> {
  const failed = (reason: string, traceback?: string): GantryError =>
    new GantryError('GANTRY_MIGRATION_NOT_RUN', { file, reason, traceback })
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      python,
      [RUN_FILE, file],
      { timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: MOST_BYTES },
      (error, stdout) => {
        if (error?.killed === true) reject(failed(`it took longer than ${limitMs / 1000} s`))
        else if (stdout === '') reject(failed(error?.message ?? 'its process ended before its end'))
        else resolve(stdout)
      },
    )
    child.stderr?.pipe(process.stderr)
  })
  const told = JSON.parse(output) as { readonly names?: readonly DefinedName[]; readonly error?: string }
  if (told.names === undefined) throw failed('it raised an exception', told.error)
  return fileSettings(file, told.names)
}

/** Tells apart settings, hooks, and names that mean nothing to gunicorn. */
export function fileSettings(file: string, names: readonly DefinedName[]): FileSettings {
  const placeOf = ({ line }: DefinedName): string => (line === null ? file : `${file}:${line}`)
  const settings = names.filter(({ name }) => SETTING_NAMES.includes(name) && !GUNICORN_HOOKS.has(name))
  const unknown = names.filter(
    ({ name, line, kind }) =>
      line !== null && kind === 'value' && !SETTING_NAMES.includes(name) && !GUNICORN_HOOKS.has(name),
  )
  return {
    settings: settings.map((each) => ({
      name: each.name,
      value: each.kind === 'function' ? `the function ${each.name}` : each.value,
      place: placeOf(each),
      isComputed: each.isComputed,
    })),
    hooks: names
      .filter(({ name }) => GUNICORN_HOOKS.has(name))
      .map((each) => ({ name: each.name, place: placeOf(each) })),
    others: ignored(unknown.map((each) => ({ name: each.name, place: placeOf(each) }))),
  }
}

const SETTING_NAMES = GUNICORN_SETTINGS.map(({ name }) => name)

/** Helpers of the file's own are told together; what looks like a slip of the pen is told by itself. */
function ignored(
  names: readonly { readonly name: string; readonly place: string }[],
): FileSettings['others'] {
  const near = names.map((each) => ({ ...each, nearest: nearestName(each.name, SETTING_NAMES) }))
  const slips = near.filter(({ nearest }) => nearest !== undefined)
  const helpers = near.filter(({ nearest }) => nearest === undefined)
  return [
    ...slips.map(({ name, place, nearest }) => ({
      about: `${name} (${place})`,
      advice: `gunicorn has no setting of this name and ignores it: ${nearest} may have been meant.`,
    })),
    ...(helpers.length === 0
      ? []
      : [
          {
            about: helpers.map(({ name }) => name).join(', '),
            advice: 'These are no settings: gunicorn ignores them.',
          },
        ]),
  ]
}
