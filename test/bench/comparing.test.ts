// Whether two commits differ: the verdict on made-up rounds whose truth is known.
import { describe, expect, test } from 'vitest'

import { comparePaired, signTest } from '../../bench/comparing/paired-ratios.ts'
import { parsePerfCount } from '../../bench/processes/instructions.ts'
import { seededRandom } from '../harness/random.ts'

/** Rounds on a machine that is up to twice as slow in one round as in another, with some noise in each figure. */
function rounds(count: number, trueRatio: number, noise: number, seed: number): [number, number][] {
  const random = seededRandom(seed)
  const wobble = (): number => 1 + noise * (random() + random() + random() - 1.5)
  return Array.from({ length: count }, () => {
    const machine = 20 * (1 + random())
    return [machine * wobble(), machine * trueRatio * wobble()]
  })
}

function verdicts(trueRatio: number, noise: number): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let seed = 1; seed <= 40; seed++) {
    const { verdict } = comparePaired(rounds(12, trueRatio, noise, seed))
    counts[verdict] = (counts[verdict] ?? 0) + 1
  }
  return counts
}

describe('comparePaired', () => {
  test('sees a difference of 5 % through 2 % of noise, though rounds differ by 100 %', () => {
    expect(verdicts(0.95, 0.04)['less']).toBeGreaterThanOrEqual(39)
    expect(verdicts(1.05, 0.04)['more']).toBeGreaterThanOrEqual(39)
  })

  test('rarely sees one where there is none', () => {
    expect(verdicts(1, 0.04)['within the noise']).toBeGreaterThanOrEqual(38)
  })

  test('one wild round changes nothing', () => {
    const pairs = rounds(12, 1, 0.02, 7)
    const { verdict } = comparePaired([...pairs.slice(1), [20, 200]])
    expect(verdict).toBe('within the noise')
  })

  test('tells the ratio and its bounds, the same each time', () => {
    const pairs = rounds(12, 0.8, 0.02, 3)
    const { ratio, low, high, lower, unequal } = comparePaired(pairs)
    expect(ratio).toBeCloseTo(0.8, 1)
    expect(low).toBeLessThanOrEqual(ratio)
    expect(high).toBeGreaterThanOrEqual(ratio)
    expect([lower, unequal]).toEqual([12, 12])
    expect(comparePaired(pairs)).toEqual(comparePaired(pairs))
  })

  test.each([
    [[]],
    [Array.from({ length: 5 }, () => [1, 2])],
    [Array.from({ length: 9 }, () => [1, Number.NaN])],
  ])('refuses rounds that cannot tell anything', (pairs) => {
    expect(() => comparePaired(pairs as [number, number][])).toThrow(/needs 6 rounds/)
  })
})

describe('signTest', () => {
  test.each([
    [0, 6, 2 / 64],
    [6, 6, 2 / 64],
    [1, 6, 14 / 64],
    [5, 10, 1],
    [2, 12, (2 * (1 + 12 + 66)) / 4096],
  ])('%d of %d', (lower, count, expected) => {
    expect(signTest(lower, count)).toBeCloseTo(expected)
  })
})

describe('parsePerfCount', () => {
  const OUTPUT = '12345678,,instructions:u,1000,100.00,,\n<not supported>,,instructions:k,0,100.00,,\n'

  test('reads a count, and knows where there is none', () => {
    expect(parsePerfCount(OUTPUT, 'instructions:u')).toBe(12345678)
    expect(parsePerfCount(OUTPUT, 'instructions:k')).toBeUndefined()
    expect(parsePerfCount('', 'instructions:u')).toBeUndefined()
  })
})
