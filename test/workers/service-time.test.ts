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

  test('is never below what nearly all of them took, and at most an eighth above that', () => {
    for (const micros of [1, 5, 64, 100, 1000, 15_000]) {
      expect(after([2000, micros])).toBeGreaterThanOrEqual(micros)
      expect(after([2000, micros])).toBeLessThanOrEqual(1.125 * micros)
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

  test('does not take for long what is so beside one processor that all threads share', () => {
    expect(after([1000, 8_000], [1, 40_000])).toBeLessThanOrEqual(9_000)
    expect(after([1000, 8_000], [1, 80_000])).toBe(80_000)
  })
})

describe('the time that a request takes on average', () => {
  test('is unknown before there have been enough requests', () => {
    const serviceTime = new ServiceTime()
    for (let i = 0; i < 31; i++) serviceTime.record(10)
    expect(serviceTime.meanMicros).toBe(Number.POSITIVE_INFINITY)
    serviceTime.record(10)
    expect(serviceTime.meanMicros).toBe(10)
  })

  test('is that of the last 512 to 1,024', () => {
    const serviceTime = new ServiceTime()
    for (let i = 0; i < 1_000; i++) serviceTime.record(5_000)
    for (let i = 0; i < 1_024; i++) serviceTime.record(i % 2 === 0 ? 10 : 30)
    expect(serviceTime.meanMicros).toBe(20)
  })
})
