// `npm run faults -- apache`: ten thousand requests through each of Apache's proxy modules, and none may fail.
import { chmodSync } from 'node:fs'

import { TemporaryDirectory } from '../../test/harness/temporary-directory.ts'
import { bindFor, PROXY_MODULES, type ProxyModule } from './apache/proxy-modules.ts'
import { startApache } from './apache/start-apache.ts'
import { ClosedClients } from './clients/closed-clients.ts'
import { faultScript } from './fault-script.ts'
import { demand, type Finding } from './finding.ts'
import { noneFailed, servedFindings, servedOf } from './load-findings.ts'
import { LOAD_OPTIONS, SERVER_OPTIONS } from './load-options.ts'
import { Rest } from './server/rest.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'

const LOAD_DEADLINE_MS = 5 * 60_000
const RETURN_DEADLINE_MS = 10_000

export const apache = faultScript({
  name: 'apache',
  title: "requests through Apache's four proxy modules, to Gantry over Unix sockets",
  options: {
    requests: { default: 10_000, help: 'through each module' },
    ...LOAD_OPTIONS,
    connections: { ...LOAD_OPTIONS.connections, default: 32 },
    workMs: { ...LOAD_OPTIONS.workMs, default: 0 },
    pauseMs: { ...LOAD_OPTIONS.pauseMs, default: 0 },
    ...SERVER_OPTIONS,
  },
  async run({ requests, connections, workMs, pauseMs, python, checkout }, tell) {
    using sockets = new TemporaryDirectory()
    // Apache's children are somebody else.
    chmodSync(sockets.path, 0o755)
    const socketOf = ({ scheme }: ProxyModule): string => sockets.join(`${scheme}.sock`)
    const binds = PROXY_MODULES.flatMap((module) => ['--bind', bindFor(module, socketOf(module))])
    await using server = await ServerUnderFaults.start({
      options: [...binds, '--trusted-proxies', 'unix'],
      python,
      checkout,
    })
    const rest = new Rest(server)
    const findings: Finding[] = []
    for (const module of PROXY_MODULES) {
      const load = { requests, connections, path: `/work/${workMs}`, pauseMs }
      findings.push(...(await loadThrough(module, socketOf(module), load)))
      tell(`${module.name}: done`)
    }
    await rest.returned(RETURN_DEADLINE_MS)
    return [...findings, ...rest.findings()]
  },
})

interface ModuleLoad {
  readonly requests: number
  readonly connections: number
  readonly path: string
  readonly pauseMs: number
}

async function loadThrough(
  module: ProxyModule,
  socket: string,
  load: ModuleLoad,
): Promise<readonly Finding[]> {
  await using proxy = await startApache(module, socket, load.connections)
  await using clients = new ClosedClients()
  await clients.begin({ ...load, port: proxy.port })
  await clients.left(LOAD_DEADLINE_MS)
  const figures = await clients.end()
  const served = servedOf(figures)
  return [
    ...servedFindings(module.name, figures),
    demand(`${module.name}: answered`, served, `all ${load.requests}`, served === load.requests),
    noneFailed(module.name, figures),
  ]
}
