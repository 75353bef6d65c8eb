// Gantry behind nginx, by each protocol, beside uWSGI behind nginx: what replacing the one by the other costs or saves.
import { loadCase } from '../cases/load-case.ts'
import { NGINX_GANTRY } from '../servers/nginx-gantry.ts'
import { serversNamed } from '../servers/server-table.ts'
import { ONE_CORE } from './settings.ts'
import type { Suite } from './suite.ts'

export const gatewaysSuite: Suite = {
  name: 'gateways',
  title: 'Behind nginx',
  notes: [
    'The CPU time is that of the whole chain: nginx and everything behind it. Over HTTP and FastCGI nginx keeps connections; over uwsgi and SCGI each request has one of its own, as those protocols want it.',
  ],
  parts: [
    {
      setting: ONE_CORE,
      servers: [...NGINX_GANTRY, ...serversNamed('nginx-uwsgi')],
      cases: [
        loadCase({
          name: 'gateway-1k',
          title: 'GET, 1 KB answer, 64 keep-alive connections to nginx',
          path: '/1k',
          connections: 64,
          answerBytes: 1024,
        }),
      ],
      rounds: 'all',
    },
  ],
}
