// How many requests gunicorn served at a time, which its worker class decides, as workers and threads.

import { type Outcome, migrated, remark } from '../migration.ts'
import { shownValue, textsOf } from '../values.ts'
import type { GivenSetting } from './given-settings.ts'

/** A worker of greenlets serves as many requests as there are connections, 1000 without a word; threads are no greenlets. */
const THREADS_FOR_GREENLETS = 64

export function concurrency(settings: readonly GivenSetting[]): readonly Outcome[] {
  const find = (name: string): GivenSetting | undefined => settings.find((setting) => setting.name === name)
  const [workers, threads, workerClass] = [find('workers'), find('threads'), find('worker_class')]
  return [
    ...(workers === undefined
      ? [migrated('workers', ['1'], "gunicorn's default, where WEB_CONCURRENCY says nothing else.")]
      : []),
    ...byClass(workerClass, threads, find('worker_connections')),
  ]
}

function byClass(
  workerClass: GivenSetting | undefined,
  threads: GivenSetting | undefined,
  connections: GivenSetting | undefined,
): readonly Outcome[] {
  const name = textsOf(workerClass?.value ?? 'sync').join()
  const about = `worker_class = ${shownValue(name)} (${workerClass?.place ?? 'default'})`
  if (/gevent|eventlet/.test(name)) return greenlets(about, connections)
  if (/uvicorn|asgi/i.test(name))
    return [
      remark(
        about,
        'It serves ASGI applications (FastAPI, Starlette, Django channels), and Gantry serves WSGI: the application needs an adapter such as a2wsgi, or goes on as it is.',
      ),
    ]
  if (/tornado/.test(name))
    return [remark(about, 'Gantry serves WSGI; a Tornado application has a server of its own.')]
  const single = threads === undefined ? [oneThread()] : []
  if (/^(sync|gthread)$/.test(name)) return single
  return [
    ...single,
    remark(about, 'A worker class of its own cannot be taken along: workers of Gantry have threads.'),
  ]
}

const oneThread = (): Outcome =>
  migrated(
    'threads',
    ['1'],
    "gunicorn's default: this application has never served two requests at a time in one process. More threads need code that is safe for them.",
  )

function greenlets(about: string, connections: GivenSetting | undefined): readonly Outcome[] {
  const count = Math.min(
    Number(connections?.value ?? THREADS_FOR_GREENLETS) || THREADS_FOR_GREENLETS,
    THREADS_FOR_GREENLETS,
  )
  return [
    migrated(
      'threads',
      [String(count)],
      'In the place of greenlets: so many requests at a time in each worker. gantry top shows whether they are enough. Clients that are slow, or idle, need none.',
    ),
    remark(
      about,
      'Threads take the place of greenlets, and nothing is monkey-patched: remove monkey.patch_all() from the application, and drivers such as psycogreen that were for it.',
    ),
  ]
}
