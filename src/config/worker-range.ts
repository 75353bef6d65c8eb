// How many workers: a number, or a range that the load decides within.
import type { Parsed } from './option.ts'

/** Nobody runs more. */
export const MOST_WORKERS = 1024

export interface WorkerRange {
  readonly min: number
  readonly max: number
}

/** Reads `4`, which is 4 at all times, or `2:8`. */
export function parseWorkerRange(text: string): Parsed<WorkerRange> {
  const match = /^(\d{1,4})(?::(\d{1,4}))?$/.exec(text)
  const min = Number(match?.[1] ?? 0)
  const max = Number(match?.[2] ?? min)
  if (min >= 1 && min <= max && max <= MOST_WORKERS) return { ok: true, value: { min, max } }
  return {
    ok: false,
    expected: `a whole number from 1 to ${MOST_WORKERS}, or a range of them such as 2:8`,
  }
}

/** `4`, or `2 to 8`. */
export const formatWorkerRange = ({ min, max }: WorkerRange): string =>
  min === max ? String(min) : `${min} to ${max}`
