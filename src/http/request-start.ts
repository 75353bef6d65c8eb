// X-Request-Start: when the first proxy took in a request, so that the time in its queue counts as waiting. No RFC knows it; proxies
// write seconds with a fraction (nginx: `t=${msec}`), milliseconds (Heroku) or microseconds (Apache), with or without `t=`.

import { equalsIgnoringCase } from './grammar.ts'
import type { RequestHead } from './request-head.ts'

const NAME = 'x-request-start'
const TIME = /^(?:t=)?(?:(\d{10}(?:\.\d{1,9})?)|(\d{13})(?:\.\d{1,6})?|(\d{16}))$/
const LONGEST_WAIT_MS = 86_400_000

/** How long ago that was; 0 where it is not said, said twice, in the future or more than a day ago. Clocks differ, so it is no violation. */
export function waitedMs(head: RequestHead, nowMs: number): number {
  let value: string | undefined
  for (let field = 0; field < head.fieldCount; field++) {
    const start = head.nameStart(field)
    const end = head.nameEnd(field)
    if (end - start !== NAME.length || !equalsIgnoringCase(head.bytes, start, end, NAME)) continue
    if (value !== undefined) return 0
    value = head.bytes.toString('latin1', head.valueStart(field), head.valueEnd(field))
  }
  return value === undefined ? 0 : waitedSince(value, nowMs)
}

/** The same of a field's value. */
export function waitedSince(value: string, nowMs: number): number {
  const waited = nowMs - (timeMs(value) ?? nowMs)
  return waited > 0 && waited <= LONGEST_WAIT_MS ? waited : 0
}

function timeMs(text: string): number | undefined {
  const [, seconds, milliseconds, microseconds] = TIME.exec(text) ?? []
  if (seconds !== undefined) return Number(seconds) * 1_000
  if (milliseconds !== undefined) return Number(milliseconds)
  return microseconds === undefined ? undefined : Number(microseconds) / 1_000
}
