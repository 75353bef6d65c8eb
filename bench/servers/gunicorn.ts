// gunicorn with its worker classes for plain WSGI. Its access log is off by default.
import { join } from 'node:path'

import { findPythonPackageVersion } from '../setup/python-packages.ts'
import type { LaunchSetup, ServerEntry } from './server-entry.ts'

export const gunicornSync: ServerEntry = {
  ...gunicorn('gunicorn-sync', ['gunicorn'], () => ['--worker-class', 'sync']),
  settings: 'sync workers (one request at a time, no keep-alive: meant to stand behind a buffering proxy)',
  isSecondary: true,
}

export const gunicornGthread: ServerEntry = {
  ...gunicorn('gunicorn-gthread', ['gunicorn'], ({ threads }) => [
    '--worker-class',
    'gthread',
    '--threads',
    String(threads),
  ]),
  settings: 'gthread workers, keep-alive 75 s',
}

export const gunicornGevent: ServerEntry = {
  ...gunicorn('gunicorn-gevent', ['gunicorn', 'gevent'], () => [
    ...['--worker-class', 'gevent'],
    ...['--worker-connections', '12000'],
  ]),
  settings: 'gevent workers (a greenlet for each connection, up to 12,000), keep-alive 75 s',
  isSecondary: true,
  frontProgram: /^python/,
}

function gunicorn(
  name: string,
  pythonPackages: readonly string[],
  workerOptions: (setup: LaunchSetup) => string[],
): Omit<ServerEntry, 'settings'> {
  return {
    name,
    // Its gevent worker imports packaging, which it does not ask for itself.
    pythonPackages: pythonPackages.includes('gevent') ? [...pythonPackages, 'packaging'] : pythonPackages,
    findVersion: async ({ pythonBin }) => {
      const versions = pythonPackages.map((one) => findPythonPackageVersion(pythonBin, one))
      return (await Promise.all(versions)).join(', ')
    },
    plan: (setup) => ({
      commands: [
        {
          argv: [
            join(setup.pythonBin, 'gunicorn'),
            ...['--chdir', setup.appDirectory],
            ...['--bind', `127.0.0.1:${setup.port}`],
            ...['--workers', String(setup.workers)],
            ...workerOptions(setup),
            ...['--keep-alive', '75'],
            // gunicorn's own advice: its heartbeat file must not be on a disk.
            ...['--worker-tmp-dir', '/dev/shm'],
            ...(setup.isPreloading ? ['--preload'] : []),
            ...(setup.isTls
              ? ['--certfile', setup.certificate.certificateFile, '--keyfile', setup.certificate.keyFile]
              : []),
            `${setup.application.module}:application`,
          ],
        },
      ],
    }),
  }
}
