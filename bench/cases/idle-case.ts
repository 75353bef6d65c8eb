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
  title: '10,000 idle keep-alive connections: memory of all processes',
  metrics: [
    { name: 'bytesPerConnection', title: 'a connection', unit: 'bytes', hasSpread: true, hasRatio: true },
    { name: 'pssBytes', title: 'PSS', unit: 'bytes', hasRatio: true },
    { name: 'pssBeforeBytes', title: 'PSS before', unit: 'bytes' },
    { name: 'frontRssBytes', title: 'RSS of the front', unit: 'bytes' },
    { name: 'connections', title: 'connections', unit: 'count' },
    { name: 'errors', title: 'errors', unit: 'count' },
  ],
  chartMetric: 'bytesPerConnection',
  needsFreshServer: true,
  canRun: ({ frontProgram }) => frontProgram !== undefined,
  estimateSeconds: () => 5,
  measure: measureIdle,
}

async function measureIdle(server: RunningServer, { loadCores }: MeasureSetup): Promise<Sample> {
  const pssBeforeBytes = sumPssBytes(server.pids())
  const holder = await holdConnections(server.port, loadCores)
  try {
    await sleep(SETTLE_MS)
    const pssBytes = sumPssBytes(server.pids())
    const { rssBytes } = readFrontMemory(server)
    const connections = await holder.countOpen()
    return {
      connections,
      errors: CONNECTIONS - connections,
      pssBytes,
      pssBeforeBytes,
      frontRssBytes: rssBytes,
      bytesPerConnection: (pssBytes - pssBeforeBytes) / connections,
    }
  } finally {
    await holder.end()
  }
}

type Holder = { countOpen(): Promise<number>; end(): Promise<void> }

/** Returns when the connections are open and each has been answered once. */
async function holdConnections(port: number, cores: string): Promise<Holder> {
  const argv = [
    process.execPath,
    '--import',
    import.meta.resolve('tsx'),
    HOLDER,
    String(port),
    String(CONNECTIONS),
  ]
  const { pid, stdin, stdout } = startPinned({ argv, cores, stdio: ['pipe', 'pipe', 'inherit'] })
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
