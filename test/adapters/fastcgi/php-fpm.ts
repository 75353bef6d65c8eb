// php-fpm in the foreground, on a port and on a Unix socket, without any configuration of the system's.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findTool } from '../../../scripts/test-tools.ts'
import { type ProxyProcess, startProxy } from '../../proxies/processes/proxy-process.ts'

const SOCKET = 'php.sock'

/** Where it listens besides its port. */
export const phpSocket = ({ directory }: ProxyProcess): string => directory.join(SOCKET)

export async function startPhpFpm(): Promise<ProxyProcess> {
  const tool = await findTool('php-fpm')
  if (!tool.isFound) throw new Error(tool.reason)
  const isRoot = process.getuid?.() === 0
  return await startProxy(({ port, directory }) => {
    const pool = (name: string, listen: string, children: number): string[] => [
      `[${name}]`,
      `listen = ${listen}`,
      'pm = static',
      `pm.max_children = ${children}`,
      // Only root must say who serves.
      ...(isRoot ? ['user = root', 'group = root'] : []),
    ]
    const file = join(directory, 'php-fpm.conf')
    const lines = [
      '[global]',
      `error_log = ${join(directory, 'php-fpm.log')}`,
      ...pool('socket', join(directory, SOCKET), 4),
      ...pool('port', `127.0.0.1:${port}`, 1),
    ]
    writeFileSync(file, `${lines.join('\n')}\n`)
    const settings = ['-d', 'post_max_size=64M', '-d', 'log_errors=1']
    const argv = [tool.path, '-n', ...settings, '-F', '-y', file, ...(isRoot ? ['-R'] : [])]
    return { argv, gracefulSignal: 'SIGQUIT' }
  })
}
