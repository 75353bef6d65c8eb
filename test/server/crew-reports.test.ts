// How the log tells of workers.

import { beforeEach, describe, expect, test } from 'vitest'
import { GantryError, bootFailureError } from '../../src/errors.ts'
import { crewReports } from '../../src/server/crew-reports.ts'
import type { LostRequest } from '../../src/workers/crew-reports.ts'
import { type RecordedLog, recordedLog } from '../harness/recorded-log.ts'

let log: RecordedLog
let reports: ReturnType<typeof crewReports>
beforeEach(() => {
  log = recordedLog()
  reports = crewReports(log)
})

const CRASHED = new GantryError('GANTRY_WORKER_CRASHED', {
  pid: 4711,
  cause: 'it crashed with SIGSEGV',
  hint: 'Look into it.',
})
const lost = (id: string, outcome: LostRequest['outcome']): LostRequest => ({
  id,
  method: 'GET',
  target: `/${id}`,
  outcome,
})

describe('a death is one entry', () => {
  const died = (requests: readonly LostRequest[], replacedAfterMs: number | undefined): void =>
    reports.died({ worker: 3, pid: 4711, error: CRASHED, lost: requests, replacedAfterMs })

  test('with its cause, when it is replaced, and what became of each request', () => {
    died([lost('a', 'cut'), lost('b', 'retried'), lost('c', 'answered'), lost('d', 'answered')], 200)
    expect(log.lines).toEqual([
      'error worker 3 died and is replaced in 200 ms: process 4711 ended: it crashed with SIGSEGV; answered 502: c GET /c, d GET /d; cut, as the answer had begun: a GET /a; given to another worker: b GET /b (GANTRY_WORKER_CRASHED) | Look into it.',
    ])
  })

  test('that says so where nothing was lost, and nothing of a replacement where there is one already', () => {
    died([], undefined)
    died([], 0)
    expect(log.lines.map((line) => line.slice(0, 90))).toEqual([
      'error worker 3 died: process 4711 ended: it crashed with SIGSEGV; no request was lost (GAN',
      'error worker 3 died and is replaced: process 4711 ended: it crashed with SIGSEGV; no reque',
    ])
  })

  test('of a bearable length', () => {
    died(
      Array.from({ length: 150 }, (_, index) => lost(String(index), 'answered')),
      0,
    )
    expect(log.lines[0]).toMatch(/98 GET \/98, 99 GET \/99 and 50 more \(/)
  })
})

describe('a boot that fails', () => {
  const fail = (traceback: string, ready: number): void =>
    reports.bootFailed({
      worker: 5,
      error: bootFailureError({ kind: 'raised', message: 'importing shop raised', traceback }),
      retryMs: 400,
      ready,
    })

  test('shows each traceback once, until a worker is ready again', () => {
    fail('first', 0)
    fail('first', 0)
    fail('second', 2)
    reports.ready(6, 99)
    fail('second', 1)
    expect(log.lines).toEqual([
      'error worker 5 cannot start, the next try is in 400 ms, nobody serves meanwhile: importing shop raised | first',
      'error worker 5 cannot start, the next try is in 400 ms, nobody serves meanwhile: importing shop raised | The traceback is the same as before.',
      'error worker 5 cannot start, the next try is in 400 ms, meanwhile 2 workers go on: importing shop raised | second',
      'info worker 6 is ready (pid 99)',
      'error worker 5 cannot start, the next try is in 400 ms, meanwhile 1 worker goes on: importing shop raised | second',
    ])
  })

  test('is not there yet: who is still importing is told', () => {
    const boot = { forMs: 5_020, ready: 1, wanted: 3 }
    reports.slowBoot({ ...boot, booting: [1, 3].map((worker) => ({ worker, pid: 100 + worker })) })
    reports.slowBoot({ ...boot, ready: 0, booting: [] })
    expect(log.lines).toEqual([
      'warning not ready after 5 s, still importing the application: worker 1 (pid 101), worker 3 (pid 103); ready: 1 of 3 workers',
      'warning not ready after 5 s, still importing the application: the template that workers are forked from; ready: 0 of 3 workers',
    ])
  })
})

test('each reason for another worker has its figures', () => {
  reports.recycling(1, 10, { limit: 'maxRequests', reached: 1_040, allowed: 1_020 })
  reports.recycling(1, 10, { limit: 'maxWorkerAgeMs', reached: 60_400, allowed: 60_000 })
  reports.recycling(1, 10, { limit: 'maxRss', reached: 600.25 * 1024 ** 2, allowed: 512 * 1024 ** 2 })
  reports.countChanged({ to: 3, by: 1, oldestWaitMs: 251.7 })
  reports.countChanged({ to: 2, by: -1, busyThreads: 1, forMs: 60_010 })
  reports.resized(2, 2)
  reports.resized(2, 8)
  expect(log.lines).toEqual([
    'info worker 1 (pid 10) is to be replaced: it has answered 1040 requests, and may answer 1020 (--max-requests); its replacement boots',
    'info worker 1 (pid 10) is to be replaced: it has served for 60.4 s, and may for 1m (--max-worker-age); its replacement boots',
    'info worker 1 (pid 10) is to be replaced: it has 600.3 MiB resident, and may have 512 MiB (--max-rss); its replacement boots',
    'info one worker more, 3 now: a request has waited for a thread for 252 ms',
    'info one worker fewer, 2 now: no more than 1 thread had work at once for 60 s',
    'info the number of workers was set to 2',
    'info the number of workers was set to 2 to 8',
  ])
})
