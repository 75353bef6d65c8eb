// waitress: one process, a thread pool behind an asyncore loop.
import { join } from 'node:path'

import { findPythonPackageVersion } from '../setup/python-packages.ts'
import type { ServerEntry } from './server-entry.ts'

export const waitress: ServerEntry = {
  name: 'waitress',
  settings: '1 process, 4 threads (its default); warnings about the queue depth off',
  pythonPackages: ['waitress'],
  findVersion: ({ pythonBin }) => findPythonPackageVersion(pythonBin, 'waitress'),
  plan: ({ pythonBin, appDirectory, port, threads }) => ({
    commands: [
      {
        argv: [
          join(pythonBin, 'python'),
          join(appDirectory, 'servers', 'run-waitress.py'),
          `--listen=127.0.0.1:${port}`,
          `--threads=${threads}`,
          'app:application',
        ],
        cwd: appDirectory,
        env: { PYTHONPATH: appDirectory },
      },
    ],
  }),
}
