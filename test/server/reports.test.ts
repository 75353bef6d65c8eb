import { beforeEach, describe, expect, test } from 'vitest'
import { GantryError } from '../../src/errors.ts'
import type { GatewayReports } from '../../src/gateways/server-context.ts'
import { Refusals } from '../../src/observe/refusals.ts'
import { Teller } from '../../src/observe/teller.ts'
import { gatewayReports, poolReports } from '../../src/server/reports.ts'
import type { Exchange } from '../../src/wsgi/exchange.ts'
import type { PoolReports } from '../../src/workers/pool.ts'
import { ManualClock } from '../harness/manual-clock.ts'
import { type RecordedLog, recordedLog } from '../harness/recorded-log.ts'

let clock: ManualClock
let log: RecordedLog
let http: GatewayReports
let pool: PoolReports
let refusals: Refusals

beforeEach(() => {
  clock = new ManualClock()
  log = recordedLog()
  const teller = new Teller(clock)
  refusals = new Refusals(log, teller)
  const observed = { log, teller, refusals, accessLog: undefined, workerDeaths: 0 }
  http = gatewayReports(observed)
  pool = poolReports(observed)
})

/** As far as reports look at one. */
const exchange = (id: string): Exchange => ({ id, method: 'GET', target: `/of/${id}` }) as Exchange
const times = (count: number, act: (index: number) => void): void => {
  for (let index = 0; index < count; index++) act(index)
}

test('workers that boot slowly are no matter for the log where a terminal shows them, and one that does so later is', () => {
  const observed = {
    log,
    teller: new Teller(clock),
    refusals,
    accessLog: undefined,
    workerDeaths: 0,
    isBootShown: true,
  }
  const reports = poolReports(observed)
  const slow = { forMs: 5_000, booting: [{ worker: 1, pid: 7 }], ready: 0, wanted: 1 }
  reports.slowBoot(slow)
  expect(log.lines).toEqual([])
  observed.isBootShown = false
  reports.slowBoot(slow)
  expect(log.lines).toHaveLength(1)
})

describe('gatewayReports', () => {
  test('asks for no access records where nobody keeps them', () => {
    expect(http.access).toBeUndefined()
  })

  test('hands refusals on to those who count and tell them', () => {
    times(3, () => http.refused('HEAD_TIMEOUT', '192.0.2.1'))
    clock.advance(10_000)
    expect(log.lines).toEqual([
      expect.stringMatching(/^info refused a request from 192\.0\.2\.1: 408 /),
      expect.stringMatching(
        /^info refused 2 more requests in the last 10 s, the last from 192\.0\.2\.1: 408 /,
      ),
    ])
  })

  test('count what is refused for want of room beside what clients do wrong', () => {
    http.refused('HEAD_TIMEOUT', '192.0.2.1')
    http.bodyFailed(new GantryError('GANTRY_SPOOL_QUOTA', { directory: '/spool', maxBytes: 1 }))
    const full = new GantryError('GANTRY_QUEUE_FULL', { queueSize: 1 })
    times(3, () => pool.queueFull(exchange('1'), full))
    expect(refusals.counts()).toEqual([
      { code: 'GANTRY_QUEUE_FULL', count: 3 },
      { code: 'HEAD_TIMEOUT', count: 1 },
      { code: 'GANTRY_SPOOL_QUOTA', count: 1 },
    ])
  })

  test('tells of a limit that refuses nothing once, and then once an hour', () => {
    times(100, () => http.bounded('maxRequestsPerConnection', '192.0.2.1'))
    clock.advance(3_600_000)
    expect(log.lines).toEqual([
      'info closed a connection from 192.0.2.1; the limit is --max-requests-per-connection',
      'info closed a connection from 192.0.2.1; the limit is --max-requests-per-connection (99 more times within the hour)',
    ])
  })

  test('tells the first clients that left by their requests, and sums up a storm of them', () => {
    times(1000, (index) => http.clientLeft(exchange(String(index))))
    clock.advance(10_000)
    expect(log.lines).toHaveLength(21)
    expect(log.lines[0]).toBe('info the client left before its answer was complete: 0 GET /of/0')
    expect(log.lines.at(-1)).toBe(
      'info 980 more clients left before an answer was complete in the last 10 s, the last: 999 GET /of/999',
    )
  })

  test('tells why a body could not be kept with a hint, each code by itself, and sums up the rest', () => {
    const full = new GantryError('GANTRY_SPOOL_FULL', { directory: '/spool' })
    const failed = new GantryError('GANTRY_SPOOL_FAILED', { directory: '/spool', reason: 'EIO' })
    for (const error of [full, failed, full, full]) http.bodyFailed(error)
    clock.advance(10_000)
    expect(log.lines).toEqual([
      `error ${full.message} (GANTRY_SPOOL_FULL) | ${full.hint}`,
      `error ${failed.message} (GANTRY_SPOOL_FAILED) | ${failed.hint}`,
      `error 2 more times in the last 10 s: ${full.message} (GANTRY_SPOOL_FULL)`,
    ])
  })

  test('names the request whose answer was cut, and sums up the rest', () => {
    const error = new GantryError('GANTRY_SPOOL_FULL', { directory: '/spool' })
    times(3, (index) => http.answerFailed(exchange(String(index)), error))
    clock.advance(10_000)
    expect(log.lines).toEqual([
      `error the answer was cut: 0 GET /of/0: ${error.message} (GANTRY_SPOOL_FULL) | ${error.hint}`,
      `error cut 2 more answers in the last 10 s, the last: 2 GET /of/2: ${error.message} (GANTRY_SPOOL_FULL)`,
    ])
  })

  test('does not flood the log when connections cannot be taken', () => {
    times(5, () => http.listenerFailed(new Error('accept EMFILE')))
    clock.advance(10_000)
    expect(log.lines).toEqual([
      'error cannot take a connection: accept EMFILE',
      'error 4 more times in the last 10 s: cannot take a connection: accept EMFILE',
    ])
  })
})

