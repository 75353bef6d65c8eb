// hypercorn: an ASGI server that runs WSGI applications in the threads of asyncio's executor.
import { join } from 'node:path'

import { findPythonPackageVersion } from '../setup/python-packages.ts'
import type { ServerEntry } from './server-entry.ts'

export const hypercorn: ServerEntry = {
  name: 'hypercorn',
  isSecondary: true,
  settings: "its WSGI mode on uvloop; threads are those of asyncio's executor (4 more than cores)",
  pythonPackages: ['hypercorn', 'uvloop'],
  frontProgram: /^python/,
  findVersion: ({ pythonBin }) => findPythonPackageVersion(pythonBin, 'hypercorn'),
  plan: ({ pythonBin, appDirectory, port, application, workers, isTls, certificate }) => ({
    commands: [
      {
        argv: [
          join(pythonBin, 'hypercorn'),
          ...['--bind', `127.0.0.1:${port}`],
          ...['--workers', String(workers)],
          ...['--worker-class', 'uvloop'],
          ...['--keep-alive', '75'],
          ...(isTls ? ['--certfile', certificate.certificateFile, '--keyfile', certificate.keyFile] : []),
          `wsgi:${application.module}:application`,
        ],
        cwd: appDirectory,
        env: { PYTHONPATH: appDirectory },
      },
    ],
  }),
}
