// Durations as people write them: `500ms`, `30s`, `2m`, `1h`, or a plain number of seconds. Kept as whole milliseconds.
import type { Parsed } from './option.ts'

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['', 1000],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/** The longest time that a timer of Node can wait: 2^31 - 1 ms, just under 25 days. */
export const LONGEST_MS = 2_147_483_647

export function parseDuration(text: string, minMs: number, maxMs: number = LONGEST_MS): Parsed<number> {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|)$/.exec(text)
  const value =
    match === null ? Number.NaN : Math.round(Number(match[1]) * (UNITS_MS.get(match[2]!) ?? Number.NaN))
  if (value >= minMs && value <= maxMs) return { ok: true, value }
  const range = match === null ? '' : `, from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`
  return { ok: false, expected: `a duration such as 30s, 500ms, 2m, 1h or a number of seconds${range}` }
}

/** The largest unit that gives a whole number: 90000 → `90s`, 120000 → `2m`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  const units = [...UNITS_MS].filter(([unit]) => unit !== '').reverse()
  const [unit, size] = units.find(([, unitMs]) => ms % unitMs === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}
