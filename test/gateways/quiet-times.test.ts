import { describe, expect, test } from 'vitest'
import { QuietTimes } from '../../src/gateways/quiet-times.ts'

const TICK_MS = 250

/** What is said at each tick, for as many as there are pairs of connections and requests. */
function said(
  times: QuietTimes,
  ticks: readonly (readonly [connections: number, requests: number])[],
): boolean[] {
  return ticks.map(([connections, requests], tick) =>
    times.hasCrowdLeft(connections, requests, tick * TICK_MS),
  )
}

const repeat = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

describe('the time to give memory back', () => {
  test('has come once, when a crowd has left and nothing has been going on for a while', () => {
    const ticks = [[5_000, 100] as const, ...repeat(40, () => [10, 100] as const)]
    const answers = said(new QuietTimes(), ticks)
    expect(answers.indexOf(true)).toBe(9) // 2 s after the last left
    expect(answers.filter((isTime) => isTime)).toHaveLength(1)
  })

  test('has not come while connections still go', () => {
    const ticks = repeat(40, (tick) => [5_000 - tick * 100, 0] as const)
    expect(said(new QuietTimes(), ticks)).not.toContain(true)
  })

  test('waits for a quiet moment, but not for ever', () => {
    const ticks = [[5_000, 0] as const, ...repeat(80, (tick) => [10, tick + 1] as const)]
    const answers = said(new QuietTimes(), ticks)
    expect(answers.indexOf(true)).toBe(61) // 15 s after they left
    expect(answers.filter((isTime) => isTime)).toHaveLength(1)
  })

  test('has not come when few have left, or when most are still there', () => {
    const few = [[900, 0] as const, ...repeat(40, () => [0, 0] as const)]
    expect(said(new QuietTimes(), few)).not.toContain(true)
    const most = [[10_000, 0] as const, ...repeat(40, () => [6_000, 0] as const)]
    expect(said(new QuietTimes(), most)).not.toContain(true)
  })
})
