// The same work in JavaScript: one front of Gantry beside node:http, Fastify and Hono; what layers of middleware cost
// before app.py, and what mounting app.py under Express costs.
import { loadCase } from '../cases/load-case.ts'
import { JAVASCRIPT_SERVERS } from '../servers/javascript.ts'
import { ONE_CORE } from './settings.ts'
import type { Suite } from './suite.ts'

export const typescriptSuite: Suite = {
  name: 'typescript',
  title: 'Applications in JavaScript, and middleware before Python',
  notes: [
    'All give the same 1 KB with the same fields, in one process. «front µs/req» leaves the Python worker out.',
  ],
  parts: [
    {
      setting: ONE_CORE,
      servers: JAVASCRIPT_SERVERS,
      cases: [
        loadCase({
          name: 'javascript',
          title: 'GET, 1 KB answer, 64 keep-alive connections',
          path: '/1k',
          connections: 64,
          answerBytes: 1024,
          tellsFront: true,
        }),
      ],
      rounds: 'some',
    },
  ],
}
