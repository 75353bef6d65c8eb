import { describe, expect, test } from 'vitest'
import { givenCount, givenDuration, givenSize } from '../../src/config/given-values.ts'

describe('a value given in code', () => {
  test('of a duration is milliseconds, or text as on the command line', () => {
    expect([1500, '1500ms', '2m', '3'].map((given) => givenDuration('x', given, 0))).toEqual([
      1500, 1500, 120_000, 3000,
    ])
  })

  test('of a size is bytes, or text as on the command line', () => {
    expect([10, '10', '1KiB', '1MB'].map((given) => givenSize('x', given, 0))).toEqual([
      10, 10, 1024, 1_000_000,
    ])
  })

  test.each([
    [() => givenDuration('timeout: after', 'soon', 1), 'timeout: after takes a duration', '"soon"'],
    [() => givenDuration('timeout: after', 0, 1), 'timeout: after takes a duration', '0'],
    [() => givenDuration('x', -1, 0), 'x takes', '-1'],
    [() => givenDuration('x', Number.NaN, 0), 'x takes', 'not NaN'],
    [() => givenSize('x', '1M', 0), 'x takes a size', '"1M"'],
    [() => givenSize('x', -1, 0), 'x takes a size', '-1'],
    [() => givenCount('x', 1.5, 1), 'x takes a whole number from 1 on', '1.5'],
    [() => givenCount('x', '5' as unknown as number, 1), 'x takes', '"5"'],
  ])('is refused with its name and the value: %s', (give, ...parts) => {
    for (const part of parts) expect(give).toThrow(part)
    expect(give).toThrow(RangeError)
  })
})
