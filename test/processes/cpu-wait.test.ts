import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cpuWaitShare } from '../../src/processes/cpu-wait.ts'

const shareIn = (text: string | undefined): number | undefined => cpuWaitShare(7, () => text)

test('is the part of the time in which it could have run, and did not', () => {
  expect(shareIn('300 100 12\n')).toBe(0.25)
  expect(shareIn('300 0 12\n')).toBe(0)
})

test('is not known where the system counts nothing', () => {
  expect([shareIn(undefined), shareIn('0 0 0\n'), shareIn('none')]).toEqual([undefined, undefined, undefined])
})

test.runIf(existsSync('/proc/self/schedstat'))('of this process is a share', () => {
  const share = cpuWaitShare(process.pid)
  expect(share).toBeGreaterThanOrEqual(0)
  expect(share).toBeLessThan(1)
})
