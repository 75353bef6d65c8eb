// uWSGI twice: behind its own HTTP router, and behind nginx over a Unix socket as its documentation recommends.
import { join } from 'node:path'

import { findPythonPackageVersion } from '../setup/python-packages.ts'
import { findNginxVersion, nginxCommand } from './nginx.ts'
import { nginxConfiguration } from './nginx-configuration.ts'
import type { LaunchSetup, ServerCommand, ServerEntry } from './server-entry.ts'

// With the router's default buffer of one page, an answer of 10 KB leaves in pieces that wait for one another's
// acknowledgement: 44 ms each.
const ROUTER_OPTIONS = ['--http-keepalive=75', '--http-auto-chunked', '--http-buffer-size=65536']

export const uwsgiHttp: ServerEntry = {
  name: 'uwsgi-http',
  isSecondary: true,
  settings: 'master, HTTP router with keep-alive and 64 KB buffers, request log off',
  // Built without these headers it knows no TLS.
  debianPackages: ['libssl-dev'],
  pythonPackages: ['uwsgi'],
  isBuilt: true,
  findVersion: ({ pythonBin }) => findPythonPackageVersion(pythonBin, 'uwsgi'),
  plan: (setup) => ({ commands: [uwsgiCommand(setup, [...routerAddress(setup), ...ROUTER_OPTIONS])] }),
}

export const nginxUwsgi: ServerEntry = {
  name: 'nginx-uwsgi',
  settings:
    'nginx (1 worker, keep-alive, access log off) → Unix socket, uwsgi protocol → uWSGI as above without router',
  debianPackages: ['nginx'],
  pythonPackages: ['uwsgi'],
  isBuilt: true,
  frontProgram: /^nginx/,
  findVersion: async ({ pythonBin }) =>
    `${await findNginxVersion()}, ${await findPythonPackageVersion(pythonBin, 'uwsgi')}`,
  plan: (setup) => {
    const socket = join(setup.privateDirectory, 'uwsgi.sock')
    return {
      files: { 'nginx.conf': nginxConfiguration(setup, { upstream: { protocol: 'uwsgi', socket } }) },
      commands: [uwsgiCommand(setup, ['--socket', socket, '--chmod-socket=666']), nginxCommand(setup)],
    }
  },
}

function routerAddress({ port, isTls, certificate }: LaunchSetup): string[] {
  const address = `127.0.0.1:${port}`
  return isTls
    ? ['--https', `${address},${certificate.certificateFile},${certificate.keyFile}`]
    : ['--http', address]
}

function uwsgiCommand(setup: LaunchSetup, listen: readonly string[]): ServerCommand {
  return {
    argv: [
      join(setup.pythonBin, 'uwsgi'),
      ...listen,
      '--master',
      ...['--processes', String(setup.workers)],
      ...['--threads', String(setup.threads)],
      ...['--virtualenv', join(setup.pythonBin, '..')],
      ...['--chdir', setup.appDirectory],
      ...['--module', `${setup.application.module}:application`],
      ...['--listen', '1024'],
      '--need-app',
      '--disable-logging',
      // It loads the application once and forks, unless it is told otherwise.
      ...(setup.isPreloading === false ? ['--lazy-apps'] : []),
      // Without it SIGTERM means "reload".
      '--die-on-term',
    ],
  }
}
