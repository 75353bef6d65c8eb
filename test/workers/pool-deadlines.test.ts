// Deadlines in the pool, with threads and clients that do what the test says, on a clock that the test moves.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WorkerPool } from '../../src/workers/pool.ts'
import type { PoolSettings } from '../../src/workers/pool.ts'
import { FakeExchange, FakeStreamedBody } from './fake-exchange.ts'
import { FakeThread } from './fake-thread.ts'
import { SILENT_REPORTS } from './pool-reports.ts'
import { POOL_SETTINGS } from './pool-settings.ts'

let pool: WorkerPool
beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'performance'],
  })
})
afterEach(() => {
  pool.kill()
  vi.useRealTimers()
})

const startPool = (settings: Partial<PoolSettings>): void => {
  pool = new WorkerPool({ ...POOL_SETTINGS, ...settings }, SILENT_REPORTS)
}
const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms)
}

async function addThread(): Promise<FakeThread> {
  const thread = new FakeThread()
  pool.linked({ worker: 1, link: 0, opening: 1 }, thread.socket)
  await pool.admit(1)
  return thread
}

/** Gives requests to the pool and lets it hand them out. */
async function handle(...exchanges: readonly FakeExchange[]): Promise<void> {
  for (const exchange of exchanges) pool.handle(exchange)
  await pass(0)
}

/** Answers requests until those that follow travel together. */
async function warmUp(thread: FakeThread): Promise<void> {
  for (let count = 0; count < 64; count++) {
    await handle(new FakeExchange())
    thread.answer()
  }
  await pass(0)
  thread.sent()
}

const typesSent = (thread: FakeThread): string[] => thread.sent().map(({ type }) => type)

describe('a request in the queue', () => {
  test('is answered 504 when it has waited too long, and no sooner', async () => {
    startPool({ queueTimeoutMs: 1_000 })
    const exchange = new FakeExchange()
    await handle(exchange)
    await pass(990)
    expect(exchange.events).toEqual([])
    await pass(220)
    expect(exchange.events).toEqual(['fail 504'])
  })

  test('has waited longer than that where a proxy says so', async () => {
    startPool({ queueTimeoutMs: 1_000 })
    const [late, early] = [new FakeExchange(), Object.assign(new FakeExchange(), { waitedMs: 700 })]
    await handle(late, early)
    await pass(500)
    expect([late.events, early.events]).toEqual([[], ['fail 504']])
  })

  test('is dropped, and makes room, when its client leaves', async () => {
    startPool({ queueTimeoutMs: 1_000 })
    const exchange = new FakeExchange()
    await handle(exchange)
    exchange.leave()
    await pass(110)
    expect([exchange.events, pool.stats.queued]).toEqual([['drop'], 0])
  })

  test('waits as long as it has to without a limit', async () => {
    startPool({ queueTimeoutMs: 0 })
    const exchange = new FakeExchange()
    await handle(exchange)
    await pass(3_600_000)
    expect([exchange.events, pool.status.oldestWaitMs >= 3_600_000]).toEqual([[], true])
  })
})

