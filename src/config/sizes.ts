// Sizes as people write them: `64KiB`, `1GiB` (powers of 1024), `10MB` (powers of 1000), or a plain number of bytes.
import type { Parsed } from './option.ts'

// `64K` and `10M` are left out on purpose: half of the world's tools mean 1000 by them and half 1024.
const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['kB', 1000],
  ['KB', 1000],
  ['MB', 1000 ** 2],
  ['GB', 1000 ** 3],
  ['TB', 1000 ** 4],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
  ['TiB', 1024 ** 4],
])

export function parseSize(
  text: string,
  minBytes: number,
  maxBytes: number = Number.MAX_SAFE_INTEGER,
): Parsed<number> {
  const match = /^(\d{1,16})([A-Za-z]*)$/.exec(text)
  const unit = match === null ? undefined : UNITS.get(match[2]!)
  const value = match === null || unit === undefined ? Number.NaN : Number(match[1]) * unit
  if (value >= minBytes && value <= maxBytes) return { ok: true, value }
  const range = Number.isNaN(value) ? '' : `, from ${formatSize(minBytes)} to ${formatSize(maxBytes)}`
  return { ok: false, expected: `a size such as 64KiB, 10MB, 1GiB or a number of bytes${range}` }
}

/** The largest binary unit that gives a whole number: 65536 → `64KiB`, 1000 → `1000`. */
export function formatSize(bytes: number): string {
  if (bytes === 0) return '0'
  const binary = [...UNITS].filter(([unit]) => unit.endsWith('iB')).reverse()
  const found = binary.find(([, size]) => bytes % size === 0)
  return found === undefined ? String(bytes) : `${bytes / found[1]}${found[0]}`
}

/** For people: `131.5 MiB`. */
export const formatMebibytes = (bytes: number): string => `${Number((bytes / 1024 ** 2).toFixed(1))} MiB`
