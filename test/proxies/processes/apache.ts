// Apache in the foreground, which writes nothing outside of its own directory.

import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findTool } from '../../../scripts/test-tools.ts'
import { type ProxyPlace, type ProxyProcess, startProxy } from './proxy-process.ts'

const MODULE_DIRECTORIES = ['/usr/lib/apache2/modules', '/usr/lib64/httpd/modules', '/usr/lib/httpd/modules']
const MODULES = ['mpm_event', 'authz_core', 'alias']

export interface ApacheOptions {
  /** Besides those that are always there, without `mod_`. */
  readonly modules: readonly string[]
  /** What is configured besides, with files of deploy/apache. */
  readonly configure: (place: ProxyPlace) => readonly string[]
  /** Where its scripts find programs. */
  readonly path?: string
  readonly portCount?: number
}

const LOG = 'error.log'

/** What Apache has logged so far. */
export const apacheLog = ({ directory }: ProxyProcess): string => readFileSync(directory.join(LOG), 'utf8')

/** As root it serves as somebody who may do nothing, and who must be able to read what it serves. */
export async function startApache({
  modules,
  configure,
  path = process.env['PATH'] ?? '',
  portCount = 1,
}: ApacheOptions): Promise<ProxyProcess> {
  const apache = await findTool('apache')
  if (!apache.isFound) throw new Error(apache.reason)
  const directoryOfModules = MODULE_DIRECTORIES.find((each) => existsSync(join(each, 'mod_alias.so')))
  return await startProxy((place) => {
    const { ports, directory } = place
    // Those that it starts as somebody else have to enter it.
    chmodSync(directory, 0o755)
    const main = join(directory, 'apache.conf')
    const lines = [
      ...[...MODULES, ...modules].map(
        (name) => `LoadModule ${name}_module ${join(directoryOfModules ?? '', `mod_${name}.so`)}`,
      ),
      ...ports.map((port) => `Listen 127.0.0.1:${port}`),
      'ServerName test.example',
      `DocumentRoot ${directory}`,
      `DefaultRuntimeDir ${directory}`,
      'PidFile apache.pid',
      `ErrorLog ${LOG}`,
      // A stop waits no longer than for what is under way.
      'GracefulShutdownTimeout 5',
      ...(process.getuid?.() === 0 ? ['User #65534', 'Group #65534'] : []),
      ...configure(place),
    ]
    writeFileSync(main, `${lines.join('\n')}\n`)
    const command = [apache.path, '-d', directory, '-f', main, '-D', 'FOREGROUND']
    return { argv: ['env', `PATH=${path}`, ...command], gracefulSignal: 'SIGWINCH' }
  }, portCount)
}

/** Whether somebody who is nobody in particular may enter `directory`. */
export function isOpenToAll(directory: string, modeOf: (path: string) => number): boolean {
  const parent = dirname(directory)
  return (modeOf(directory) & 0o005) === 0o005 && (parent === directory || isOpenToAll(parent, modeOf))
}
