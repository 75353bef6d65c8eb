// Whole numbers of things.
import type { Parsed } from './option.ts'

/** Reads decimal digits and nothing else: no sign, no exponent, no underscores, no blanks. */
export function parseCount(text: string, min: number, max: number): Parsed<number> {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return { ok: true, value }
  return { ok: false, expected: `a whole number from ${min} to ${max}` }
}
