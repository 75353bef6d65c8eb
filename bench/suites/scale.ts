// All cores, one worker and two.
import { loadCase } from '../cases/load-case.ts'
import { SERVERS, serversWithout } from '../servers/server-table.ts'
import { ALL_CORES_ONE_WORKER, ALL_CORES_TWO_WORKERS } from './settings.ts'
import type { Suite } from './suite.ts'

function hello(name: string, workers: string): ReturnType<typeof loadCase> {
  return loadCase({
    name,
    title: `${workers}, all cores: GET, 1 KB answer, 64 keep-alive connections`,
    path: '/1k',
    connections: 64,
    answerBytes: 1024,
    chartMetric: 'requestsPerSecond',
  })
}

export const scaleSuite: Suite = {
  name: 'scale',
  title: 'More workers, all cores',
  notes: [
    'Servers and load generator share all cores, nothing is pinned: on a machine with two cores the load generator takes what the servers would want. waitress and cheroot have one process, whatever is asked of them.',
  ],
  parts: [
    { setting: ALL_CORES_ONE_WORKER, servers: SERVERS, cases: [hello('scale-1', '1 worker')], rounds: 'all' },
    {
      setting: ALL_CORES_TWO_WORKERS,
      servers: serversWithout('waitress', 'cheroot'),
      cases: [hello('scale-2', '2 workers')],
      rounds: 'all',
    },
  ],
}
