// Numbers as people read them: three digits that count, and a unit.

import { countText } from '../observe/count-text.ts'

const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** `0` is what is told where nothing is known. */
export function bytesText(bytes: number): string {
  if (bytes <= 0) return '-'
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), SIZE_UNITS.length - 1)
  return `${threeDigits(bytes / 1024 ** power)} ${SIZE_UNITS[power]!}`
}

export function millisecondsText(ms: number): string {
  return ms < 999.5 ? `${threeDigits(ms)} ms` : ageText(ms)
}

/** `59.9 s`, `12 min`, `3 h 20 min`, `4 d 2 h`: the largest unit, and where it says little the next one. */
export function ageText(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 59.95) return `${threeDigits(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return withRest(`${hours} h`, minutes % 60, 'min')
  return withRest(`${Math.floor(hours / 24)} d`, hours % 24, 'h')
}

export const rateText = (perSecond: number): string => `${threeDigits(perSecond)}/s`

/** In the time zone of whoever reads it. */
export function clockText(atMs: number): string {
  const date = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000)
  return date.toISOString().slice(0, 19).replace('T', ' ')
}

const withRest = (text: string, rest: number, unit: string): string =>
  rest === 0 ? text : `${text} ${rest} ${unit}`

function threeDigits(value: number): string {
  if (value >= 99.95) return countText(value)
  return value >= 9.995 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(2).replace(/\.?0+$/, '')
}
