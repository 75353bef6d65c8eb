import { describe, expect, test } from 'vitest'
import { Deadline, PacedDeadline, timeAfter } from '../../src/gateways/deadline.ts'
import { TimerWheel } from '../../src/gateways/timer-wheel.ts'

const SLOT_MS = 250
const PACE = { timeoutMs: 10_000, bytesPerSecond: 100 }

/** A wheel and a way to let time pass on it. */
function wheelAndClock() {
  const wheel = new TimerWheel(SLOT_MS, 100, 0)
  const pass = (forMs: number): void => {
    for (const endMs = wheel.nowMs + forMs; wheel.nowMs < endMs; ) {
      wheel.advance(wheel.nowMs + SLOT_MS)
      while (wheel.lookAtSome(10));
    }
  }
  return { wheel, pass }
}

describe('a deadline', () => {
  test('expires once, within two grains of its time', () => {
    const { wheel, pass } = wheelAndClock()
    const expiredMs: number[] = []
    const deadline = new Deadline(wheel, () => expiredMs.push(wheel.nowMs))
    deadline.start(5_000)
    pass(60_000)
    expect(expiredMs).toEqual([5_250])
  })

  test('starts anew as often as one likes', () => {
    const { wheel, pass } = wheelAndClock()
    let expired = 0
    const deadline = new Deadline(wheel, () => expired++)
    for (let i = 0; i < 20; i++) {
      deadline.start(2_000)
      pass(1_500)
    }
    expect(expired).toBe(0)
    pass(1_000)
    expect(expired).toBe(1)
  })

  test('may be started again when it expires', () => {
    const { wheel, pass } = wheelAndClock()
    let expired = 0
    const deadline: Deadline = new Deadline(wheel, () => {
      expired++
      if (expired < 3) deadline.start(1_000)
    })
    deadline.start(1_000)
    pass(10_000)
    expect(expired).toBe(3)
  })

  test('does not expire once it is stopped or has ended', () => {
    const { wheel, pass } = wheelAndClock()
    let expired = 0
    const stopped = new Deadline(wheel, () => expired++)
    const ended = new Deadline(wheel, () => expired++)
    stopped.start(1_000)
    ended.start(1_000)
    stopped.stop()
    ended.end()
    pass(5_000)
    expect(expired).toBe(0)
  })
})

describe('the time that bytes buy', () => {
  test('is their share of a second, and never more than the timeout', () => {
    expect(timeAfter(1_000, 50, PACE)).toBe(1_500)
    expect(timeAfter(9_000, 1_000_000, PACE)).toBe(10_000)
    expect(timeAfter(3_000, 0, PACE)).toBe(3_000)
  })

  test('is all of it where any rate will do', () => {
    expect(timeAfter(1_000, 1, { timeoutMs: 10_000, bytesPerSecond: 0 })).toBe(10_000)
  })
})

describe('a paced deadline', () => {
  test.each([
    ['every second', 1_000],
    ['with every turn of the wheel', SLOT_MS],
  ])('ends a peer that drips %s, although no pause is long', (_often, everyMs) => {
    const { wheel, pass } = wheelAndClock()
    let expiredMs = 0
    const deadline = new PacedDeadline(wheel, PACE, () => (expiredMs = wheel.nowMs))
    deadline.start()
    for (let i = 0; i < 60 && expiredMs === 0; i++) {
      pass(everyMs)
      deadline.moved(1)
    }
    expect(expiredMs).toBeGreaterThan(10_000)
    expect(expiredMs).toBeLessThan(12_000)
  })

  test('lets a peer live that keeps the rate, and one that pauses after a good stretch', () => {
    const { wheel, pass } = wheelAndClock()
    let expired = 0
    const deadline = new PacedDeadline(wheel, PACE, () => expired++)
    deadline.start()
    for (let i = 0; i < 60; i++) {
      pass(1_000)
      deadline.moved(110)
    }
    deadline.moved(100_000)
    pass(9_500)
    expect(expired).toBe(0)
    pass(2_000)
    expect(expired).toBe(1)
  })

  test('does not run while it is stopped, and goes on with what was left', () => {
    const { wheel, pass } = wheelAndClock()
    let expired = 0
    const deadline = new PacedDeadline(wheel, PACE, () => expired++)
    deadline.start()
    pass(6_000)
    deadline.stop()
    pass(60_000)
    expect(expired).toBe(0)
    deadline.start()
    pass(3_500)
    expect(expired).toBe(0)
    pass(1_500)
    expect(expired).toBe(1)
  })

  test('has its whole time again when it is refilled', () => {
    const { wheel, pass } = wheelAndClock()
    let expired = 0
    const deadline = new PacedDeadline(wheel, PACE, () => expired++)
    deadline.start()
    pass(9_000)
    deadline.refill()
    deadline.start()
    pass(9_000)
    expect(expired).toBe(0)
  })
})
