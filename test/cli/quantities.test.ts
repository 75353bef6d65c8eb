import { expect, test } from 'vitest'
import { ageText, bytesText, millisecondsText, rateText } from '../../src/cli/quantities.ts'

test('numbers have three digits that count, and a unit', () => {
  expect([0, 1, 1023, 1536, 95_400_000, 3 * 2 ** 40].map(bytesText)).toEqual([
    '-',
    '1 B',
    '1,023 B',
    '1.5 KiB',
    '91 MiB',
    '3 TiB',
  ])
  expect([0, 0.123, 4.2, 42.26, 999, 1_000, 59_900].map(millisecondsText)).toEqual([
    '0 ms',
    '0.12 ms',
    '4.2 ms',
    '42.3 ms',
    '999 ms',
    '1 s',
    '59.9 s',
  ])
  expect([61_000, 3_600_000, 4_000_000, 90_000_000].map(ageText)).toEqual([
    '1 min',
    '1 h',
    '1 h 6 min',
    '1 d 1 h',
  ])
  expect([0, 41.66, 12_345.6].map(rateText)).toEqual(['0/s', '41.7/s', '12,346/s'])
})
