// An application that waits: for a database, for another service.
import { loadCase } from '../cases/load-case.ts'
import { serversWithout } from '../servers/server-table.ts'
import { MANY_THREADS } from './settings.ts'
import type { Suite } from './suite.ts'

function sleeping(ms: number, longerBy: number): ReturnType<typeof loadCase> {
  return loadCase({
    name: `sleep-${ms}ms`,
    title: `GET, the application sleeps ${ms} ms, 512 keep-alive connections`,
    path: `/sleep-${ms}ms`,
    connections: 512,
    longerBy,
    chartMetric: 'requestsPerSecond',
  })
}

export const ioSuite: Suite = {
  name: 'io',
  title: 'An application that waits',
  notes: [
    'One worker with 64 threads where a server has threads: at most 6,400 or 640 requests a second. gevent has a greenlet for each connection instead and may reach 51,200 or 5,120; hypercorn takes the threads of asyncio (cores + 4).',
  ],
  // A closed loop of 512 loses the answers that are under way at its end: of half a second of 10 ms sleeps every sixth.
  parts: [
    {
      setting: MANY_THREADS,
      servers: serversWithout('bjoern', 'gunicorn-sync'),
      cases: [sleeping(10, 8), sleeping(100, 4)],
      rounds: 'all',
    },
  ],
  absent: [
    { server: 'bjoern', reason: 'one request at a time' },
    { server: 'gunicorn-sync', reason: 'one request at a time' },
  ],
}
