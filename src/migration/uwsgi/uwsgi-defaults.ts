// What uWSGI does where its file says nothing, and Gantry would do otherwise.

import { type Outcome, migrated } from '../migration.ts'
import type { ResolvedEntry } from './placeholders.ts'

export function defaults(entries: readonly ResolvedEntry[]): readonly Outcome[] {
  const has = (...keys: readonly string[]): boolean => entries.some(({ key }) => keys.includes(key))
  const isQuiet = entries.some(
    ({ key, value }) => key === 'disable-logging' && !/^(false|off|no|0)$/i.test(value),
  )
  return [
    ...(has('processes', 'workers') ? [] : [migrated('workers', ['1'], "uWSGI's default.")]),
    ...(has('threads', 'gevent', 'async')
      ? []
      : [
          migrated(
            'threads',
            ['1'],
            "uWSGI's default: this application has never served two requests at a time in one process. More threads need code that is safe for them.",
          ),
        ]),
    ...(has('harakiri')
      ? []
      : [
          migrated(
            'requestTimeoutMs',
            ['0s'],
            'No limit, as without harakiri. 30s is the default of Gantry, and safer.',
          ),
        ]),
    ...(isQuiet
      ? []
      : [migrated('accessLog', ['-'], 'uWSGI writes a line for each request, without disable-logging.')]),
  ]
}
