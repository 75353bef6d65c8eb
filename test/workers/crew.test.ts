// How a crew keeps its number: boots, deaths, workers that are stuck, and another number.

import { afterEach, describe, expect, test } from 'vitest'
import { GantryError } from '../../src/errors.ts'
import type { CrewSettings } from '../../src/workers/crew.ts'
import { FakeCrew, killedText, settled } from './fake-crew.ts'

let fake: FakeCrew
afterEach(() => fake.crew.kill())
const started = async (settings: Partial<CrewSettings> = {}): Promise<FakeCrew> =>
  (fake = await FakeCrew.started(settings))

const REFUSED = new GantryError('GANTRY_QUEUE_FULL', { queueSize: 1 })
const LOST = { id: 'a', method: 'GET', target: '/', outcome: 'answered' } as const

describe('the start', () => {
  test('boots all at the same time, and is over when all get requests', async () => {
    fake = new FakeCrew({ workers: { min: 3, max: 3 } })
    const start = fake.crew.start()
    while (fake.workers.length === 0) await settled()
    expect(fake.states).toEqual(['1 booting', '2 booting', '3 booting'])
    for (const number of [3, 1, 2]) await fake.becomeReady(number)
    expect((await start).number).toBe(1)
    expect(fake.traffic).toEqual(['+3', '+1', '+2'])
    expect(fake.log).toEqual([])
  })

  test('can be asked who is ready, and who boots the longest', async () => {
    fake = new FakeCrew({ workers: { min: 3, max: 3 } })
    expect(fake.crew.boot).toEqual({ ready: 0, wanted: 3, slowest: undefined })
    const start = fake.crew.start()
    while (fake.workers.length === 0) await settled()
    fake.clock.advance(700)
    await fake.becomeReady(1)
    expect(fake.crew.boot).toEqual({ ready: 1, wanted: 3, slowest: { worker: 2, pid: 1_002, forMs: 700 } })
    for (const number of [2, 3]) await fake.becomeReady(number)
    await start
    expect(fake.crew.boot).toEqual({ ready: 3, wanted: 3, slowest: undefined })
  })

  test('fails with the first that cannot boot, and ends the others', async () => {
    fake = new FakeCrew()
    const start = fake.crew.start()
    while (fake.workers.length === 0) await settled()
    fake.worker(2).failToBoot(REFUSED)
    fake.worker(1).failToBoot(new Error('another'))
    await expect(start).rejects.toBe(REFUSED)
    await settled()
    expect([fake.log, fake.crew.size]).toEqual([[], 0])
  })

  test('tells after five seconds who is still booting, and then less and less often', async () => {
    fake = new FakeCrew({ workers: { min: 3, max: 3 } })
    void fake.crew.start().catch(() => undefined)
    while (fake.workers.length === 0) await settled()
    await fake.becomeReady(2)
    await fake.pass(30_000)
    expect(fake.log).toEqual(['slow 1,3 5000 1/3', 'slow 1,3 10000 1/3', 'slow 1,3 20000 1/3'])
  })

  test('a worker that died while others still booted is replaced when it is over', async () => {
    fake = new FakeCrew()
    const start = fake.crew.start()
    while (fake.workers.length === 0) await settled()
    await fake.becomeReady(1)
    await fake.pass(2_000)
    await fake.end(1, { signal: 'SIGSEGV' })
    await fake.becomeReady(2)
    await start
    expect(fake.numbers).toEqual([1, 2, 3])
  })
})

