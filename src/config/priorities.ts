// Which requests come first when they wait for a thread.
import type { Parsed } from './option.ts'

/** The first come first. */
export const PRIORITIES = ['high', 'normal', 'low'] as const

export type Priority = (typeof PRIORITIES)[number]

export function parsePriority(text: string): Parsed<Priority> {
  const value = PRIORITIES.find((each) => each === text)
  return value === undefined ? { ok: false, expected: 'high, normal or low' } : { ok: true, value }
}
