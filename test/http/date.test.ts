import { describe, expect, test } from 'vitest'
import { formatHttpDate, parseHttpDate } from '../../src/http/date.ts'

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

describe('parseHttpDate', () => {
  test('reads all three forms of the same time (RFC 9110 §5.6.7)', () => {
    for (const text of [
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
    ])
      expect(parseHttpDate(text)).toBe(784_111_777_000)
  })

  test('reads what formatHttpDate writes', () => {
    const leapDay = Date.UTC(2000, 1, 29, 23, 59, 59)
    expect(parseHttpDate(formatHttpDate(leapDay))).toBe(leapDay)
  })

  test('takes two digits of a year for one from 1970 to 2069', () => {
    expect(parseHttpDate('Thursday, 01-Jan-70 00:00:00 GMT')).toBe(0)
    expect(parseHttpDate('Thursday, 01-Jan-26 00:00:00 GMT')).toBe(Date.UTC(2026, 0, 1))
  })

  test('takes a leap second for the next one', () => {
    expect(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT')).toBe(Date.UTC(2017, 0, 1))
  })

  test.each([
    '',
    'yesterday',
    '784111777',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 CET',
    'Sun, 06 Nov 1994 08:49:37 GMT ',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 nov 1994 08:49:37 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
  ])('%j is none', (text) => expect(parseHttpDate(text)).toBeUndefined())
})
