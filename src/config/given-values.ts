// Values that code gives to an option: a number, or text with a unit as on the command line.

import { LONGEST_MS, parseDuration } from './durations.ts'
import { parseSize } from './sizes.ts'

/**
 * Milliseconds of a duration: a number of them, or text such as `30s`. `option` names it in the error.
 *
 * @throws RangeError for anything else, and for what is below `minMs` or above `maxMs`
 */
export function givenDuration(
  option: string,
  given: string | number,
  minMs: number,
  maxMs: number = LONGEST_MS,
): number {
  const parsed = parseDuration(typeof given === 'number' ? `${given}ms` : given, minMs, maxMs)
  if (!parsed.ok) throw misgiven(option, 'a duration such as 30s, 2m or a number of milliseconds', given)
  return parsed.value
}

/**
 * Bytes of a size: a number of them, or text such as `1MiB`. `option` names it in the error.
 *
 * @throws RangeError for anything else, and for what is below `minBytes`
 */
export function givenSize(option: string, given: string | number, minBytes: number): number {
  const parsed = parseSize(`${given}`, minBytes)
  if (!parsed.ok) throw misgiven(option, parsed.expected, given)
  return parsed.value
}

/**
 * A whole number of things. `option` names it in the error.
 *
 * @throws RangeError for anything else, and for what is below `min`
 */
export function givenCount(option: string, given: number, min: number): number {
  if (Number.isSafeInteger(given) && given >= min) return given
  throw misgiven(option, `a whole number from ${min} on`, given)
}

function misgiven(option: string, expected: string, given: unknown): RangeError {
  return new RangeError(
    `${option} takes ${expected}, not ${typeof given === 'string' ? JSON.stringify(given) : String(given)}`,
  )
}
