// granian: HTTP in Rust, Python in the same process.
import { join } from 'node:path'

import { findPythonPackageVersion } from '../setup/python-packages.ts'
import type { ServerEntry } from './server-entry.ts'

// Its advice for applications that hardly wait; three times faster here than its default.
const FAST_APPLICATION_THREADS = 4

export const granian: ServerEntry = {
  name: 'granian',
  settings:
    'HTTP/1 only, runtime st with 1 thread, 1 blocking thread as it advises for fast applications, with io as many as the others',
  pythonPackages: ['granian'],
  frontProgram: /^python/,
  findVersion: ({ pythonBin }) => findPythonPackageVersion(pythonBin, 'granian'),
  plan: ({ pythonBin, appDirectory, port, application, workers, threads, isTls, certificate }) => ({
    commands: [
      {
        argv: [
          join(pythonBin, 'granian'),
          ...['--interface', 'wsgi'],
          ...['--host', '127.0.0.1', '--port', String(port)],
          ...['--workers', String(workers)],
          ...['--http', '1'],
          // By default no more connections are let in than fit into its backlog of 1,024.
          ...['--backlog', '12000', '--backpressure', '12000'],
          ...['--runtime-mode', 'st', '--runtime-threads', '1'],
          ...['--blocking-threads', String(threads > FAST_APPLICATION_THREADS ? threads : 1)],
          ...(isTls
            ? ['--ssl-certificate', certificate.certificateFile, '--ssl-keyfile', certificate.keyFile]
            : []),
          `${application.module}:application`,
        ],
        cwd: appDirectory,
      },
    ],
  }),
}