describe('a request at work', () => {
  test('is answered 504 when its time is up, and its link is closed', async () => {
    startPool({ requestTimeoutMs: 1_000 })
    const thread = await addThread()
    const exchange = new FakeExchange()
    await handle(exchange)
    await pass(990)
    expect([exchange.events, thread.isClosed]).toEqual([[], false])
    await pass(220)
    expect([exchange.events, thread.isClosed]).toEqual([['fail 504'], true])
  })

  test('is cut when its answer has begun, and nothing of it comes any more', async () => {
    startPool({ requestTimeoutMs: 1_000 })
    const thread = await addThread()
    const exchange = new FakeExchange()
    await handle(exchange)
    thread.begin()
    thread.send('body', Buffer.from('some'))
    await pass(1_210)
    expect(exchange.events).toEqual(['begin', 'some', 'abort'])
  })

  test('has all its time while its thread waits for the client to take something', async () => {
    startPool({ requestTimeoutMs: 1_000, responseIdleTimeoutMs: 1_000 })
    const thread = await addThread()
    const exchange = new FakeExchange()
    await handle(exchange)
    await pass(500)
    thread.begin()
    exchange.hasRoom = false
    thread.send('body', Buffer.from('much'))
    await pass(10_000)
    exchange.onDrain?.()
    await pass(400)
    expect(exchange.events).toEqual(['begin', 'much'])
    await pass(310)
    expect(exchange.events).toEqual(['begin', 'much', 'abort'])
  })

  test('has all its time while its thread waits for the client to send something', async () => {
    startPool({ requestTimeoutMs: 1_000 })
    const thread = await addThread()
    const body = new FakeStreamedBody()
    const exchange = new FakeExchange(body)
    await handle(exchange)
    thread.want(100)
    await pass(10_000)
    body.arrive('here')
    await pass(900)
    expect(exchange.events).toEqual([])
    await pass(310)
    expect(exchange.events).toEqual(['fail 504'])
  })

  test('keeps none of its batch: the others are asked back, and served by the next free thread', async () => {
    startPool({ requestTimeoutMs: 1_000, threads: 2 })
    const thread = new FakeThread()
    const other = new FakeThread()
    pool.linked({ worker: 1, link: 1, opening: 1 }, other.socket)
    pool.linked({ worker: 1, link: 0, opening: 1 }, thread.socket)
    await pool.admit(1)
    const used = async (): Promise<FakeThread> => {
      await pass(0)
      return thread.sent().length > 0 ? thread : other
    }
    // Both are made to answer until requests travel together.
    for (let count = 0; count < 64; count++) {
      pool.handle(new FakeExchange())
      ;(await used()).answer()
    }
    const batch = [new FakeExchange(), new FakeExchange()]
    for (const exchange of batch) pool.handle(exchange)
    await pass(0)
    const [busy, free] = thread.sent().length > 0 ? [thread, other] : [other, thread]
    await pass(1_300)
    expect([batch[0]!.events, batch[1]!.events]).toEqual([['fail 504'], []])
    // The worker has not given the second back yet.
    expect(busy.isClosed).toBe(false)
    free.sent()
    pool.revoked(1, { link: busy === thread ? 0 : 1, count: 1 })
    expect(busy.isClosed).toBe(true)
    await pass(10)
    expect(typesSent(free)).toEqual(['request'])
    free.answer()
    expect(batch[1]!.events).toEqual(['answer'])
  })

  test('whose thread is done just then is answered once, and the thread serves on', async () => {
    startPool({ requestTimeoutMs: 1_000 })
    const thread = await addThread()
    await warmUp(thread)
    const [late, next] = [new FakeExchange(), new FakeExchange()]
    await handle(late, next)
    await pass(1_300)
    // Both were in one batch, and the thread had come to the second before it could be asked back.
    thread.answer()
    thread.answer()
    expect([late.events, next.events, thread.isClosed]).toEqual([['fail 504'], ['answer'], false])
    thread.sent()
    await handle(new FakeExchange())
    expect(typesSent(thread)).toEqual(['request'])
  })
})

describe('an answer that has begun', () => {
  test('is cut when it pauses too long, and each block counts anew', async () => {
    startPool({ responseIdleTimeoutMs: 1_000 })
    const thread = await addThread()
    const exchange = new FakeExchange()
    await handle(exchange)
    await pass(5_000)
    thread.begin()
    await pass(800)
    thread.send('body', Buffer.from('a'))
    await pass(800)
    expect(exchange.events).toEqual(['begin', 'a'])
    await pass(510)
    expect(exchange.events).toEqual(['begin', 'a', 'abort'])
  })
})

