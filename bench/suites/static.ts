// Files.
import { loadCase } from '../cases/load-case.ts'
import { gantryStatic } from '../servers/gantry.ts'
import { nginx } from '../servers/nginx.ts'
import { serversNamed } from '../servers/server-table.ts'
import { ONE_CORE } from './settings.ts'
import type { Suite } from './suite.ts'

function file(name: string, title: string, bytes: number, connections: number): ReturnType<typeof loadCase> {
  return loadCase({
    name: `static-${name}`,
    title: `GET, a file of ${title}, ${connections} keep-alive connections`,
    path: `/files/${name}.bin`,
    connections,
    answerBytes: bytes,
  })
}

export const staticSuite: Suite = {
  name: 'static',
  title: 'Files',
  notes: [
    'nginx and gantry-static (`--static`) serve the files themselves. All others, gantry too, are asked through a Python application that opens the file and returns `wsgi.file_wrapper`.',
  ],
  parts: [
    {
      setting: ONE_CORE,
      servers: [gantryStatic, ...serversNamed('gantry', 'uwsgi-http', 'waitress', 'gunicorn-gthread'), nginx],
      cases: [file('10k', '10 KB', 10 * 1024, 64), file('10m', '10 MB', 10 * 1024 * 1024, 8)],
      rounds: 'all',
    },
  ],
}
