// From the command to the first answer.
import { bootCase } from '../cases/boot-case.ts'
import { serversNamed, SERVERS } from '../servers/server-table.ts'
import { COLD, PRELOADED } from './settings.ts'
import type { Suite } from './suite.ts'

export const bootSuite: Suite = {
  name: 'boot',
  title: 'Time to the first answer',
  notes: [
    'The Django application, two workers on one core. Files are in the page cache: they have been read before.',
  ],
  parts: [
    {
      setting: COLD,
      servers: SERVERS,
      cases: [bootCase('boot-cold', 'each worker loads the application')],
      rounds: 'some',
    },
    {
      setting: PRELOADED,
      servers: serversNamed(
        'gantry',
        'uwsgi-http',
        'nginx-uwsgi',
        'gunicorn-gthread',
        'gunicorn-gevent',
        'gunicorn-sync',
      ),
      cases: [bootCase('boot-preloaded', 'loaded once, workers are forked')],
      rounds: 'some',
    },
  ],
}
