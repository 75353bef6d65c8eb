// Files that the server answers with by itself.
import { optional, repeatable, type ValueOf } from '../option.ts'
import { settingOfKey } from '../setting-of-key.ts'
import { toggle } from '../toggle.ts'
import { ADDED_FIELD, DIRECTORY, ROUTE, duration } from '../value-types.ts'

/** Until a file is asked for again, where nothing is said. Who develops wants to see each change. */
export const MAX_AGE_MS = { usual: 60_000, inDevelopment: 0, ofImmutable: 31_536_000_000 } as const
// Ten years: nobody keeps anything for longer.
const LONGEST_AGE_MS = 315_360_000_000

/** What can be set for the files of a path. */
export const STATIC_SETTINGS = {
  files: optional({
    group: 'Mounts and routes',
    metavariable: 'DIRECTORY',
    type: DIRECTORY,
    unset: 'none',
    help: 'The directory, or the one file, that is sent.',
    since: '0.1.0',
  }),
  maxAgeMs: optional({
    group: 'Mounts and routes',
    metavariable: 'DURATION',
    type: duration(0, LONGEST_AGE_MS),
    unset: '1m, under gantry dev 0; a year where immutable is on',
    help: 'How long clients and caches may use a file without asking whether it has changed.',
    since: '0.1.0',
  }),
  headers: repeatable({
    group: 'Mounts and routes',
    metavariable: 'NAME=VALUE',
    type: ADDED_FIELD,
    separator: '\n',
    default: [],
    help: 'A header field that answers with these files have besides: Access-Control-Allow-Origin=*, say.',
    since: '0.1.0',
  }),
  immutable: toggle({
    group: 'Mounts and routes',
    help: 'Whether a file under a name never changes, as where names hold a hash of the content: it is not asked for again even when a page is reloaded.',
    since: '0.1.0',
  }),
}

export type StaticSettings = {
  readonly [Name in keyof typeof STATIC_SETTINGS]: ValueOf<(typeof STATIC_SETTINGS)[Name]>
}

/** What code says of the files of a path. */
export interface StaticInCode {
  readonly files: string
  readonly maxAge?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly immutable?: boolean
}

export const STATIC = {
  static: repeatable({
    group: 'Mounts and routes',
    metavariable: 'PATH=DIRECTORY',
    type: settingOfKey({
      key: ROUTE,
      settings: STATIC_SETTINGS,
      plain: 'files',
      expected:
        'a path and a directory, such as /static=public, or a setting of its own, such as "/static max-age=8760h"',
    }),
    separator: ',',
    default: [],
    help: 'Answers GET and HEAD for PATH and what lies below it with the files of DIRECTORY, without asking the application; a file that is not there is 404, and so are directories, names that begin with a dot (but .well-known) and links that lead out. Of several paths the longest counts. A compressed copy beside a file (.br, .zst, .gz) is sent to who takes it. "PATH max-age=DURATION" says how long a file may be used before it is asked for again (1m if left out, under gantry dev 0), "PATH immutable=on" that it never changes (a year), "PATH headers=NAME=VALUE" gives answers a header field.',
    since: '0.1.0',
  }),
}
