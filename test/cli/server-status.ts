// What a server may say of itself, for tests of those who show it.

import type { FrontStatus, ServerStatus, SupervisedFront } from '../../src/server/controlled.ts'
import type { PoolStatus, WorkerStatus } from '../../src/workers/pool-status.ts'

export const NOW_MS = Date.UTC(2026, 10, 20, 12, 0, 0)
const MIB = 1_048_576

export const serverStatus = (changed: Partial<ServerStatus> = {}): ServerStatus => ({
  version: '0.1.0',
  pid: 4711,
  startedAtMs: NOW_MS - 93_784_000,
  application: 'shop.wsgi:application',
  addresses: ['http://127.0.0.1:8000'],
  state: 'serving',
  generation: 3,
  lastReload: undefined,
  fronts: [supervisedFront()],
  deaths: [],
  ...changed,
})

export const supervisedFront = (changed: Partial<SupervisedFront> = {}): SupervisedFront => ({
  number: 1,
  pid: 4712,
  generation: 3,
  state: 'serving',
  startedAtMs: NOW_MS - 3_600_000,
  rssBytes: 90 * MIB,
  pssBytes: 70 * MIB,
  status: frontStatus(),
  ...changed,
})

export const frontStatus = (changed: Partial<FrontStatus> = {}): FrontStatus => ({
  connections: 12,
  requests: 123_456,
  failures: {},
  isReady: true,
  requestsPerSecond: 41.7,
  pools: [poolStatus()],
  refusals: [],
  ...changed,
})

export const poolStatus = (changed: Partial<PoolStatus> = {}): PoolStatus => ({
  application: 'shop.wsgi:application',
  workers: [workerStatus(), workerStatus({ number: 2, pid: 4714, busyThreads: 4, requests: 63_456 })],
  fewest: 2,
  most: 8,
  queued: 3,
  queueSize: 1024,
  oldestWaitMs: 45.2,
  answered: 123_450,
  workMs: { count: 2500, p50: 4.2, p90: 18.4, p99: 210, max: 1234 },
  waitMs: { count: 2500, p50: 0, p90: 0.3, p99: 12, max: 48 },
  deaths: [],
  ...changed,
})

export const workerStatus = (changed: Partial<WorkerStatus> = {}): WorkerStatus => ({
  number: 1,
  pid: 4713,
  state: 'ready',
  ageMs: 3_599_000,
  requests: 60_000,
  threads: 4,
  busyThreads: 1,
  rssBytes: 80 * MIB,
  pssBytes: 35 * MIB,
  ...changed,
})
