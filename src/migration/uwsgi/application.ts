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

/** `/shop=shop.wsgi:app`. The one at the root is the application itself. */
function mounted(
  mounts: readonly ResolvedEntry[],
  hasApplication: boolean,
  callable: string,
): readonly Outcome[] {
  return mounts.map(({ value, line }) => {
    const [, prefix = '', target = ''] = /^([^=]*)=(.+)$/.exec(value) ?? []
    if (target === '') return remark(`mount = ${value} (line ${line})`, 'It names no application.')
    const application = withCallable(target, callable)
    const isRoot = prefix === '/' || prefix === ''
    if (isRoot && !hasApplication) return migrated('application', [application])
    return migrated('mounts', [`${prefix.replace(/\/$/, '')}=${application}`])
  })
}
