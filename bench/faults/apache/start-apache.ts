// Apache in front of Gantry by one of its modules: in the foreground, with nothing outside of its own directory.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { findTool } from '../../../scripts/test-tools.ts'
import { type ProxyProcess, startProxy } from '../../../test/proxies/processes/proxy-process.ts'
import { MODULES_DIRECTORY } from '../../servers/apache-configuration.ts'
import { passLines, type ProxyModule } from './proxy-modules.ts'

export async function startApache(
  module: ProxyModule,
  socket: string,
  connections: number,
): Promise<ProxyProcess> {
  const apache = await findTool('apache')
  if (!apache.isFound) throw new Error(apache.reason)
  return await startProxy(({ port, directory }) => {
    const file = join(directory, 'apache.conf')
    const threads = 2 * connections
    const modules = ['mpm_event', 'authz_core', 'proxy', module.name]
    const lines = [
      ...modules.map((name) => `LoadModule ${name}_module ${MODULES_DIRECTORY}/mod_${name}.so`),
      `Listen 127.0.0.1:${port}`,
      'ServerName 127.0.0.1',
      `DefaultRuntimeDir ${directory}`,
      'PidFile apache.pid',
      'ErrorLog error.log',
      ...(process.getuid?.() === 0 ? ['User #65534', 'Group #65534'] : []),
      // Connections of the load are never closed between two requests.
      'MaxKeepAliveRequests 0',
      // Nor for want of threads: with none to spare the event MPM closes the idle ones.
      ...[
        'KeepAliveTimeout 60',
        'StartServers 1',
        'ServerLimit 1',
        `ThreadLimit ${threads}`,
        `ThreadsPerChild ${threads}`,
      ],
      `MaxRequestWorkers ${threads}`,
      ...passLines(module, socket),
    ]
    writeFileSync(file, `${lines.join('\n')}\n`)
    return {
      argv: [apache.path, '-d', directory, '-f', file, '-D', 'FOREGROUND'],
      gracefulSignal: 'SIGWINCH',
    }
  })
}