describe('a worker', () => {
  test('is idle for its crew when only a thread that was given up is at work', async () => {
    startPool({ requestTimeoutMs: 1_000 })
    await addThread()
    await handle(new FakeExchange())
    let isIdle = false
    void pool.withdraw(1).then(() => (isIdle = true))
    await pass(500)
    expect(isIdle).toBe(false)
    await pass(710)
    expect(isIdle).toBe(true)
  })

  test('that is withdrawn gets nothing more, finishes what it has, and counts what it answered', async () => {
    startPool({})
    const thread = await addThread()
    expect(pool.isReady).toBe(true)
    const [first, second] = [new FakeExchange(), new FakeExchange()]
    await handle(first)
    const whenIdle = pool.withdraw(1)
    expect(pool.isReady).toBe(false)
    await handle(second)
    thread.answer()
    await whenIdle
    expect([first.events, second.events]).toEqual([['answer'], []])
    expect(pool.loadOf(1)).toEqual({ requests: 1, threads: 1, busyThreads: 0 })
  })

  test('gets requests when it has answered for its health, with 2xx', async () => {
    const health = { path: '/up%20now', serverName: 'localhost', serverPort: '8000', scriptName: '/shop' }
    startPool({ health })
    const thread = new FakeThread()
    pool.linked({ worker: 1, link: 0, opening: 1 }, thread.socket)
    const whenAdmitted = pool.admit(1)
    await pass(0)
    const [asked] = thread.sent()
    expect(asked?.payload.toString('latin1').split('\0')).toEqual(
      expect.arrayContaining(['/up now', '/shop/up%20now', 'HTTP_HOST', 'localhost:8000', '127.0.0.1']),
    )
    const exchange = new FakeExchange()
    await handle(exchange)
    expect([pool.isReady, thread.sent()]).toEqual([false, []])
    thread.answer()
    await whenAdmitted
    await pass(0)
    expect([pool.isReady, typesSent(thread)]).toEqual([true, ['request']])
  })

  test('that answers 500 for its health, or nothing, is refused', async () => {
    const health = { path: '/up', serverName: 'localhost', serverPort: '80', scriptName: '' }
    startPool({ health, bootTimeoutMs: 2_000 })
    const failing = new FakeThread()
    pool.linked({ worker: 1, link: 0, opening: 1 }, failing.socket)
    const refused = expect(pool.admit(1)).rejects.toMatchObject({
      code: 'GANTRY_WORKER_UNHEALTHY',
      message: expect.stringContaining('GET /up was answered 500') as string,
    })
    await pass(0)
    failing.send('failure', Buffer.from('0000000100', 'hex'))
    await refused

    pool.linked({ worker: 2, link: 0, opening: 1 }, new FakeThread().socket)
    const silent = expect(pool.admit(2)).rejects.toMatchObject({
      message: expect.stringContaining('GET /up was not answered in time') as string,
    })
    await pass(2_000)
    await silent
    expect(pool.isReady).toBe(false)
  })
})

describe('a request whose worker dies before it answered', () => {
  const get = (): FakeExchange => Object.assign(new FakeExchange(), { method: 'GET' })

  async function lose(exchange: FakeExchange, retryIdempotent: boolean): Promise<FakeThread> {
    startPool({ retryIdempotent, threads: 1 })
    const thread = await addThread()
    await handle(exchange)
    thread.socket.destroy()
    await thread.closed
    const second = new FakeThread()
    pool.linked({ worker: 2, link: 0, opening: 1 }, second.socket)
    await pool.admit(2)
    await pass(0)
    return second
  }

  test('goes to another one, before all others, if it may be asked twice', async () => {
    const exchange = get()
    const second = await lose(exchange, true)
    expect(typesSent(second)).toEqual(['request'])
    second.answer()
    expect(exchange.events).toEqual(['answer'])
  })

  test('is answered 502 when its second worker dies as well', async () => {
    const exchange = get()
    const second = await lose(exchange, true)
    second.socket.destroy()
    await second.closed
    expect(exchange.events).toEqual(['fail 502'])
  })

  test.each([
    ['a POST', (): FakeExchange => new FakeExchange(), true],
    [
      'with a streamed body',
      (): FakeExchange => Object.assign(new FakeExchange(new FakeStreamedBody()), { method: 'PUT' }),
      true,
    ],
    ['a GET without --retry-idempotent', get, false],
  ])('is answered 502: %s', async (_name, make, retryIdempotent) => {
    const exchange = make()
    const second = await lose(exchange, retryIdempotent)
    expect([exchange.events, second.sent()]).toEqual([['fail 502'], []])
  })

  test('is cut where its answer had begun', async () => {
    startPool({ retryIdempotent: true })
    const thread = await addThread()
    const exchange = get()
    await handle(exchange)
    thread.begin()
    thread.socket.destroy()
    await thread.closed
    expect([exchange.events, pool.stats.queued]).toEqual([['begin', 'abort'], 0])
  })
})
