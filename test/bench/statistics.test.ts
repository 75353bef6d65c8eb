// Medians and spreads over rounds.
import { describe, expect, test } from 'vitest'

import { rotate } from '../../bench/measuring/measure-stage.ts'
import { relativeSpread, summarize } from '../../bench/report/statistics.ts'

describe('summarize', () => {
  test('takes the middle of an odd number of values, in any order', () => {
    expect(summarize([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30 })
  })

  test('takes the mean of the two in the middle of an even number', () => {
    expect(summarize([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
  })

  test('one wild round does not move the median', () => {
    expect(summarize([10, 11, 1000]).median).toBe(11)
  })

  test('sorts by size, not by spelling', () => {
    expect(summarize([9, 100, 20])).toEqual({ median: 20, min: 9, max: 100 })
  })

  test('has nothing to say about no values', () => {
    expect(summarize([])).toEqual({ median: Number.NaN, min: Number.NaN, max: Number.NaN })
  })

  test('leaves its input as it was', () => {
    const values = [3, 1, 2]
    summarize(values)
    expect(values).toEqual([3, 1, 2])
  })
})

describe('relativeSpread', () => {
  test('is half the range over the median', () => {
    expect(relativeSpread({ median: 100, min: 90, max: 110 })).toBeCloseTo(0.1)
  })

  test('is none when all rounds agree, even on nothing', () => {
    expect(relativeSpread({ median: 0, min: 0, max: 0 })).toBe(0)
  })
})

describe('rotate', () => {
  test('lets each server be first once', () => {
    expect([0, 1, 2, 3].map((round) => rotate(['a', 'b', 'c'], round).join(''))).toEqual([
      'abc',
      'bca',
      'cab',
      'abc',
    ])
  })

  test('takes an empty list', () => {
    expect(rotate([], 2)).toEqual([])
  })
})
