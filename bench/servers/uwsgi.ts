// uWSGI twice: behind its own HTTP router, and behind nginx over a Unix socket as its documentation recommends.
import { join } from 'node:path'

import { findPythonPackageVersion } from '../setup/python-packages.ts'
import { firstLineOf } from '../setup/run-command.ts'
import { nginxConfiguration } from './nginx-configuration.ts'
import type { LaunchSetup, ServerCommand, ServerEntry } from './server-entry.ts'

// With the router's default buffer of one page, an answer of 10 KB leaves in pieces that wait for one another's
// acknowledgement: 44 ms each.
const ROUTER_OPTIONS = ['--http-keepalive=75', '--http-auto-chunked', '--http-buffer-size=65536']

export const uwsgiHttp: ServerEntry = {
  name: 'uwsgi-http',
  settings: 'master, HTTP router with keep-alive and 64 KB buffers, 1 process, 4 threads, request log off',
  pythonPackages: ['uwsgi'],
  isBuilt: true,
  findVersion: ({ pythonBin }) => findPythonPackageVersion(pythonBin, 'uwsgi'),
  plan: (setup) => ({
    commands: [uwsgiCommand(setup, ['--http', `127.0.0.1:${setup.port}`, ...ROUTER_OPTIONS])],
  }),
}

export const nginxUwsgi: ServerEntry = {
  name: 'nginx-uwsgi',
  settings:
    'nginx (1 worker, keep-alive, access log off) → Unix socket, uwsgi protocol → uWSGI as above without router',
  debianPackages: ['nginx'],
  pythonPackages: ['uwsgi'],
  isBuilt: true,
  frontProgram: /^nginx/,
  findVersion: async ({ pythonBin }) => {
    const debian = await firstLineOf(['dpkg-query', '-W', '-f', '${Version}', 'nginx'])
    return `nginx ${debian.split('-')[0] ?? ''}, ${await findPythonPackageVersion(pythonBin, 'uwsgi')}`
  },
  plan: (setup) => {
    const socket = join(setup.privateDirectory, 'uwsgi.sock')
    const configuration = join(setup.privateDirectory, 'nginx.conf')
    return {
      files: { 'nginx.conf': nginxConfiguration({ ...setup, socket }) },
      commands: [
        uwsgiCommand(setup, ['--socket', socket, '--chmod-socket=666']),
        { argv: ['nginx', '-p', setup.privateDirectory, '-c', configuration] },
      ],
    }
  },
}

function uwsgiCommand(setup: LaunchSetup, listen: readonly string[]): ServerCommand {
  return {
    argv: [
      join(setup.pythonBin, 'uwsgi'),
      ...listen,
      '--master',
      ...['--processes', '1'],
      ...['--threads', String(setup.threads)],
      ...['--virtualenv', join(setup.pythonBin, '..')],
      ...['--chdir', setup.appDirectory],
      ...['--module', 'app:application'],
      ...['--listen', '1024'],
      '--need-app',
      '--disable-logging',
      // Without it SIGTERM means "reload".
      '--die-on-term',
    ],
  }
}
