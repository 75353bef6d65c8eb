// nginx by itself, which serves files and nothing else here.
import { join } from 'node:path'

import { firstLineOf } from '../setup/run-command.ts'
import { nginxConfiguration } from './nginx-configuration.ts'
import type { LaunchSetup, ServerCommand, ServerEntry } from './server-entry.ts'

export const nginx: ServerEntry = {
  name: 'nginx',
  settings: 'serves the files itself: 1 worker, sendfile and tcp_nopush on, keep-alive, access log off',
  debianPackages: ['nginx'],
  readyPath: '/files/10k.bin',
  findVersion: findNginxVersion,
  plan: (setup) => ({
    files: { 'nginx.conf': nginxConfiguration(setup, { filesDirectory: setup.filesDirectory }) },
    commands: [nginxCommand(setup)],
  }),
}

/** With the `nginx.conf` of the private directory. */
export function nginxCommand({ privateDirectory }: LaunchSetup): ServerCommand {
  return { argv: ['nginx', '-p', privateDirectory, '-c', join(privateDirectory, 'nginx.conf')] }
}

export async function findNginxVersion(): Promise<string> {
  const version = await firstLineOf(['dpkg-query', '-W', '-f', '${Version}', 'nginx'])
  return `nginx ${version.split('-')[0] ?? ''}`
}
