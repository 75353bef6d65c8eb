// 10,000 connections that have been answered once and then stay silent: what does holding them cost?
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { sumPssBytes } from '../processes/memory.ts'
import { endPinned, startPinned } from '../processes/pinned-process.ts'
import type { RunningServer } from '../processes/running-server.ts'
import type { BenchCase, MeasureSetup, Sample } from './bench-case.ts'
import { readFrontMemory } from './front-memory.ts'

const CONNECTIONS = 10_000
const SETTLE_MS = 1_000
const HOLDER = join(import.meta.dirname, '..', 'load', 'hold-connections.ts')

export const idleCase: BenchCase = {
  name: 'idle',
  title: '10,000 idle keep-alive connections: memory of the process that holds them',
  metrics: [
    { name: 'frontRssBytes', title: 'front RSS', unit: 'bytes', hasSpread: true, hasRatio: true },
    { name: 'frontPssBytes', title: 'front PSS', unit: 'bytes' },
    { name: 'frontRssBeforeBytes', title: 'front RSS before', unit: 'bytes' },
    { name: 'bytesPerConnection', title: 'a connection', unit: 'bytes' },
    { name: 'allPssBytes', title: 'PSS of all', unit: 'bytes' },
    { name: 'connections', title: 'connections', unit: 'count' },
    { name: 'errors', title: 'errors', unit: 'count' },
  ],
  needsFreshServer: true,
  canRun: ({ frontProgram }) => frontProgram !== undefined,
  measure: measureIdle,
}

async function measureIdle(server: RunningServer, { loadCore }: MeasureSetup): Promise<Sample> {
  const before = readFrontMemory(server)
  const holder = await holdConnections(server.port, loadCore)
  try {
    await sleep(SETTLE_MS)
    const held = readFrontMemory(server)
    const allPssBytes = sumPssBytes(server.pids())
    const connections = await holder.countOpen()
    return {
      connections,
      errors: CONNECTIONS - connections,
      frontRssBytes: held.rssBytes,
      frontPssBytes: held.pssBytes,
      frontRssBeforeBytes: before.rssBytes,
      bytesPerConnection: (held.rssBytes - before.rssBytes) / connections,
      allPssBytes,
    }
  } finally {
    await holder.end()
  }
}

type Holder = { countOpen(): Promise<number>; end(): Promise<void> }

/** Returns when the connections are open and each has been answered once. */
async function holdConnections(port: number, core: number): Promise<Holder> {
  const argv = [
    process.execPath,
    '--import',
    import.meta.resolve('tsx'),
    HOLDER,
    String(port),
    String(CONNECTIONS),
  ]
  const { pid, stdin, stdout } = startPinned({ argv, core, stdio: ['pipe', 'pipe', 'inherit'] })
  if (pid === undefined || stdin === null || stdout === null)
    throw new Error('the connections could not be opened')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const nextCount = async (): Promise<number> => {
    const line = await lines.next()
    if (line.done) throw new Error('the holder of the connections ended early')
    return Number(line.value)
  }
  await nextCount()
  return {
    countOpen: async () => {
      stdin.write('\n')
      return await nextCount()
    },
    end: () => endPinned([pid]),
  }
}
