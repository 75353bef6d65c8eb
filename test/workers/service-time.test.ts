import { describe, expect, test } from 'vitest'
import { ServiceTime } from '../../src/workers/service-time.ts'

function after(...runs: readonly (readonly [count: number, micros: number])[]): number {
  const serviceTime = new ServiceTime()
  for (const [count, micros] of runs) for (let i = 0; i < count; i++) serviceTime.record(micros)
  return serviceTime.expectedMicros
}

describe('the time that a request has to be expected to take', () => {
  test('is unknown before there have been enough requests', () => {
    expect(after([31, 5])).toBe(Number.POSITIVE_INFINITY)
    expect(after([32, 5])).toBeLessThan(10)
  })

  test('is never below what nearly all of them took, and at most twice that', () => {
    for (const micros of [1, 5, 64, 100, 1000, 15_000]) {
      expect(after([2000, micros])).toBeGreaterThanOrEqual(micros)
      expect(after([2000, micros])).toBeLessThanOrEqual(2 * micros)
    }
  })

  test('forgives one in a hundred, whose thread may have waited for a processor', () => {
    expect(after([1000, 5], [5, 5_000])).toBeLessThan(10)
  })

  test('does not forgive two in a hundred', () => {
    expect(after([980, 5], [20, 5_000])).toBeGreaterThanOrEqual(5_000)
  })

  test('does not forgive a single one that took truly long', () => {
    expect(after([1000, 5], [1, 500_000])).toBe(500_000)
  })

  test('forgets a long one after 512 to 1,024 others', () => {
    expect(after([1000, 5], [1, 500_000], [510, 5])).toBe(500_000)
    expect(after([1000, 5], [1, 500_000], [1024, 5])).toBeLessThan(10)
  })

  test('takes the longest time that a frame can tell', () => {
    expect(after([100, 0xffffffff])).toBe(0xffffffff)
  })
})
