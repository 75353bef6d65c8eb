// gunicorn with its two worker classes for plain WSGI. Its access log is off by default.
import { join } from 'node:path'

import { findPythonPackageVersion } from '../setup/python-packages.ts'
import type { LaunchSetup, ServerEntry } from './server-entry.ts'

export const gunicornSync: ServerEntry = {
  ...gunicorn('gunicorn-sync', () => ['--worker-class', 'sync']),
  settings: '1 sync worker (one request at a time, no keep-alive: meant to stand behind a buffering proxy)',
}

export const gunicornGthread: ServerEntry = {
  ...gunicorn('gunicorn-gthread', ({ threads }) => [
    '--worker-class',
    'gthread',
    '--threads',
    String(threads),
  ]),
  settings: '1 gthread worker, 4 threads, keep-alive 75 s',
}

function gunicorn(
  name: string,
  workerOptions: (setup: LaunchSetup) => string[],
): Omit<ServerEntry, 'settings'> {
  return {
    name,
    pythonPackages: ['gunicorn'],
    findVersion: ({ pythonBin }) => findPythonPackageVersion(pythonBin, 'gunicorn'),
    plan: (setup) => ({
      commands: [
        {
          argv: [
            join(setup.pythonBin, 'gunicorn'),
            ...['--chdir', setup.appDirectory],
            ...['--bind', `127.0.0.1:${setup.port}`],
            ...['--workers', '1'],
            ...workerOptions(setup),
            ...['--keep-alive', '75'],
            // gunicorn's own advice: its heartbeat file must not be on a disk.
            ...['--worker-tmp-dir', '/dev/shm'],
            'app:application',
          ],
        },
      ],
    }),
  }
}
