// TLS: Gantry has none yet, so this shows what its peers give.
import { loadCase } from '../cases/load-case.ts'
import { serversWithout } from '../servers/server-table.ts'
import { TLS } from './settings.ts'
import type { Suite } from './suite.ts'

export const tlsSuite: Suite = {
  name: 'tls',
  title: 'TLS',
  notes: ['TLS 1.3 with an ECDSA certificate (P-256), keys and handshakes of the 64 connections included.'],
  parts: [
    {
      setting: TLS,
      servers: serversWithout('gantry', 'bjoern', 'waitress', 'gunicorn-gevent', 'gunicorn-sync'),
      cases: [
        loadCase({
          name: 'tls-1k',
          title: 'GET over TLS, 1 KB answer, 64 keep-alive connections',
          path: '/1k',
          connections: 64,
          answerBytes: 1024,
        }),
      ],
      rounds: 'some',
    },
  ],
  absent: [
    { server: 'gantry', reason: 'no TLS yet' },
    { server: 'bjoern', reason: 'knows no TLS' },
    { server: 'waitress', reason: 'knows no TLS' },
  ],
}
