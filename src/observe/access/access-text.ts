// Parts of a line of the access log that several formats have.

import type { AccessRecord } from '../../wsgi/access-record.ts'
import type { LineBytes } from './line-bytes.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Minutes that the local time is ahead of UTC. */
export type LocalOffset = (timeMs: number) => number

const systemOffset: LocalOffset = (timeMs) => -new Date(timeMs).getTimezoneOffset()

/** `[10/Oct/2000:13:55:36 -0700]`, made once a second. */
export class AccessTime {
  readonly #offset: LocalOffset
  #second = Number.NaN
  #text = ''

  constructor(offset: LocalOffset = systemOffset) {
    this.#offset = offset
  }

  of({ timeMs }: AccessRecord): string {
    const second = Math.floor(timeMs / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#text = formatTime(timeMs, this.#offset(timeMs))
    }
    return this.#text
  }
}

export function writeRequestLine(line: LineBytes, { method, target, protocol }: AccessRecord): void {
  if (method === '') {
    line.text('-')
    return
  }
  line.quotable(method)
  line.text(' ')
  line.quotable(target)
  line.text(' ')
  line.quotable(protocol)
}

function formatTime(timeMs: number, offsetMinutes: number): string {
  const local = new Date(timeMs + offsetMinutes * 60_000)
  const date = `${padded(local.getUTCDate(), 2)}/${MONTHS[local.getUTCMonth()]}/${local.getUTCFullYear()}`
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()]
  const ahead = Math.abs(offsetMinutes)
  const offset = `${offsetMinutes < 0 ? '-' : '+'}${padded(Math.floor(ahead / 60), 2)}${padded(ahead % 60, 2)}`
  return `[${date}:${time.map((part) => padded(part, 2)).join(':')} ${offset}]`
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0')
}
