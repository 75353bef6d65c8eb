import { describe, expect, test } from 'vitest'
import { QuietTimes } from '../../../src/gateways/http/quiet-times.ts'

describe('the time to give memory back', () => {
  test('has come once when a crowd has left and nothing is going on', () => {
    const times = new QuietTimes()
    expect(times.hasCrowdLeft(5_000, 100, 0)).toBe(false)
    expect(times.hasCrowdLeft(10, 100, 250)).toBe(true)
    expect(times.hasCrowdLeft(10, 100, 500)).toBe(false)
  })

  test('waits for a quiet moment, but not for ever', () => {
    const times = new QuietTimes()
    times.hasCrowdLeft(5_000, 0, 0)
    const answers = Array.from({ length: 80 }, (_, i) => times.hasCrowdLeft(10, i + 1, i * 250))
    expect(answers.indexOf(true)).toBe(60) // 15 s
    expect(answers.filter((isTime) => isTime)).toHaveLength(1)
  })

  test('has not come when few have left, or when most are still there', () => {
    const times = new QuietTimes()
    times.hasCrowdLeft(900, 0, 0)
    expect(times.hasCrowdLeft(0, 0, 250)).toBe(false)
    times.hasCrowdLeft(10_000, 0, 500)
    expect(times.hasCrowdLeft(6_000, 0, 750)).toBe(false)
    expect(times.hasCrowdLeft(5_000, 0, 1_000)).toBe(true)
  })
})
