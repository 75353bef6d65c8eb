import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WAITS_TO_READ, WAITS_TO_SEND, WorkClock } from '../../src/workers/work-clock.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'], now: 0 })
})
afterEach(() => {
  vi.useRealTimers()
})

const now = (): number => performance.now()

test('work counts from when the request was sent', () => {
  const clock = new WorkClock()
  clock.start(now())
  vi.advanceTimersByTime(30)
  expect(clock.workMs(now())).toBe(30)
})

test('a later request of a batch counts from the first look that finds it at work', () => {
  const clock = new WorkClock()
  clock.start(now())
  vi.advanceTimersByTime(30)
  clock.next()
  expect(clock.workMs(now())).toBe(0)
  vi.advanceTimersByTime(20)
  expect(clock.workMs(now())).toBe(20)
})

test('time in which the thread waits for its client does not count, for whatever it waits, and counts once', () => {
  const clock = new WorkClock()
  clock.start(now())
  vi.advanceTimersByTime(10)
  clock.wait(WAITS_TO_SEND)
  vi.advanceTimersByTime(100)
  clock.wait(WAITS_TO_READ)
  vi.advanceTimersByTime(100)
  expect(clock.workMs(now())).toBe(10)
  clock.goOn(WAITS_TO_SEND)
  vi.advanceTimersByTime(100)
  clock.goOn(WAITS_TO_READ)
  clock.goOn(WAITS_TO_READ)
  vi.advanceTimersByTime(5)
  expect(clock.workMs(now())).toBe(15)
})

test('what was waited for in one request is not taken off the next', () => {
  const clock = new WorkClock()
  clock.start(now())
  clock.wait(WAITS_TO_SEND)
  vi.advanceTimersByTime(50)
  clock.start(now())
  vi.advanceTimersByTime(50)
  expect(clock.workMs(now())).toBe(50)
})

test('a pause is the time without a block, less that in which the client takes none', () => {
  const clock = new WorkClock()
  clock.start(now())
  clock.block()
  expect(clock.idleMs(now())).toBe(0)
  vi.advanceTimersByTime(40)
  expect(clock.idleMs(now())).toBe(40)
  clock.block()
  expect(clock.idleMs(now())).toBe(0)
  clock.wait(WAITS_TO_SEND)
  vi.advanceTimersByTime(100)
  clock.goOn(WAITS_TO_SEND)
  vi.advanceTimersByTime(7)
  expect(clock.idleMs(now())).toBe(7)
})
