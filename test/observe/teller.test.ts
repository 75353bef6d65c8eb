import { beforeEach, describe, expect, test } from 'vitest'
import { type EventKind, moreOf, Teller } from '../../src/observe/teller.ts'
import { ManualClock } from '../harness/manual-clock.ts'

let clock: ManualClock
let teller: Teller
let lines: string[]

const kindOf = (name: string, everyMs?: number): EventKind<string> => ({
  ...(everyMs === undefined ? {} : { everyMs }),
  first: (detail) => lines.push(`${name}: ${detail}`),
  more: (count, last, seconds) => lines.push(`${name}: ${count} more in ${seconds} s, the last ${last}`),
})
const kind = kindOf('kind')

beforeEach(() => {
  clock = new ManualClock()
  teller = new Teller(clock)
  lines = []
})

describe('Teller', () => {
  test('tells the first at once, and starts no timer for it', () => {
    teller.tell(kind, 'a')
    expect([lines, clock.timerCount]).toEqual([['kind: a'], 0])
  })

  test('sums up in one line what comes in the 10 s after a line, and then rests', () => {
    for (const detail of ['a', 'b', 'c', 'd']) {
      teller.tell(kind, detail)
      clock.advance(1_000)
    }
    expect([lines, clock.timerCount]).toEqual([['kind: a'], 1])
    clock.advance(6_000)
    expect(lines).toEqual(['kind: a', 'kind: 3 more in 10 s, the last d'])
    expect(clock.timerCount).toBe(0)
    clock.advance(100_000)
    expect(lines).toHaveLength(2)
  })

  test('writes one line each 10 s of a flood that goes on, the last after its end, and counts each event once', () => {
    for (let event = 0; event < 100_000; event++) {
      teller.tell(kind, String(event))
      clock.advance(1)
    }
    clock.advance(10_000)
    // 100 s of flood: the first line and ten others.
    expect(lines).toHaveLength(11)
    const counts = lines.slice(1).map((line) => Number(line.split(' ')[1]))
    expect(counts.reduce((sum, count) => sum + count, 1)).toBe(100_000)
    expect(lines.at(-1)).toContain('the last 99999')
    expect(clock.timerCount).toBe(0)
  })

  test('tells the first few one by one where a kind says so', () => {
    const few = { ...kind, atOnce: 3 }
    for (const detail of ['a', 'b', 'c', 'd', 'e']) teller.tell(few, detail)
    clock.advance(10_000)
    expect(lines).toEqual(['kind: a', 'kind: b', 'kind: c', 'kind: 2 more in 10 s, the last e'])
    clock.advance(10_000)
    teller.tell(few, 'f')
    teller.tell(few, 'g')
    expect(lines.slice(4)).toEqual(['kind: f', 'kind: g'])
  })

  test('tells at once again when there was nothing for 10 s', () => {
    teller.tell(kind, 'a')
    clock.advance(10_000)
    teller.tell(kind, 'b')
    expect([lines, clock.timerCount]).toEqual([['kind: a', 'kind: b'], 0])
  })

  test('keeps quiet for 10 s after a summary too', () => {
    teller.tell(kind, 'a')
    teller.tell(kind, 'b')
    clock.advance(10_000)
    teller.tell(kind, 'c')
    expect(lines).toHaveLength(2)
    clock.advance(10_000)
    expect(lines.at(-1)).toBe('kind: 1 more in 10 s, the last c')
  })

  test('tells each kind by itself, as often as it may', () => {
    const other = kindOf('other', 60_000)
    for (const detail of ['a', 'b']) {
      teller.tell(kind, detail)
      teller.tell(other, detail)
    }
    clock.advance(59_999)
    expect(lines).toEqual(['kind: a', 'other: a', 'kind: 1 more in 10 s, the last b'])
    clock.advance(1)
    expect(lines.at(-1)).toBe('other: 1 more in 60 s, the last b')
  })

  test('tells on finish what was held back, and nothing twice', () => {
    teller.tell(kind, 'a')
    teller.tell(kind, 'b')
    clock.advance(3_000)
    teller.finish()
    teller.finish()
    clock.advance(10_000)
    expect(lines).toEqual(['kind: a', 'kind: 1 more in 3 s, the last b'])
    expect(clock.timerCount).toBe(0)
  })
})

test('moreOf counts in words', () => {
  expect([moreOf(1, 'line'), moreOf(4312, 'line')]).toEqual(['1 more line', '4,312 more lines'])
})
