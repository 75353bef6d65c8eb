// HAProxy in the foreground.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findTool } from '../../../scripts/test-tools.ts'
import { type ProxyPlace, type ProxyProcess, startProxy } from './proxy-process.ts'

/** `hard-stop-after`: a graceful end waits for no connection that is merely kept open. */
const OWN = `global
    maxconn 1000
    hard-stop-after 2s
`

/** Starts HAProxy with the sections that `configure` gives. */
export async function startHaproxy(configure: (place: ProxyPlace) => string): Promise<ProxyProcess> {
  const tool = await findTool('haproxy')
  if (!tool.isFound) throw new Error(tool.reason)
  return await startProxy((place) => {
    const file = join(place.directory, 'haproxy.cfg')
    writeFileSync(file, `${OWN}\n${configure(place)}`)
    return { argv: [tool.path, '-db', '-f', file], gracefulSignal: 'SIGUSR1' }
  })
}
