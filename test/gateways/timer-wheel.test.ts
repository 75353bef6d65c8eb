import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TimerWheel, WheelEntry } from '../../src/gateways/timer-wheel.ts'

const SLOT_MS = 250

/** Notes when it was looked at, and asks for what it was told to ask for. */
class Noted extends WheelEntry {
  readonly looks: number[] = []
  readonly #next: (nowMs: number) => number

  constructor(next: (nowMs: number) => number = () => Number.POSITIVE_INFINITY) {
    super()
    this.#next = next
  }

  override look(nowMs: number): number {
    this.looks.push(nowMs)
    return this.#next(nowMs)
  }
}

function advanceTo(wheel: TimerWheel, endMs: number): void {
  for (let nowMs = wheel.nowMs + SLOT_MS; nowMs <= endMs; nowMs += SLOT_MS) {
    wheel.advance(nowMs)
    while (wheel.lookAtSome(3));
  }
}

describe('a timer wheel', () => {
  test('looks at each entry once, never too early, and at most two grains after its time', () => {
    const times = fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 50 })
    fc.assert(
      fc.property(times, fc.integer({ min: 3, max: 600 }), (dueTimes, slots) => {
        const wheel = new TimerWheel(SLOT_MS, slots, 0)
        const entries = dueTimes.map((dueMs) => {
          // Beyond a whole round of the wheel an entry is looked at before its time, and says so.
          const entry = new Noted((nowMs) => (nowMs < dueMs ? dueMs : Number.POSITIVE_INFINITY))
          wheel.schedule(entry, dueMs)
          return { entry, dueMs }
        })
        advanceTo(wheel, 61_000)
        for (const { entry, dueMs } of entries) {
          const acted = entry.looks.filter((lookMs) => lookMs >= dueMs)
          expect(acted).toHaveLength(1)
          expect(acted[0]! - dueMs).toBeLessThanOrEqual(2 * SLOT_MS)
        }
      }),
      { numRuns: 50 },
    )
  })

  test('looks at an entry that is scheduled again for later no later than at first, and lets it say so', () => {
    const wheel = new TimerWheel(SLOT_MS, 100, 0)
    let dueMs = 1000
    const entry = new Noted((nowMs) => (nowMs >= dueMs ? Number.POSITIVE_INFINITY : dueMs))
    wheel.schedule(entry, dueMs)
    dueMs = 5000
    wheel.schedule(entry, dueMs)
    advanceTo(wheel, 10_000)
    expect(entry.looks).toEqual([1000, 5000])
  })

  test('moves an entry that is scheduled for sooner', () => {
    const wheel = new TimerWheel(SLOT_MS, 100, 0)
    const entry = new Noted()
    wheel.schedule(entry, 9000)
    wheel.schedule(entry, 1000)
    advanceTo(wheel, 10_000)
    expect(entry.looks).toEqual([1000])
  })

  test('forgets an entry that was removed, also while others of its slot are looked at', () => {
    const wheel = new TimerWheel(SLOT_MS, 100, 0)
    const gone = new Noted()
    const remover = new Noted(() => {
      wheel.remove(gone)
      return Number.POSITIVE_INFINITY
    })
    wheel.schedule(remover, 1000)
    wheel.schedule(gone, 1000)
    advanceTo(wheel, 2000)
    expect(remover.looks).toHaveLength(1)
    expect(gone.looks).toEqual([])
  })

  test('looks at no more at once than it is told to, in the order of their times', () => {
    const wheel = new TimerWheel(SLOT_MS, 100, 0)
    const entries = Array.from({ length: 5 }, () => new Noted())
    for (const [index, entry] of entries.entries()) wheel.schedule(entry, 1000 + index * SLOT_MS)
    wheel.advance(5000)
    const looked = (): boolean[] => entries.map(({ looks }) => looks.length > 0)
    expect(wheel.lookAtSome(2)).toBe(true)
    expect(looked()).toEqual([true, true, false, false, false])
    wheel.remove(entries[2]!)
    wheel.schedule(entries[3]!, 9000)
    expect(wheel.lookAtSome(10)).toBe(false)
    expect(looked()).toEqual([true, true, false, true, true])
  })

  test('catches up after a stall of the event loop', () => {
    const wheel = new TimerWheel(SLOT_MS, 100, 0)
    const entries = [500, 1000, 20_000].map((dueMs) => {
      const entry = new Noted()
      wheel.schedule(entry, dueMs)
      return entry
    })
    wheel.advance(21_000)
    wheel.lookAtSome(10)
    expect(entries.map(({ looks }) => looks)).toEqual([[21_000], [21_000], [21_000]])
  })
})
