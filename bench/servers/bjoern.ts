// bjoern: a single thread in C. The fastest plain WSGI server there is, without limits, deadlines or buffering.
import { join } from 'node:path'

import { findPythonPackageVersion } from '../setup/python-packages.ts'
import type { ServerEntry } from './server-entry.ts'

export const bjoern: ServerEntry = {
  name: 'bjoern',
  settings:
    '1 thread in each worker (it knows no other way); workers forked after listening, as it documents',
  debianPackages: ['libev-dev'],
  pythonPackages: ['bjoern'],
  isBuilt: true,
  frontProgram: /^python/,
  findVersion: ({ pythonBin }) => findPythonPackageVersion(pythonBin, 'bjoern'),
  plan: ({ pythonBin, appDirectory, port, application, workers }) => ({
    commands: [
      {
        argv: [
          join(pythonBin, 'python'),
          join(import.meta.dirname, 'run-bjoern.py'),
          application.module,
          ...['127.0.0.1', String(port), String(workers)],
        ],
        cwd: appDirectory,
        env: { PYTHONPATH: appDirectory },
      },
    ],
  }),
}
