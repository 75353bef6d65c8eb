import { expect, test } from 'vitest'
import { proportionalBytes, residentBytes } from '../../src/processes/process-memory.ts'

test.runIf(process.platform === 'linux')('a process has memory, and its own share of it is no larger', () => {
  const [rss, pss] = [residentBytes(process.pid), proportionalBytes(process.pid)]
  expect(rss).toBeGreaterThan(10_000_000)
  expect(rss / process.memoryUsage.rss()).toBeCloseTo(1, 0)
  expect(pss).toBeGreaterThan(0)
  expect(pss).toBeLessThanOrEqual(rss * 1.1)
})

test('a process that is not there has none', () => {
  expect([residentBytes(0x7fffffff), proportionalBytes(0x7fffffff)]).toEqual([0, 0])
})
