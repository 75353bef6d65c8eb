// Where requests have to wait, several travel together although they are not quick: who looks after those behind a slow one.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Link } from '../../src/workers/link.ts'
import { WorkerPool } from '../../src/workers/pool.ts'
import { FakeExchange } from './fake-exchange.ts'
import { FakeThread } from './fake-thread.ts'
import { SILENT_REPORTS } from './pool-reports.ts'
import { POOL_SETTINGS } from './pool-settings.ts'

const MICROS = 5_000

let pool: WorkerPool
let threads: readonly [FakeThread, FakeThread]
let revoke: { readonly mock: { readonly calls: readonly (readonly [Link])[] } }

const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms)
}

const handle = (count: number): FakeExchange[] =>
  Array.from({ length: count }, () => {
    const exchange = new FakeExchange()
    pool.handle(exchange)
    return exchange
  })

const asked = (): number[] => revoke.mock.calls.map(([link]) => link.index)

beforeEach(async () => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'performance'],
  })
  pool = new WorkerPool({ ...POOL_SETTINGS, threads: 2 }, SILENT_REPORTS)
  revoke = vi.spyOn(pool, 'revoke')
  threads = [new FakeThread(), new FakeThread()]
  threads.forEach((thread, index) => pool.linked({ worker: 1, link: index, opening: 1 }, thread.socket))
  await pool.admit(1)
  for (let count = 0; count < 64; count++) {
    handle(1)
    await pass(0)
    for (const thread of threads) if (thread.sent().length > 0) thread.answer(MICROS)
  }
  await pass(0)
})
afterEach(() => {
  pool.kill()
  vi.useRealTimers()
})

/** Both threads at work, and `count` requests that wait for them since `ms`. */
async function waiting(count: number, ms: number): Promise<FakeExchange[]> {
  handle(2)
  await pass(0)
  expect(threads.map((thread) => thread.sent().length)).toEqual([1, 1])
  const exchanges = handle(count)
  await pass(ms)
  return exchanges
}

test('as many go together as take a third of what the first has waited', async () => {
  await waiting(20, 45)
  threads[0].answer(MICROS)
  await pass(0)
  expect(threads.map((thread) => thread.sent().length)).toEqual([3, 0])
})

test('threads that are free at the same time share what waits', async () => {
  await waiting(4, 45)
  for (const thread of threads) thread.answer(MICROS)
  await pass(0)
  expect(threads.map((thread) => thread.sent().length)).toEqual([2, 2])
  expect(asked()).toEqual([])
})

test('while nobody has to wait they go one by one', async () => {
  handle(2)
  await pass(0)
  expect(threads.map((thread) => thread.sent().length)).toEqual([1, 1])
})

test('who waits in a batch counts among those that may wait', async () => {
  await waiting(20, 45)
  threads[0].answer(MICROS)
  await pass(0)
  expect(pool.stats.queued).toBe(17)
  const more = handle(POOL_SETTINGS.queueSize - 19)
  expect(more.filter(({ events }) => events.length > 0)).toEqual([])
  expect(handle(1)[0]?.events).toHaveLength(1)
})

describe('those behind a slow one', () => {
  test('are asked back when all should have been done twice, and the queue is as long as before', async () => {
    await waiting(20, 45)
    threads[0].answer(MICROS)
    await pass(0)
    await pass(2 * 3 * 5 - 1)
    expect(asked()).toEqual([])
    await pass(3)
    // More than once: a thread that has not read its batch has nothing to give back yet.
    expect(new Set(asked())).toEqual(new Set([0]))
    expect(pool.stats.queued).toBe(17)
    pool.revoked(1, { link: 0, count: 2 })
    expect(pool.stats.queued).toBe(19)
  })

  test('are asked back as soon as a thread has nothing to do, and go to it', async () => {
    const exchanges = await waiting(3, 45)
    threads[0].answer(MICROS)
    await pass(0)
    expect(threads.map((thread) => thread.sent().length)).toEqual([3, 0])
    threads[1].answer(MICROS)
    await pass(0)
    expect(asked()).toEqual([0])
    pool.revoked(1, { link: 0, count: 2 })
    await pass(0)
    expect(threads.map((thread) => thread.sent().length)).toEqual([0, 1])
    threads[1].answer(MICROS)
    await pass(0)
    threads[1].answer(MICROS)
    threads[0].answer(MICROS)
    expect(exchanges.map(({ events }) => events)).toEqual([['answer'], ['answer'], ['answer']])
  })
})
