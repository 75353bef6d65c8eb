// A request body of 1 GiB on its way to an application that counts its bytes: how much of it does the front hold?
import { join } from 'node:path'

import { collectOutput } from '../processes/collect-output.ts'
import { readCpuTime } from '../processes/cpu-time.ts'
import type { RunningServer } from '../processes/running-server.ts'
import type { BenchCase, MeasureSetup, Sample } from './bench-case.ts'
import { readFrontMemory } from './front-memory.ts'

const UPLOAD_BYTES = 2 ** 30
const SENDER = join(import.meta.dirname, '..', 'load', 'send-upload.ts')

export const uploadCase: BenchCase = {
  name: 'upload',
  title: 'a 1 GiB upload: the most memory that the front ever held',
  metrics: [
    { name: 'frontPeakRssBytes', title: 'front peak RSS', unit: 'bytes', hasSpread: true, hasRatio: true },
    { name: 'frontPeakRssBeforeBytes', title: 'before', unit: 'bytes' },
    { name: 'wallUs', title: 'time', unit: 'time' },
    { name: 'cpuUs', title: 'CPU time', unit: 'time' },
    { name: 'errors', title: 'errors', unit: 'count' },
  ],
  chartMetric: 'frontPeakRssBytes',
  needsFreshServer: true,
  canRun: ({ frontProgram }) => frontProgram !== undefined,
  estimateSeconds: () => 4,
  measure: measureUpload,
}

async function measureUpload(server: RunningServer, { loadCores }: MeasureSetup): Promise<Sample> {
  const argv = [process.execPath, '--import', import.meta.resolve('tsx'), SENDER]
  const before = { memory: readFrontMemory(server), cpu: readCpuTime(server.roots), now: performance.now() }
  const answer = await collectOutput([...argv, String(server.port), String(UPLOAD_BYTES)], loadCores)
  const after = { memory: readFrontMemory(server), cpu: readCpuTime(server.roots), now: performance.now() }
  if (answer.trim() !== `200 ${UPLOAD_BYTES}`)
    throw new Error(`the upload was answered with ${answer.trim()}`)
  return {
    frontPeakRssBytes: after.memory.peakRssBytes,
    frontPeakRssBeforeBytes: before.memory.peakRssBytes,
    wallUs: (after.now - before.now) * 1_000,
    cpuUs: after.cpu.cpuUs - before.cpu.cpuUs,
    errors: 0,
  }
}
