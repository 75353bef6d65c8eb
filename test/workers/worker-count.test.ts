import { describe, expect, test } from 'vitest'
import { type CountChange, WorkerCount } from '../../src/workers/worker-count.ts'

const LOOK_MS = 50
const THREADS = 4

const countOf = (min: number, max: number): WorkerCount =>
  new WorkerCount({ workers: { min, max }, threads: THREADS, growAfterMs: 200, shrinkAfterMs: 60_000 })

/** Looks every 50 ms. */
class Looks {
  nowMs = 1_000
  readonly count: WorkerCount

  constructor(count: WorkerCount) {
    this.count = count
  }

  /** What it decides within `ms` of this load; a worker that it adds serves `bootMs` later. */
  during(ms: number, load: { oldestWaitMs?: number; busyThreads?: number }, bootMs = 0): CountChange[] {
    const { oldestWaitMs = 0, busyThreads = 0 } = load
    const changes: CountChange[] = []
    let bootsUntilMs = 0
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; this.nowMs += LOOK_MS) {
      const isSettled = this.nowMs >= bootsUntilMs
      const change = this.count.look({ nowMs: this.nowMs, oldestWaitMs, busyThreads }, isSettled)
      if (change === undefined) continue
      changes.push(change)
      if (change.by > 0) bootsUntilMs = this.nowMs + bootMs
    }
    return changes
  }
}

const targets = (changes: readonly CountChange[]): number[] => changes.map(({ to }) => to)

describe('WorkerCount grows', () => {
  test('by one as soon as a request has waited for so long, and says how long', () => {
    const looks = new Looks(countOf(2, 8))
    expect(looks.during(1_000, { oldestWaitMs: 199, busyThreads: 8 })).toEqual([])
    expect(looks.during(50, { oldestWaitMs: 200, busyThreads: 8 })).toEqual([
      { to: 3, by: 1, oldestWaitMs: 200 },
    ])
  })

  test('by one at a time: not while a worker boots, nor before that one could show what it does', () => {
    const looks = new Looks(countOf(1, 8))
    expect(targets(looks.during(3_000, { oldestWaitMs: 500, busyThreads: 4 }, 3_000))).toEqual([2])
    expect(targets(looks.during(150, { oldestWaitMs: 500, busyThreads: 8 }))).toEqual([])
    expect(targets(looks.during(100, { oldestWaitMs: 500, busyThreads: 8 }))).toEqual([3])
  })

  test('not while the wait becomes shorter', () => {
    const looks = new Looks(countOf(1, 8))
    expect(targets(looks.during(50, { oldestWaitMs: 5_000 }))).toEqual([2])
    for (let waitMs = 4_000; waitMs > 200; waitMs *= 0.85) {
      expect(targets(looks.during(200, { oldestWaitMs: waitMs, busyThreads: 8 }))).toEqual([])
    }
  })

  test('up to the most, and there it stays as long as requests wait', () => {
    const looks = new Looks(countOf(1, 3))
    expect(targets(looks.during(300_000, { oldestWaitMs: 700, busyThreads: 12 }))).toEqual([2, 3])
    expect(looks.count.wanted).toBe(3)
  })

  test('never without a range', () => {
    const looks = new Looks(countOf(2, 2))
    expect(looks.during(120_000, { oldestWaitMs: 700, busyThreads: 8 })).toEqual([])
    expect(looks.during(120_000, {})).toEqual([])
  })
})

describe('WorkerCount shrinks', () => {
  const grown = (): Looks => {
    const looks = new Looks(countOf(1, 3))
    looks.during(5_000, { oldestWaitMs: 500, busyThreads: 12 })
    expect(looks.count.wanted).toBe(3)
    return looks
  }

  test('by one after a time in which one fewer would have done, with the figures of it', () => {
    const looks = grown()
    expect(looks.during(60_000, { busyThreads: 8 })).toEqual([])
    expect(looks.during(LOOK_MS, { busyThreads: 8 })).toEqual([
      { to: 2, by: -1, busyThreads: 8, forMs: 60_000 },
    ])
    expect(targets(looks.during(59_000, { busyThreads: 1 }))).toEqual([])
    expect(targets(looks.during(2_000, { busyThreads: 1 }))).toEqual([1])
    expect(targets(looks.during(120_000, { busyThreads: 0 }))).toEqual([])
  })

  test('not while now and then all are needed', () => {
    const looks = grown()
    for (let round = 0; round < 10; round++) {
      expect(looks.during(55_000, { busyThreads: 2 })).toEqual([])
      expect(looks.during(LOOK_MS, { busyThreads: 9 })).toEqual([])
    }
  })

  test('not while requests wait, whatever is at work', () => {
    const looks = grown()
    expect(looks.during(120_000, { busyThreads: 1, oldestWaitMs: 300 })).toEqual([])
  })
})

describe('WorkerCount.resize', () => {
  const told = ({ fewest, most, wanted }: WorkerCount): number[] => [fewest, most, wanted]
  const resized = (count: WorkerCount, ...by: readonly number[]): number[] => {
    for (const one of by) count.resize(one)
    return told(count)
  }

  test('moves a fixed number, down to one', () => {
    expect(resized(countOf(2, 2), 1)).toEqual([3, 3, 3])
    expect(resized(countOf(2, 2), -1)).toEqual([1, 1, 1])
    expect(resized(countOf(2, 2), -5)).toEqual([1, 1, 1])
    expect(resized(countOf(2, 2), 1_000_000)).toEqual([1_024, 1_024, 1_024])
  })

  test('moves the floor of a range at once, and the ceiling where it stands in the way', () => {
    expect(resized(countOf(2, 4), 1)).toEqual([3, 4, 3])
    expect(resized(countOf(2, 4), 3)).toEqual([5, 5, 5])
    expect(resized(countOf(2, 4), 3, -4)).toEqual([1, 5, 1])
    expect(resized(countOf(2, 4), -1)).toEqual([1, 4, 1])
  })

  test('leaves workers that the load has called for', () => {
    const looks = new Looks(countOf(2, 4))
    looks.during(50, { oldestWaitMs: 500 })
    expect(resized(looks.count, -1)).toEqual([1, 4, 3])
  })
})
