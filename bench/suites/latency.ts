// How long a request takes: with no queue at all, and at fixed rates.
import { loadCase } from '../cases/load-case.ts'
import { rateCase } from '../cases/rate-case.ts'
import { SERVERS } from '../servers/server-table.ts'
import { ONE_CORE } from './settings.ts'
import type { Suite } from './suite.ts'

export const latencySuite: Suite = {
  name: 'latency',
  title: 'The time of one request',
  notes: [
    'At a fixed rate requests are due at regular moments, whether or not earlier ones were answered, and a latency counts from the moment when its request was due (coordinated omission is thus charged to the server). «p99 from sending» leaves that out. «Client late» is how late the load generator itself was.',
    'The rate is 50 % or 80 % of what the same process did in `hello-1k` a few seconds before, so a fast server is asked more.',
  ],
  parts: [
    {
      setting: ONE_CORE,
      servers: SERVERS,
      cases: [
        loadCase({
          name: 'one',
          title: 'GET, 1 KB answer, 1 connection',
          path: '/1k',
          connections: 1,
          answerBytes: 1024,
          isAboutLatency: true,
          chartMetric: 'p50Us',
        }),
        rateCase('rate-50', 0.5),
        rateCase('rate-80', 0.8),
      ],
      rounds: 'all',
    },
  ],
}
