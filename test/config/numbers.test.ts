import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCount } from '../../src/config/counts.ts'
import { formatDuration, parseDuration } from '../../src/config/durations.ts'
import { formatSize, parseSize } from '../../src/config/sizes.ts'

const NOT_DIGITS = ['', ' ', '-1', '+1', '1e3', '0x10', '1_000', '1,000', ' 1', '1 ', '१', 'Infinity', 'NaN']

describe('parseCount', () => {
  test('takes its limits and what lies between', () => {
    for (const text of ['1', '7', '1024'])
      expect(parseCount(text, 1, 1024)).toEqual({ ok: true, value: Number(text) })
  })

  test.each(['0', '1025', '1.5', ...NOT_DIGITS])('refuses %j and names the range', (text) => {
    expect(parseCount(text, 1, 1024)).toEqual({ ok: false, expected: 'a whole number from 1 to 1024' })
  })
})

describe('parseDuration', () => {
  test.each([
    ['30', 30_000],
    ['0.25', 250],
    ['30s', 30_000],
    ['1.5s', 1500],
    ['500ms', 500],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('reads %s as %i ms', (text, value) => {
    expect(parseDuration(text, 1)).toEqual({ ok: true, value })
  })

  test.each([...NOT_DIGITS, '5 s', '5S', '5min', '5d', '.5', '5.', 's'])('refuses %j', (text) => {
    expect(parseDuration(text, 0).ok).toBe(false)
  })

  test('refuses what no timer of Node can wait, and names the range', () => {
    expect(parseDuration('25d', 1).ok).toBe(false)
    expect(parseDuration('600h', 1)).toMatchObject({
      expected: expect.stringContaining('from 1ms to ') as string,
    })
  })

  test('refuses zero where a time must pass', () => {
    expect(parseDuration('0', 1).ok).toBe(false)
    expect(parseDuration('0', 0)).toEqual({ ok: true, value: 0 })
  })

  test('reads back every duration that formatDuration writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_147_483_647 }), (ms) => {
        expect(parseDuration(formatDuration(ms), 0)).toEqual({ ok: true, value: ms })
      }),
    )
  })
})

describe('parseSize', () => {
  test.each([
    ['0', 0],
    ['4096', 4096],
    ['512B', 512],
    ['10kB', 10_000],
    ['10KB', 10_000],
    ['10MB', 10_000_000],
    ['64KiB', 65_536],
    ['1MiB', 1_048_576],
    ['1GiB', 1_073_741_824],
    ['2TiB', 2_199_023_255_552],
  ])('reads %s as %i bytes', (text, value) => {
    expect(parseSize(text, 0)).toEqual({ ok: true, value })
  })

  test.each([...NOT_DIGITS, '1.5MiB', '1 MiB', 'KiB', '1kib', '1PiB'])('refuses %j', (text) => {
    expect(parseSize(text, 0).ok).toBe(false)
  })

  test.each(['64K', '64k', '10M', '1G'])(
    'refuses %s, which half of all tools read as another size',
    (text) => {
      expect(parseSize(text, 0).ok).toBe(false)
    },
  )

  test('refuses what lies outside of the range, and names the range', () => {
    expect(parseSize('2MiB', 64, 1_048_576)).toMatchObject({
      ok: false,
      expected: expect.stringContaining('from 64 to 1MiB') as string,
    })
    expect(parseSize('99999999999TiB', 0).ok).toBe(false)
  })

  test('reads back every size that formatSize writes', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (bytes) => {
        expect(parseSize(formatSize(bytes), 0)).toEqual({ ok: true, value: bytes })
      }),
    )
  })
})
