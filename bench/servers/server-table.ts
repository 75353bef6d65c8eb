// Every Python server that can be measured, in the order in which the report lists them. A new peer is one entry here.
import { bjoern } from './bjoern.ts'
import { cheroot } from './cheroot.ts'
import { gantry } from './gantry.ts'
import { granian } from './granian.ts'
import { gunicornGevent, gunicornGthread, gunicornSync } from './gunicorn.ts'
import { hypercorn } from './hypercorn.ts'
import { modWsgi } from './mod-wsgi.ts'
import type { ServerEntry } from './server-entry.ts'
import { nginxUwsgi, uwsgiHttp } from './uwsgi.ts'
import { waitress } from './waitress.ts'

export const SERVERS: readonly ServerEntry[] = [
  gantry,
  bjoern,
  granian,
  nginxUwsgi,
  uwsgiHttp,
  modWsgi,
  waitress,
  cheroot,
  gunicornGthread,
  gunicornGevent,
  gunicornSync,
  hypercorn,
]

/** The table without some of its servers, by their names. */
export function serversWithout(...names: readonly string[]): readonly ServerEntry[] {
  return SERVERS.filter(({ name }) => !names.includes(name))
}

/** Some servers of the table, in its order. */
export function serversNamed(...names: readonly string[]): readonly ServerEntry[] {
  return SERVERS.filter(({ name }) => names.includes(name))
}
