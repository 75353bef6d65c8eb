// Numbers as people read them: three digits that matter, a unit, and a dash where there is nothing.
import type { MetricUnit } from '../cases/bench-case.ts'

export const NO_FIGURE = '–'

export function formatFigure(value: number, unit: MetricUnit): string {
  if (!Number.isFinite(value)) return NO_FIGURE
  switch (unit) {
    case 'per-second':
    case 'count':
      return Math.round(value).toLocaleString('en-US')
    case 'microseconds':
      return formatThreeDigits(value)
    case 'time':
      return formatTime(value)
    case 'bytes':
      return formatBytes(value)
  }
}

export function formatRatio(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : NO_FIGURE
}

export function formatSpread(share: number): string {
  return Number.isFinite(share) ? `±${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%` : NO_FIGURE
}

function formatTime(us: number): string {
  if (us < 1e3) return `${formatThreeDigits(us)} µs`
  return us < 1e6 ? `${formatThreeDigits(us / 1e3)} ms` : `${formatThreeDigits(us / 1e6)} s`
}

function formatBytes(bytes: number): string {
  return Math.abs(bytes) < 1e6
    ? `${formatThreeDigits(bytes / 1e3)} KB`
    : `${formatThreeDigits(bytes / 1e6)} MB`
}

function formatThreeDigits(value: number): string {
  const size = Math.abs(value)
  if (size >= 100) return value.toFixed(0)
  return value.toFixed(size >= 10 ? 1 : 2)
}
