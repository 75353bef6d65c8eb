// Requests that a worker gives back unstarted: it says so on its control link, answers come over another one, and nothing
// tells which of the two the front reads first.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WorkerPool } from '../../src/workers/pool.ts'
import { FakeExchange } from './fake-exchange.ts'
import { FakeThread } from './fake-thread.ts'
import { SILENT_REPORTS } from './pool-reports.ts'
import { POOL_SETTINGS } from './pool-settings.ts'

let pool: WorkerPool
let thread: FakeThread

const turn = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(0)
}

beforeEach(async () => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'performance'],
  })
  pool = new WorkerPool({ ...POOL_SETTINGS, threads: 1 }, SILENT_REPORTS)
  thread = new FakeThread()
  pool.linked({ worker: 1, link: 0, opening: 1 }, thread.socket)
  await pool.admit(1)
  // It answers until those that follow travel together.
  for (let count = 0; count < 64; count++) {
    pool.handle(new FakeExchange())
    await turn()
    thread.answer()
  }
  await turn()
  thread.sent()
})
afterEach(() => {
  pool.kill()
  vi.useRealTimers()
})

async function sendBatch(): Promise<[FakeExchange, FakeExchange, FakeExchange]> {
  const batch: [FakeExchange, FakeExchange, FakeExchange] = [
    new FakeExchange(),
    new FakeExchange(),
    new FakeExchange(),
  ]
  for (const exchange of batch) pool.handle(exchange)
  await turn()
  expect(thread.sent()).toHaveLength(3)
  return batch
}

describe('what a worker gives back', () => {
  test('before the request in front of it is answered waits for that one, and is then sent again', async () => {
    const [first, second, third] = await sendBatch()
    pool.revoked(1, { link: 0, count: 2 })
    await turn()
    expect(thread.sent()).toEqual([])
    thread.answer()
    await turn()
    expect(thread.sent().map(({ type }) => type)).toEqual(['request', 'request'])
    thread.answer()
    thread.answer()
    expect([first, second, third].map(({ events }) => events)).toEqual([['answer'], ['answer'], ['answer']])
  })

  test('is sent again at once when the answer before it was read first: nothing is left of the batch', async () => {
    const [first, second, third] = await sendBatch()
    thread.answer()
    pool.revoked(1, { link: 0, count: 2 })
    await turn()
    expect([thread.isClosed, thread.sent().map(({ type }) => type)]).toEqual([false, ['request', 'request']])
    thread.answer()
    thread.answer()
    expect([first, second, third].map(({ events }) => events)).toEqual([['answer'], ['answer'], ['answer']])
  })

  test('and whose client has left meanwhile is not run, and the thread serves on', async () => {
    const [, second, third] = await sendBatch()
    thread.answer()
    second.leave()
    third.leave()
    pool.revoked(1, { link: 0, count: 2 })
    await turn()
    expect(thread.sent()).toEqual([])
    const next = new FakeExchange()
    pool.handle(next)
    await turn()
    thread.answer()
    expect([second.events, third.events, next.events]).toEqual([['drop'], ['drop'], ['answer']])
  })

  test('is never more than it has, nor one whose answer has begun', async () => {
    await sendBatch()
    expect(() => pool.revoked(1, { link: 0, count: 4 })).toThrow(/that it does not have/)
    thread.begin()
    expect(() => pool.revoked(1, { link: 0, count: 3 })).toThrow(/that it does not have/)
  })
})
