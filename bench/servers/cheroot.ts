// cheroot: CherryPy's server, a thread pool and one process.
import { join } from 'node:path'

import { findPythonPackageVersion } from '../setup/python-packages.ts'
import type { ServerEntry } from './server-entry.ts'

export const cheroot: ServerEntry = {
  name: 'cheroot',
  isSecondary: true,
  settings:
    '1 process, whatever the number of workers (it knows no other way); as many threads as the others',
  pythonPackages: ['cheroot'],
  findVersion: ({ pythonBin }) => findPythonPackageVersion(pythonBin, 'cheroot'),
  plan: ({ pythonBin, appDirectory, port, threads, application, isTls, certificate }) => ({
    commands: [
      {
        argv: [
          join(pythonBin, 'python'),
          join(import.meta.dirname, 'run-cheroot.py'),
          ...[application.module, '127.0.0.1', String(port), String(threads)],
          ...(isTls ? [certificate.certificateFile, certificate.keyFile] : []),
        ],
        cwd: appDirectory,
        env: { PYTHONPATH: appDirectory },
      },
    ],
  }),
}
