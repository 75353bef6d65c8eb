import { expect, test } from 'vitest'
import { startTimeMs } from '../../src/processes/start-time.ts'

test('is counted from the start of the machine, behind a name that may hold anything', () => {
  const fields = ['S', ...Array.from({ length: 18 }, () => '0'), '250', '0'].join(' ')
  const read = (path: string): string | undefined =>
    path === '/proc/stat'
      ? 'cpu 1 2\nbtime 1000\n'
      : path === '/proc/7/stat'
        ? `7 (a) b) ${fields}`
        : undefined
  expect(startTimeMs(7, read)).toBe(1_002_500)
  expect(startTimeMs(8, read)).toBeUndefined()
})

test.runIf(process.platform === 'linux')('of this process is about when it started', () => {
  const expected = Date.now() - process.uptime() * 1000
  expect(Math.abs((startTimeMs(process.pid) ?? 0) - expected)).toBeLessThan(5_000)
})
