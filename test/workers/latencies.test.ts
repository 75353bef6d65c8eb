import { expect, test } from 'vitest'
import { Latencies } from '../../src/workers/latencies.ts'

test('quantiles are at most an eighth too high, and no higher than the longest', () => {
  const latencies = new Latencies()
  for (let micros = 1; micros <= 100_000; micros++) latencies.record(micros)
  const { count, p50, p90, p99, max } = latencies.quantiles
  expect(count).toBe(100_000)
  expect(max).toBe(100)
  for (const [quantile, exact] of [
    [p50, 50],
    [p90, 90],
    [p99, 99],
  ] as const) {
    expect(quantile).toBeGreaterThanOrEqual(exact)
    expect(quantile).toBeLessThanOrEqual(Math.min(exact * 1.125, 100))
  }
})

test('nothing happened: zeros', () => {
  expect(new Latencies().quantiles).toEqual({ count: 0, p50: 0, p90: 0, p99: 0, max: 0 })
})

test('times of all sizes have a place, fractions and those beyond an hour too', () => {
  const latencies = new Latencies()
  for (const micros of [0, 0.7, 7, 8, 4_294_967_295, 1e13]) latencies.record(micros)
  expect(latencies.quantiles).toMatchObject({ count: 6, p50: 0.007, max: 4_294_967.295 })
})

test('what is longer ago than a minute is forgotten, what is younger than half a minute is not', () => {
  const latencies = new Latencies()
  const startMs = performance.now()
  latencies.record(1_000)
  latencies.forget(startMs + 31_000)
  latencies.record(2_000)
  expect(latencies.quantiles.count).toBe(2)
  latencies.forget(startMs + 62_000)
  expect(latencies.quantiles).toMatchObject({ count: 1, max: 2 })
  latencies.forget(startMs + 93_000)
  expect(latencies.quantiles.count).toBe(0)
})
