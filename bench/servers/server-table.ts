// Every server that can be measured, in the order in which the report lists them. A new peer is one entry here.
import { bjoern } from './bjoern.ts'
import { gantry } from './gantry.ts'
import { granian } from './granian.ts'
import { gunicornGthread, gunicornSync } from './gunicorn.ts'
import { nginxUwsgi, uwsgiHttp } from './uwsgi.ts'
import { waitress } from './waitress.ts'
import type { ServerEntry } from './server-entry.ts'

export const SERVERS: readonly ServerEntry[] = [
  gantry,
  bjoern,
  granian,
  nginxUwsgi,
  waitress,
  uwsgiHttp,
  gunicornGthread,
  gunicornSync,
]
