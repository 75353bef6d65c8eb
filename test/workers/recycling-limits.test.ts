import { describe, expect, test } from 'vitest'
import { limitReached, requestLimit } from '../../src/workers/recycling-limits.ts'

const NO_LIMITS = { maxRequests: 0, maxRequestsJitter: 0, maxWorkerAgeMs: 0, maxRss: 0 }
const OLD_AND_LARGE = { requests: 1e9, requestLimit: 0, ageMs: 1e9, rssBytes: 1e12 }
const NEW = { requests: 0, requestLimit: 0, ageMs: 0, rssBytes: 0 }

describe('limitReached', () => {
  test('says nothing without limits', () => {
    expect(limitReached(OLD_AND_LARGE, NO_LIMITS)).toBeUndefined()
  })

  test('names the limit and by how much it is reached', () => {
    const young = { ...NEW, requestLimit: 210 }
    expect(limitReached({ ...young, requests: 209 }, NO_LIMITS)).toBeUndefined()
    expect(limitReached({ ...young, requests: 240 }, NO_LIMITS)).toEqual({
      limit: 'maxRequests',
      reached: 240,
      allowed: 210,
    })
    const aged = { ...NO_LIMITS, maxWorkerAgeMs: 60_000 }
    expect(limitReached({ ...NEW, ageMs: 59_999 }, aged)).toBeUndefined()
    expect(limitReached({ ...NEW, ageMs: 60_000 }, aged)?.limit).toBe('maxWorkerAgeMs')
    const small = { ...NO_LIMITS, maxRss: 1_000 }
    expect(limitReached({ ...NEW, rssBytes: 999 }, small)).toBeUndefined()
    expect(limitReached({ ...NEW, rssBytes: 1_000 }, small)?.limit).toBe('maxRss')
  })

  test('does not take memory that could not be read for a lot', () => {
    expect(limitReached(NEW, { ...NO_LIMITS, maxRss: 1 })).toBeUndefined()
  })
})

describe('requestLimit', () => {
  const limits = { ...NO_LIMITS, maxRequests: 100, maxRequestsJitter: 10 }

  test('is drawn from the jitter, its ends included', () => {
    expect([0, 0.5, 0.999].map((random) => requestLimit(limits, random))).toEqual([100, 105, 110])
  })

  test('is none where none is set, jitter or not', () => {
    expect(requestLimit({ ...limits, maxRequests: 0 }, 0.9)).toBe(0)
  })
})
