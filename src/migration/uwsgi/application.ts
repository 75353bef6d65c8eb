// Which application a file of uWSGI serves, and with which interpreter.

import { type Outcome, migrated, remark } from '../migration.ts'
import type { ResolvedEntry } from './placeholders.ts'

const CALLABLE = 'application'
const ENVIRONMENT = ['home', 'virtualenv', 'venv', 'pyhome']

export function applicationOf(entries: readonly ResolvedEntry[]): readonly Outcome[] {
  const callable = lastOf(entries, ['callable'])?.value ?? CALLABLE
  const named = lastOf(entries, ['module', 'wsgi', 'wsgi-file', 'file'])
  const mounts = entries.filter(({ key }) => key === 'mount')
  const environment = lastOf(entries, ENVIRONMENT)
  return [
    ...(named === undefined ? [] : [migrated('application', [withCallable(named.value, callable)])]),
    ...mounted(mounts, named !== undefined, callable),
    ...(environment === undefined
      ? []
      : [migrated('python', [`${environment.value.replace(/\/$/, '')}/bin/python`])]),
  ]
}

/** Names of the options that are read here. */
export const APPLICATION_OPTIONS = ['module', 'wsgi', 'wsgi-file', 'file', 'mount', ...ENVIRONMENT]

const lastOf = (entries: readonly ResolvedEntry[], keys: readonly string[]): ResolvedEntry | undefined =>
  entries.filter(({ key }) => keys.includes(key)).at(-1)

/** `shop.wsgi`, `shop.wsgi:app` or `shop/wsgi.py` with the attribute that counts. */
const withCallable = (text: string, callable: string): string =>
  text.includes(':') ? text : `${text}:${callable}`

/** `/shop=shop.wsgi:app`: one alone has its prefix as an option. */
function mounted(
  mounts: readonly ResolvedEntry[],
  hasApplication: boolean,
  callable: string,
): readonly Outcome[] {
  const [only] = mounts
  const match = /^(\/[^=]*)=(.+)$/.exec(only?.value ?? '')
  if (mounts.length !== 1 || match === null || hasApplication) return mounts.map(unmounted)
  const [, prefix = '', target = ''] = match
  const application = migrated('application', [withCallable(target, callable)])
  return prefix === '/' ? [application] : [application, migrated('scriptName', [prefix.replace(/\/$/, '')])]
}

const unmounted = ({ value, line }: ResolvedEntry): Outcome =>
  remark(
    `mount = ${value} (line ${line})`,
    'Several applications are put under their prefixes by mount() of gantry/middleware, in gantry.config.ts.',
  )
