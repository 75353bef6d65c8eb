// Request bodies: sent, read by the application, and sent back.
import { loadCase } from '../cases/load-case.ts'
import { SERVERS } from '../servers/server-table.ts'
import { ONE_CORE } from './settings.ts'
import type { Suite } from './suite.ts'

function echo(name: string, title: string, bytes: number, connections: number): ReturnType<typeof loadCase> {
  return loadCase({
    name,
    title: `POST of ${title}, echoed, ${connections} keep-alive connections`,
    path: '/echo',
    connections,
    postBytes: bytes,
    answerBytes: bytes,
  })
}

export const echoSuite: Suite = {
  name: 'echo',
  title: 'A request body, sent back',
  notes: [
    'A body of 1 MB passes through a file in waitress (from 512 KiB) and in nginx (from 16 KiB), and in Gantry where it is larger or all bodies together have used up --body-memory-bytes: that is what keeps slow uploads away from workers. The others hand bytes to the application as they come.',
  ],
  parts: [
    {
      setting: ONE_CORE,
      servers: SERVERS,
      cases: [echo('echo-10k', '10 KB', 10 * 1024, 64), echo('echo-1m', '1 MB', 1024 * 1024, 16)],
      rounds: 'all',
    },
  ],
}
