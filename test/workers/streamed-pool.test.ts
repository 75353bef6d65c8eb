// Streamed requests in the pool: each travels alone, however many fast ones travel together.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { WorkerPool } from '../../src/workers/pool.ts'
import { FakeExchange, FakeStreamedBody } from './fake-exchange.ts'
import { FakeThread } from './fake-thread.ts'
import { SILENT_REPORTS } from './pool-reports.ts'
import { POOL_SETTINGS } from './pool-settings.ts'

let pool: WorkerPool
beforeEach(() => {
  pool = new WorkerPool(POOL_SETTINGS, SILENT_REPORTS)
})
afterEach(() => pool.kill())

async function addThread(link: number): Promise<FakeThread> {
  const thread = new FakeThread()
  pool.linked({ worker: 1, link, opening: 1 }, thread.socket)
  // Ready with its first thread; others join.
  if (link === 0) await pool.admit(1)
  return thread
}

const inMemory = (): FakeExchange => new FakeExchange()
const streamed = (): FakeExchange => new FakeExchange(new FakeStreamedBody())
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

/** Gives requests to the pool and answers all that the thread gets; returns the flags of each batch. */
async function serve(
  thread: FakeThread,
  exchanges: readonly FakeExchange[],
  micros = 1,
): Promise<number[][]> {
  for (const exchange of exchanges) pool.handle(exchange)
  const batches: number[][] = []
  let answered = 0
  while (answered < exchanges.length) {
    await nextTurn()
    const batch = thread.sent().map(({ payload }) => payload[0]!)
    batches.push(batch)
    if (batch.length === 0) throw new Error(`the thread gets nothing more; it got ${JSON.stringify(batches)}`)
    answered += batch.length
    for (let count = batch.length; count > 0; count--) thread.answer(micros)
  }
  return batches
}

const many = (count: number, make: () => FakeExchange): FakeExchange[] => Array.from({ length: count }, make)

test('a streamed request shares no batch, neither at its start nor at its end', async () => {
  const thread = await addThread(0)
  await serve(thread, many(64, inMemory))
  const exchanges = [inMemory(), inMemory(), streamed(), streamed(), inMemory(), inMemory()]
  expect(await serve(thread, exchanges)).toEqual([[1, 0], [4], [4], [1, 0]])
})

test('how long streamed requests take does not keep fast ones from travelling together', async () => {
  const thread = await addThread(0)
  await serve(thread, many(64, inMemory))
  await serve(thread, many(20, streamed), 5_000_000)
  expect(await serve(thread, [inMemory(), inMemory()])).toEqual([[1, 0]])
})

test('nobody waits for the thread of a streamed request to come back', async () => {
  const first = await addThread(0)
  await serve(first, many(64, inMemory))
  const second = await addThread(1)
  pool.handle(streamed())
  pool.handle(inMemory())
  await nextTurn()
  expect([first, second].map((thread) => thread.sent().length)).toEqual([1, 1])
})

test('a streamed request whose client leaves while it waits is dropped', async () => {
  const thread = await addThread(0)
  const [running, waiting] = [inMemory(), streamed()]
  pool.handle(running)
  pool.handle(waiting)
  await nextTurn()
  waiting.leave()
  thread.answer()
  await nextTurn()
  expect([waiting.events, thread.sent().length]).toEqual([['drop'], 1])
})
