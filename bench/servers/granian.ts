// granian: HTTP in Rust, Python in the same process.
import { join } from 'node:path'

import { findPythonPackageVersion } from '../setup/python-packages.ts'
import type { ServerEntry } from './server-entry.ts'

export const granian: ServerEntry = {
  name: 'granian',
  settings:
    '1 worker, HTTP/1 only, runtime st with 1 thread, 1 blocking thread (its advice for fast applications)',
  pythonPackages: ['granian'],
  findVersion: ({ pythonBin }) => findPythonPackageVersion(pythonBin, 'granian'),
  plan: ({ pythonBin, appDirectory, port }) => ({
    commands: [
      {
        argv: [
          join(pythonBin, 'granian'),
          ...['--interface', 'wsgi'],
          ...['--host', '127.0.0.1', '--port', String(port)],
          ...['--workers', '1'],
          ...['--http', '1'],
          ...['--runtime-mode', 'st', '--runtime-threads', '1'],
          ...['--blocking-threads', '1'],
          'app:application',
        ],
        cwd: appDirectory,
      },
    ],
  }),
}
