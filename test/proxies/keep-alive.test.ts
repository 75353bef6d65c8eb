// Connections between a proxy and Gantry are used again, and never closed in the moment in which a request is sent on them: no 502.

import { Agent, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolve as resolveSettings } from '../../src/config/resolve.ts'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { missingTools } from '../harness/test-tools.ts'
import { RECORDING_APP } from './boundaries/recording-gantry.ts'
import { guideBlock, replaceOnce } from './guide.ts'
import { startHaproxy } from './processes/haproxy.ts'
import { startNginx } from './processes/nginx.ts'
import type { ProxyProcess } from './processes/proxy-process.ts'

const SEQUENTIAL = 500
const PARALLEL = 200
const REQUESTS_PER_CONNECTION = 10
// What nginx and most load balancers keep an idle connection for.
const USUAL_IDLE_MS = 60_000

const missing = await missingTools(['nginx', 'haproxy'])

const PROXIES = [
  {
    name: 'nginx' as const,
    // It would hide a lost request by sending it again.
    start: (gantryPort: number) =>
      startNginx(({ port }) => {
        const block = guideBlock('nginx', 'nginx', { port, gantryPort })
        return replaceOnce(block, 'location / {', 'proxy_next_upstream off;\n    location / {')
      }),
  },
  {
    name: 'haproxy' as const,
    start: (gantryPort: number) =>
      startHaproxy(({ port }) => guideBlock('HAProxy', 'haproxy', { port, gantryPort })),
  },
]

test('an idle connection is kept for longer than proxies keep it (--idle-timeout)', () => {
  const place = { startDirectory: '/', temporaryDirectory: '/tmp' }
  const resolution = resolveSettings({ argv: ['application'], env: {}, place })
  if (resolution.kind !== 'settings') throw new Error(`no settings but ${resolution.kind}`)
  expect(resolution.settings.idleTimeoutMs).toBeGreaterThan(USUAL_IDLE_MS)
})

let gantry: GantryProcess
let restless: GantryProcess
beforeAll(async () => {
  const limit = ['--max-requests-per-connection', String(REQUESTS_PER_CONNECTION)]
  gantry = await startGantry([RECORDING_APP, '--workers', '1'])
  restless = await startGantry([RECORDING_APP, '--workers', '1', ...limit])
})
afterAll(async () => {
  await restless[Symbol.asyncDispose]()
  await gantry[Symbol.asyncDispose]()
})

for (const { name, start } of PROXIES) {
  describe.skipIf(missing.has(name))(`through ${name}`, () => {
    let proxy: ProxyProcess
    let restlessProxy: ProxyProcess
    beforeAll(async () => {
      proxy = await start(gantry.port)
      restlessProxy = await start(restless.port)
    })
    afterAll(async () => {
      await restlessProxy[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
    })

    test(`${SEQUENTIAL} requests one after the other are all answered, on one connection to Gantry`, async () => {
      const { statuses, connections } = await load(proxy.port, SEQUENTIAL, 1)
      expect(statuses).toEqual({ 200: SEQUENTIAL })
      expect(connections).toBe(1)
    })

    test(`${PARALLEL} requests at a time are all answered`, async () => {
      expect((await load(proxy.port, 2 * PARALLEL, PARALLEL)).statuses).toEqual({ 200: 2 * PARALLEL })
    })

    test('connections that Gantry ends after some requests lose none (RFC 9112 §9.6)', async () => {
      const { statuses, connections } = await load(restlessProxy.port, SEQUENTIAL, 1)
      expect(statuses).toEqual({ 200: SEQUENTIAL })
      expect(connections).toBe(SEQUENTIAL / REQUESTS_PER_CONNECTION)
      expect((await load(restlessProxy.port, 2 * PARALLEL, PARALLEL)).statuses).toEqual({ 200: 2 * PARALLEL })
    })
  })
}

interface Load {
  /** How often each came. */
  readonly statuses: Readonly<Record<number, number>>
  /** Those between the proxy and Gantry that were used. */
  readonly connections: number
}

/** `count` requests, `width` at a time, each client on a connection that it keeps. */
async function load(port: number, count: number, width: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: width })
  const statuses: Record<number, number> = {}
  const connections = new Set<string>()
  let started = 0
  const client = async (): Promise<void> => {
    while (started++ < count) {
      const { status, text } = await get(port, agent)
      statuses[status] = (statuses[status] ?? 0) + 1
      if (status === 200) connections.add(remotePort(text))
    }
  }
  await Promise.all(Array.from({ length: width }, client))
  agent.destroy()
  return { statuses, connections: connections.size }
}

function get(port: number, agent: Agent): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', agent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (data: string) => (text += data))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

/** The proxy's, as it is not a trusted one here. */
function remotePort(text: string): string {
  const { environ } = JSON.parse(text) as { readonly environ: Readonly<Record<string, string>> }
  return environ['REMOTE_PORT'] ?? ''
}
