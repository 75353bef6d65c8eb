// Options of uWSGI whose values depend on each other, or need more than a change of units.

import { type Outcome, migrated, remark } from '../migration.ts'
import { APPLICATION_OPTIONS } from './application.ts'
import type { ResolvedEntry } from './placeholders.ts'
import { SOCKET_OPTIONS, socket } from './sockets.ts'

type Special = (entry: ResolvedEntry, entries: readonly ResolvedEntry[]) => readonly Outcome[]

/** What Gantry's --max-head-bytes is by default. */
const DEFAULT_HEAD_BYTES = 65_536
const THREADS_FOR_GREENLETS = 64
/** Plugins whose work Gantry does by itself. */
const KNOWN_PLUGINS = /^(python\d*|http|logfile|corerouter|syslog|ping|router_\w+)$/

export const SPECIAL_OPTIONS: ReadonlyMap<string, Special> = new Map<string, Special>([
  ...APPLICATION_OPTIONS.map((name) => [name, () => []] as const),
  ...SOCKET_OPTIONS.map((name) => [name, socket] as const),
  ['processes', workers],
  ['workers', workers],
  ['gevent', greenlets],
  ['max-requests-delta', jitter],
  ['buffer-size', headBytes],
  ['disable-logging', () => []],
  ['plugin', plugins],
  ['plugins', plugins],
  ['need-plugin', plugins],
  ['need-plugins', plugins],
  ['py-autoreload', developmentReload],
  ['py-auto-reload', developmentReload],
  ['python-autoreload', developmentReload],
  ['python-auto-reload', developmentReload],
  ['static-map', staticFiles],
  ['static-map2', staticFiles],
  ['chdir2', (entry) => [migrated('chdir', [entry.value])]],
])

const lastValue = (entries: readonly ResolvedEntry[], key: string): string | undefined =>
  entries.filter((entry) => entry.key === key).at(-1)?.value

/** `cheaper` is the fewest, `processes` the most. */
function workers({ value }: ResolvedEntry, entries: readonly ResolvedEntry[]): readonly Outcome[] {
  const fewest = lastValue(entries, 'cheaper')
  return [migrated('workers', [fewest === undefined || fewest === '0' ? value : `${fewest}:${value}`])]
}

function greenlets({ value, line }: ResolvedEntry): readonly Outcome[] {
  const threads = Math.min(Number(value) || THREADS_FOR_GREENLETS, THREADS_FOR_GREENLETS)
  return [
    migrated(
      'threads',
      [String(threads)],
      'In the place of greenlets: gantry top shows whether they are enough. Clients that are slow need none.',
    ),
    remark(
      `gevent = ${value} (line ${line})`,
      'Threads take the place of greenlets, and nothing is monkey-patched.',
    ),
  ]
}

/** uWSGI adds it once for each worker before. */
function jitter({ value }: ResolvedEntry, entries: readonly ResolvedEntry[]): readonly Outcome[] {
  const processes = Number(lastValue(entries, 'processes') ?? lastValue(entries, 'workers') ?? '1')
  return [migrated('maxRequestsJitter', [String(Number(value) * processes)])]
}

function headBytes({ value, line }: ResolvedEntry): readonly Outcome[] {
  const bytes = Number(value)
  if (bytes > DEFAULT_HEAD_BYTES)
    return [migrated('maxHeadBytes', [value]), migrated('maxHeaderBytes', [value])]
  return [
    remark(
      `buffer-size = ${value} (line ${line})`,
      'Needless: request heads may have 64 KiB (max-head-bytes), one field of them 16 KiB (max-header-bytes).',
    ),
  ]
}

function plugins({ key, value, line }: ResolvedEntry): readonly Outcome[] {
  const names = value.split(',').map((name) => name.trim())
  const others = names.filter((name) => !KNOWN_PLUGINS.test(name))
  const advice =
    others.length === 0
      ? 'Needless: Gantry has no plugins.'
      : `Gantry has no plugins, and nothing for ${others.join(', ')}.`
  return [remark(`${key} = ${value} (line ${line})`, advice)]
}

function developmentReload({ value }: ResolvedEntry): readonly Outcome[] {
  return value === '0' ? [] : [migrated('reload', ['on'])]
}

/** `static-map2` has the path again below the directory. */
function staticFiles({ key, value, line }: ResolvedEntry): readonly Outcome[] {
  const [, path, directory] = /^(\/[^=]*)=(.+)$/.exec(value) ?? []
  const about = `${key} = ${value} (line ${line})`
  if (path === undefined || directory === undefined)
    return [remark(about, 'static takes a path and a directory: "/static=DIRECTORY".')]
  const prefix = path.replace(/\/+$/, '')
  if (prefix === '')
    return [
      remark(
        about,
        'What lies under a path of static is never asked of the application: give the files a path of their own, or name each, "/robots.txt=FILE".',
      ),
    ]
  const files = key === 'static-map2' ? directory.replace(/\/+$/, '') + prefix : directory
  return [
    migrated(
      'static',
      [`${prefix}=${files}`],
      'A file that is not there is 404: the application is not asked.',
    ),
  ]
}
