// Memory: of clients that stay and say nothing, and of a body that is larger than memory should be.
import { idleCase } from '../cases/idle-case.ts'
import { uploadCase } from '../cases/upload-case.ts'
import { serversNamed } from '../servers/server-table.ts'
import { ONE_CORE } from './settings.ts'
import type { Suite } from './suite.ts'

export const idleSuite: Suite = {
  name: 'idle',
  title: 'Memory',
  notes: ['Only servers whose front is one event loop: a thread pool cannot hold 10,000 connections.'],
  parts: [
    {
      setting: ONE_CORE,
      servers: serversNamed(
        'gantry',
        'bjoern',
        'granian',
        'nginx-uwsgi',
        'mod-wsgi',
        'gunicorn-gevent',
        'hypercorn',
      ),
      cases: [idleCase],
      rounds: 'some',
    },
    {
      setting: ONE_CORE,
      servers: serversNamed('gantry', 'bjoern', 'granian', 'nginx-uwsgi'),
      cases: [uploadCase],
      rounds: 'some',
    },
  ],
}
