// waitress: one process, a thread pool behind an asyncore loop.
import { join } from 'node:path'

import { findPythonPackageVersion } from '../setup/python-packages.ts'
import type { ServerEntry } from './server-entry.ts'

export const waitress: ServerEntry = {
  name: 'waitress',
  settings:
    '1 process, whatever the number of workers (it knows no other way); warnings about the queue depth off',
  pythonPackages: ['waitress'],
  findVersion: ({ pythonBin }) => findPythonPackageVersion(pythonBin, 'waitress'),
  plan: ({ pythonBin, appDirectory, port, threads, application }) => ({
    commands: [
      {
        argv: [
          join(pythonBin, 'python'),
          join(import.meta.dirname, 'run-waitress.py'),
          `--listen=127.0.0.1:${port}`,
          `--threads=${threads}`,
          // Its default of 100 would leave 512 clients waiting to be let in.
          '--connection-limit=1000',
          `${application.module}:application`,
        ],
        cwd: appDirectory,
        env: { PYTHONPATH: appDirectory },
      },
    ],
  }),
}
