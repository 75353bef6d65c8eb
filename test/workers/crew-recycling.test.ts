// Workers that are replaced although nothing is wrong with them: the replacement first, one at a time, not too often.

import { afterEach, describe, expect, test } from 'vitest'
import type { CrewSettings } from '../../src/workers/crew.ts'
import { FakeCrew, settled } from './fake-crew.ts'

let fake: FakeCrew
afterEach(() => fake.crew.kill())
const started = async (settings: Partial<CrewSettings> = {}): Promise<FakeCrew> =>
  (fake = await FakeCrew.started(settings))

const answered = (worker: number, requests: number): void => void fake.loads.set(worker, { requests })

describe('a worker that is due', () => {
  test('serves until its replacement does, then gets nothing more, and ends when it has answered', async () => {
    await started({ maxRequests: 100 })
    fake.busy.add(1)
    answered(1, 100)
    answered(2, 99)
    await fake.pass(1_000)
    expect([fake.log, fake.states]).toEqual([
      ['recycling 1 maxRequests'],
      ['1 ready', '2 ready', '3 booting'],
    ])
    await fake.becomeReady(3)
    expect(fake.traffic).toEqual(['+1', '+2', '+3', '-1'])
    expect([fake.worker(1).told, fake.states]).toEqual([[], ['1 retiring', '2 ready', '3 ready']])
    await fake.finish(1)
    expect([fake.worker(1).told, fake.states]).toEqual([['stop'], ['2 ready', '3 ready']])
    expect([fake.deaths, fake.crew.status.deaths]).toEqual([[], []])
  })

  test('is one at a time, and the next one only after five times as long as the last boot took', async () => {
    await started({ maxWorkerAgeMs: 5_000, workers: { min: 3, max: 3 }, shutdownTimeoutMs: 60_000 })
    fake.busy.add(1)
    await fake.pass(7_000)
    expect(fake.numbers).toEqual([1, 2, 3, 4])
    expect(fake.log).toEqual(['recycling 1 maxWorkerAgeMs'])
    await fake.becomeReady(4) // after 2 s
    await fake.pass(30_000)
    expect(fake.numbers).toEqual([1, 2, 3, 4])
    await fake.finish(1)
    await fake.pass(1_000)
    expect(fake.log.slice(-1)).toEqual(['recycling 2 maxWorkerAgeMs'])
    await fake.becomeReady(5) // at once
    await fake.pass(1_000)
    expect(fake.log.slice(-1)).toEqual(['recycling 3 maxWorkerAgeMs'])
  })

  test('waits for the pause although the one before has ended', async () => {
    await started({ maxWorkerAgeMs: 5_000 })
    await fake.pass(6_000)
    await fake.becomeReady(3) // 1 s after it was started
    await fake.pass(4_000)
    expect(fake.numbers).toEqual([1, 2, 3])
    await fake.pass(1_000)
    expect(fake.numbers).toEqual([1, 2, 3, 4])
  })

  const pauses = [
    { wait: 'had a CPU for itself', cpuWaitShare: 0, limit: { maxRequests: 100 }, pauseMs: 0 },
    { wait: 'waited a little for a CPU', cpuWaitShare: 0.02, limit: { maxRequests: 100 }, pauseMs: 2_000 },
    { wait: 'waited for a CPU', cpuWaitShare: 0.4, limit: { maxRequests: 100 }, pauseMs: 10_000 },
    { wait: 'waited nobody knows how long', limit: { maxRequests: 100 }, pauseMs: 10_000 },
    { wait: 'had a CPU for itself', cpuWaitShare: 0, limit: { maxRss: 100 }, pauseMs: 10_000 },
  ] as const
  for (const { wait, limit, pauseMs, ...share } of pauses)
    test(`by ${Object.keys(limit)[0]} comes ${pauseMs} ms after a boot of 2 s that ${wait}`, async () => {
      await started({ ...limit, workers: { min: 2, max: 2 } })
      Object.assign(fake, share)
      for (const worker of [1, 2]) {
        answered(worker, 100)
        fake.memory.set(1_000 + worker, 100)
      }
      await fake.pass(1_000)
      await fake.pass(2_000)
      await fake.becomeReady(3)
      // Looks are a second apart.
      await fake.pass(Math.max(0, pauseMs - 1_000))
      expect(fake.numbers).toEqual([1, 2, 3])
      await fake.pass(1_000)
      expect(fake.numbers).toEqual([1, 2, 3, 4])
    })

  test('does not keep others from their turn for ever when its requests do not end', async () => {
    await started({ maxWorkerAgeMs: 5_000, shutdownTimeoutMs: 30_000 })
    fake.busy.add(1)
    await fake.pass(5_000)
    await fake.becomeReady(3)
    await fake.pass(29_000)
    expect(fake.numbers).toEqual([1, 2, 3])
    await fake.pass(1_000)
    expect(fake.states).toEqual(['1 retiring', '2 ready', '3 ready', '4 booting'])
    expect(fake.worker(1).told).toEqual([])
  })

  test('goes on while its replacement cannot boot', async () => {
    await started({ maxRequests: 100 })
    answered(2, 200)
    await fake.pass(1_000)
    fake.worker(3).failToBoot(new Error('broken code'))
    await settled()
    expect(fake.log).toEqual(['recycling 2 maxRequests', 'failed 3 100 2'])
    expect(fake.states).toEqual(['1 ready', '2 ready'])
    await fake.pass(100)
    await fake.becomeReady(4)
    expect(fake.log.slice(-2)).toEqual(['ready 4', 'retiring 2'])
  })

  test('is no longer due when it dies meanwhile: its replacement takes its place', async () => {
    await started({ maxRequests: 100 })
    answered(2, 200)
    await fake.pass(1_000)
    await fake.end(2, { signal: 'SIGSEGV' })
    await fake.becomeReady(3)
    expect(fake.states).toEqual(['1 ready', '3 ready'])
    expect(fake.log).toEqual(['recycling 2 maxRequests', 'died 2 0', 'ready 3'])
  })

  test('waits while another place is empty', async () => {
    await started({ maxRequests: 100 })
    await fake.pass(500)
    await fake.end(1, { code: 7 })
    answered(2, 200)
    await fake.pass(1_000)
    expect(fake.log).toEqual(['died 1 100'])
    await fake.becomeReady(3)
    await fake.pass(1_000)
    expect(fake.log.at(-1)).toBe('recycling 2 maxRequests')
  })
})

describe('memory', () => {
  test('above --max-rss makes a worker due', async () => {
    await started({ maxRss: 1_000 })
    fake.memory.set(1_002, 1_000)
    await fake.pass(1_000)
    expect(fake.log).toEqual(['recycling 2 maxRss'])
  })

  test('above --max-rss-hard ends a worker at once, and the death says so', async () => {
    await started({ maxRssHard: 100 * 1024 ** 2 })
    fake.memory.set(1_001, 100 * 1024 ** 2 - 1)
    await fake.pass(5_000)
    expect(fake.log).toEqual([])
    fake.memory.set(1_001, 130.5 * 1024 ** 2)
    await fake.pass(1_000)
    expect(fake.log).toEqual(['died 1 0'])
    expect(fake.deaths[0]?.error.message).toBe(
      'process 1001 ended: gantry killed it: it has 130.5 MiB resident, and --max-rss-hard is 100 MiB',
    )
    expect(fake.numbers).toEqual([1, 2, 3])
  })

  test('is not looked at without a limit', async () => {
    await started()
    fake.memory.set(1_001, 1e15)
    await fake.pass(10_000)
    expect(fake.log).toEqual([])
  })
})