describe('a worker that dies', () => {
  test('is replaced at once where it has served for a while', async () => {
    await started()
    await fake.pass(5_000)
    await fake.end(1, { signal: 'SIGKILL' })
    expect(fake.log).toEqual(['died 1 0'])
    await fake.becomeReady(3)
    expect(fake.states).toEqual(['2 ready', '3 ready'])
    expect(fake.traffic).toEqual(['+1', '+2', 'x1', '+3'])
  })

  test('is told with its cause, and what it took', async () => {
    await started()
    fake.crew.brokenLink(1, [LOST])
    await fake.end(1, { signal: 'SIGKILL' })
    const [death] = fake.deaths
    expect(death).toMatchObject({ worker: 1, pid: 1_001, lost: [LOST] })
    expect(death?.error.message).toBe(`process 1001 ended: ${killedText}`)
    expect(fake.crew.status.deaths).toEqual([
      { worker: 1, pid: 1_001, atMs: expect.any(Number) as number, cause: killedText, lost: 1 },
    ])
  })

  test('for want of memory is told from one that somebody killed', async () => {
    await started()
    fake.hasOomKill = true
    await fake.end(2, { signal: 'SIGKILL' })
    expect(fake.deaths[0]?.error.message).toMatch(/memory ran out/)
    expect(fake.deaths[0]?.error.hint).toMatch(/--max-rss/)
  })

  test('young is replaced later each time; workers that die together wait once', async () => {
    await started()
    const [one, other] = [fake.worker(1), fake.worker(2)]
    one.end({ code: 7 })
    other.end({ code: 7 })
    await settled()
    expect(fake.log).toEqual(['died 1 100', 'died 2 100'])
    await fake.pass(99)
    expect(fake.numbers).toEqual([1, 2])
    await fake.pass(1)
    expect(fake.numbers).toEqual([1, 2, 3, 4])
    await fake.becomeReady(3)
    await fake.end(3, { code: 7 })
    expect(fake.log.at(-1)).toBe('died 3 200')
  })

  test('keeps the last twenty in mind', async () => {
    await started({ workers: { min: 1, max: 1 } })
    for (let number = 1; number <= 25; number++) {
      await fake.end(number, { code: number })
      await fake.pass(10_000)
      await fake.becomeReady(number + 1)
    }
    const causes = fake.crew.status.deaths.map(({ worker }) => worker)
    expect([causes.length, causes[0], causes.at(-1)]).toEqual([20, 6, 25])
  })

  test('whose links broke has a moment to end by itself before it is killed for that', async () => {
    await started()
    fake.crew.brokenLink(1, [LOST])
    expect(fake.traffic.at(-1)).toBe('-1')
    await fake.pass(999)
    expect(fake.worker(1).told).toEqual([])
    await fake.pass(1)
    expect(fake.worker(1).told).toEqual(['a link of it broke with requests on it'])
    expect(fake.deaths).toHaveLength(1)
    // A link that nobody has read for a while may be seen to be gone later still.
    fake.crew.brokenLink(1, [LOST, LOST])
    expect(fake.log.at(-1)).toBe('lost 1 2')
  })

  test('between being ready and being used has failed to boot, and is replaced once', async () => {
    await started()
    await fake.pass(5_000)
    await fake.end(1, { code: 3 })
    fake.refusal = REFUSED
    await fake.becomeReady(3)
    expect(fake.worker(3).told).toEqual(['it is not to be used'])
    expect(fake.log).toEqual(['died 1 0', 'failed 3 100 1'])
    fake.refusal = undefined
    await fake.pass(100)
    expect(fake.numbers).toEqual([1, 2, 3, 4])
  })
})

describe('a replacement that cannot boot', () => {
  test('is tried again with pauses from 0.1 s to 10 s, one at a time until one succeeds', async () => {
    await started()
    await fake.pass(5_000)
    fake.worker(1).end({ code: 7 })
    fake.worker(2).end({ code: 7 })
    await settled()
    expect(fake.numbers).toEqual([1, 2, 3, 4])
    fake.worker(3).failToBoot(REFUSED)
    fake.worker(4).failToBoot(REFUSED)
    await settled()
    expect(fake.log.splice(0)).toEqual(['died 1 0', 'died 2 0', 'failed 3 100 0', 'failed 4 100 0'])
    for (const [index, pauseMs] of [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000].entries()) {
      await fake.pass(pauseMs)
      expect(fake.numbers.at(-1)).toBe(5 + index)
      fake.worker(5 + index).failToBoot(REFUSED)
      await settled()
    }
    expect(fake.log.at(-1)).toBe('failed 12 10000 0')
    await fake.pass(10_000)
    await fake.becomeReady(13)
    // Now the other place is filled as well.
    expect(fake.numbers.at(-1)).toBe(14)
    await fake.becomeReady(14)
    expect(fake.states).toEqual(['13 ready', '14 ready'])
  })
})

