import { describe, expect, test } from 'vitest'
import { formatHttpDate } from '../../src/http/date.ts'

describe('formatHttpDate', () => {
  test('writes IMF-fixdate (RFC 9110 §5.6.7)', () => {
    expect(formatHttpDate(784_111_777_000)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
    expect(formatHttpDate(784_111_777_999)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
    expect(formatHttpDate(Date.UTC(2000, 1, 29, 23, 59, 59))).toBe('Tue, 29 Feb 2000 23:59:59 GMT')
  })

  test('has two digits for days and hours below ten (RFC 9110 §5.6.7)', () => {
    expect(formatHttpDate(Date.UTC(2026, 0, 1))).toBe('Thu, 01 Jan 2026 00:00:00 GMT')
  })
})
