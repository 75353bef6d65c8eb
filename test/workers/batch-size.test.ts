import { describe, expect, test } from 'vitest'
import { longestBatchMs, quickBatch, slowBatch } from '../../src/workers/batch-size.ts'
import { POOL_SETTINGS } from './pool-settings.ts'

describe('requests that travel together', () => {
  test.each([
    ['are at most 64', 1, 64],
    ['take a millisecond', 100, 10],
    ['take a millisecond, not more', 400, 2],
    ['are one where two would take longer', 501, 1],
    ['are one that takes longer by itself', 60_000, 1],
    ['are one while nothing is known', Number.POSITIVE_INFINITY, 1],
    ['are 64 that take no time', 0, 64],
  ])('%s', (_, expectedMicros, requests) => {
    expect(quickBatch(expectedMicros)).toBe(requests)
  })
})

describe('where requests wait, those that travel together', () => {
  test.each([
    ['take a third of the wait', { meanMicros: 2_000, waitedMs: 60 }, 10],
    ['take no longer than is allowed', { meanMicros: 2_000, waitedMs: 6_000 }, 25],
    ['are at most 64', { meanMicros: 10, waitedMs: 6_000 }, 64],
    ['are one that takes longer', { meanMicros: 70_000, waitedMs: 6_000 }, 1],
    ['are one where nobody has waited', { meanMicros: 2_000, waitedMs: 0 }, 1],
    ['are one while nothing is known', { meanMicros: Number.POSITIVE_INFINITY, waitedMs: 6_000 }, 1],
  ])('%s', (_, { meanMicros, waitedMs }, requests) => {
    expect(slowBatch(meanMicros, waitedMs, 50)).toBe(requests)
  })
})

describe('the longest that they may take', () => {
  test('is 50 ms', () => {
    expect(longestBatchMs(POOL_SETTINGS, [])).toBe(50)
    expect(longestBatchMs({ ...POOL_SETTINGS, requestTimeoutMs: 30_000 }, [{ queueTimeoutMs: 200 }])).toBe(50)
  })

  test('is a quarter of the shortest deadline, which the first of them is charged with', () => {
    expect(longestBatchMs({ ...POOL_SETTINGS, requestTimeoutMs: 100 }, [])).toBe(25)
    expect(longestBatchMs(POOL_SETTINGS, [{ requestTimeoutMs: 60 }])).toBe(15)
  })

  test('is nothing where some requests come before others', () => {
    expect(longestBatchMs(POOL_SETTINGS, [{ priority: 'high' }])).toBe(0)
  })
})
