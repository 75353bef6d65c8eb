// Small and larger answers over kept connections: what a server costs when the application costs nothing.
import { loadCase } from '../cases/load-case.ts'
import { SERVERS } from '../servers/server-table.ts'
import { ONE_CORE } from './settings.ts'
import type { Suite } from './suite.ts'

function hello(name: string, title: string, kilobytes: number): ReturnType<typeof loadCase> {
  return loadCase({
    name,
    title: `GET, ${title} answer, 64 keep-alive connections`,
    path: `/${kilobytes}k`,
    connections: 64,
    answerBytes: kilobytes * 1024,
  })
}

export const helloSuite: Suite = {
  name: 'hello',
  title: 'A small answer, as fast as it goes',
  parts: [
    {
      setting: ONE_CORE,
      servers: SERVERS,
      cases: [
        hello('hello-1k', '1 KB', 1),
        hello('hello-10k', '10 KB', 10),
        hello('hello-100k', '100 KB', 100),
      ],
      rounds: 'all',
    },
  ],
}