describe('workers that are stuck', () => {
  test('are replaced at once and together, and killed when their other requests are answered', async () => {
    await started()
    fake.busy.add(1)
    fake.crew.replaceStuck(1, 'thread 3 does not come back')
    fake.crew.replaceStuck(2, 'thread 0 does not come back')
    fake.crew.replaceStuck(2, 'thread 1 does not come back')
    expect(fake.traffic.slice(2)).toEqual(['-1', '-2'])
    expect(fake.numbers).toEqual([1, 2, 3, 4])
    expect(fake.log).toEqual(['stuck 1', 'stuck 2'])
    await settled()
    expect(fake.states).toEqual(['1 stuck', '3 booting', '4 booting'])
    await fake.finish(1)
    expect(fake.deaths.map(({ worker, error }) => [worker, error.message])).toEqual([
      [2, 'process 1002 ended: gantry killed it: thread 0 does not come back'],
      [1, 'process 1001 ended: gantry killed it: thread 3 does not come back'],
    ])
    // Their places are taken already: their end empties none.
    expect([fake.log.slice(2), fake.numbers]).toEqual([
      ['died 2 -', 'died 1 -'],
      [1, 2, 3, 4],
    ])
  })
})

describe('another number', () => {
  test('grows with the load, one boot at a time, and shrinks by who has the least to do', async () => {
    await started({ workers: { min: 1, max: 3 }, growAfterMs: 200, shrinkAfterMs: 60_000 })
    fake.load = { oldestWaitMs: 300, busyThreads: 1 }
    await fake.pass(2_000)
    expect([fake.numbers, fake.log]).toEqual([[1, 2], ['count 2']])
    await fake.becomeReady(2)
    fake.load = { oldestWaitMs: 1_500, busyThreads: 2 }
    await fake.pass(1_000)
    expect(fake.numbers).toEqual([1, 2, 3])
    await fake.becomeReady(3)

    fake.loads.set(1, { busyThreads: 1 })
    fake.busy.add(2)
    fake.load = { oldestWaitMs: 0, busyThreads: 1 }
    await fake.pass(62_000)
    expect([fake.log.slice(-2), fake.traffic.at(-1)]).toEqual([['count 2', 'retiring 2'], '-2'])
    expect(fake.worker(2).told).toEqual([])
    await fake.finish(2)
    expect([fake.worker(2).told, fake.states]).toEqual([['stop'], ['1 ready', '3 ready']])
    expect(fake.deaths).toEqual([])
  })

  test('as a person asks for it, at once; who boots goes first', async () => {
    await started()
    expect(fake.crew.resize(2)).toEqual({ fewest: 4, most: 4 })
    expect(fake.numbers).toEqual([1, 2, 3, 4])
    await fake.becomeReady(3)
    fake.crew.resize(-1)
    await settled()
    expect(fake.states).toEqual(['1 ready', '2 ready', '3 ready'])
    fake.crew.resize(-1)
    await settled()
    expect(fake.states).toEqual(['2 ready', '3 ready'])
    expect(fake.log).toEqual(['resized 4:4', 'ready 3', 'resized 3:3', 'resized 2:2', 'retiring 1'])
  })
})

describe('a worker that is told to end', () => {
  const endsBy = async (end: () => void): Promise<readonly string[]> => {
    await started()
    fake.worker(1).stop = () => {
      end()
      return Promise.resolve()
    }
    fake.crew.resize(-1)
    await settled()
    expect(fake.states).toEqual(['2 ready'])
    return fake.log.slice(2)
  }

  test('is no death when it does', async () => {
    expect(await endsBy(() => fake.worker(1).end({ code: 0 }))).toEqual([])
  })

  test('is one when it has to be killed, or its last breath goes wrong', async () => {
    const kill = (): void => fake.worker(1).kill('it was to end, and did not in time')
    expect(await endsBy(kill)).toEqual(['died 1 -'])
    expect(await endsBy(() => fake.worker(1).end({ signal: 'SIGSEGV' }))).toEqual(['died 1 -'])
    expect(await endsBy(() => fake.worker(1).end({ code: 1 }))).toEqual(['died 1 -'])
  })
})

test('the status has what the kernel counts for each worker', async () => {
  await started({ workers: { min: 1, max: 4 } })
  fake.memory.set(1_001, 5_000)
  fake.loads.set(1, { requests: 17, threads: 4, busyThreads: 2 })
  await fake.pass(3_000)
  expect(fake.crew.status).toEqual({
    workers: [
      {
        number: 1,
        pid: 1_001,
        state: 'ready',
        ageMs: 3_000,
        requests: 17,
        threads: 4,
        busyThreads: 2,
        rssBytes: 5_000,
        pssBytes: 2_500,
      },
    ],
    fewest: 1,
    most: 4,
    deaths: [],
  })
})
