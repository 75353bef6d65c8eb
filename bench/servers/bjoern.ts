// bjoern: a single thread in C. The fastest plain WSGI server there is, without limits, deadlines or buffering.
import { join } from 'node:path'

import { findPythonPackageVersion } from '../setup/python-packages.ts'
import type { ServerEntry } from './server-entry.ts'

export const bjoern: ServerEntry = {
  name: 'bjoern',
  settings: '1 process, 1 thread (it knows no other way)',
  debianPackages: ['libev-dev'],
  pythonPackages: ['bjoern'],
  isBuilt: true,
  frontProgram: /^python/,
  findVersion: ({ pythonBin }) => findPythonPackageVersion(pythonBin, 'bjoern'),
  plan: ({ pythonBin, appDirectory, port }) => ({
    commands: [
      {
        argv: [
          join(pythonBin, 'python'),
          join(appDirectory, 'servers', 'run-bjoern.py'),
          '127.0.0.1',
          String(port),
        ],
        cwd: appDirectory,
        env: { PYTHONPATH: appDirectory },
      },
    ],
  }),
}