describe('fields that were dropped', () => {
  test('for an underscore are told once by name, with the option that lets them through', () => {
    for (const name of ['X_Account', 'x_account', 'X_Account', 'X_Other']) http.underscoreField(name)
    expect(log.lines).toEqual([
      expect.stringMatching(
        /^warning the header field X_Account was dropped: .*--allow-underscore-headers X_Account /,
      ),
      expect.stringMatching(
        /^warning the header field X_Other was dropped: .*--allow-underscore-headers X_Other /,
      ),
    ])
  })

  test('are not suggested for a command line where a shell would act on their names', () => {
    http.underscoreField('X_`reboot`')
    expect(log.lines).toEqual([expect.stringMatching(/--allow-underscore-headers lets it through/)])
  })

  test('are not told without end, whatever names clients think of', () => {
    times(5_000, (index) => http.underscoreField(`X_${index}`))
    expect(log.lines).toHaveLength(100)
  })

  test('for coming from nobody trusted are told once by name, with the option that would make them count', () => {
    http.forwardedFieldRemoved('X-Forwarded-For', '192.0.2.1')
    http.forwardedFieldRemoved('X-Forwarded-For', '192.0.2.2')
    http.forwardedFieldRemoved('Forwarded', '')
    expect(log.lines).toEqual([
      expect.stringMatching(
        /^warning the header field X-Forwarded-For from 192\.0\.2\.1 was removed: .*proxy of yours, --trusted-proxies 192\.0\.2\.1 makes it count/,
      ),
      expect.stringMatching(
        /^warning the header field Forwarded from a client on a Unix socket was removed: .*--trusted-proxies unix makes it count/,
      ),
    ])
  })
})

describe('poolReports', () => {
  test('tells the first request that found the queue full, and sums up the others', () => {
    const error = new GantryError('GANTRY_QUEUE_FULL', { queueSize: 2 })
    times(4, (index) => pool.queueFull(exchange(String(index)), error))
    clock.advance(10_000)
    expect(log.lines).toEqual([
      'warning all threads are busy and 2 requests wait already; answered 503: 0 GET /of/0 (GANTRY_QUEUE_FULL)',
      'warning answered 503 to 3 more requests in the last 10 s, the last: 3 GET /of/3: all threads are busy and 2 requests wait already (GANTRY_QUEUE_FULL)',
    ])
  })
})
