// Texts of the access log's lines. What came from outside is written so that no request can forge a line or drive a terminal: every byte that
// is not printable ASCII, every quote and every backslash is \xhh. Strings of a record hold one character a byte.

import type { AccessRecord } from '../../wsgi/access-record.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const ESCAPED = /[^ !#-[\]-~]/
const ESCAPED_EACH = /[^ !#-[\]-~]/g
const ESCAPED_IN_A_WORD = /[^!#-[\]-~]/
const ESCAPED_EACH_IN_A_WORD = /[^!#-[\]-~]/g
/** The decimals of a duration. A table, as toFixed would take a fifth of the time that a line takes. */
const THOUSANDTHS = Array.from({ length: 1000 }, (_, index) => `.${padded(index, 3)}`)

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

export function requestLine({ method, target, protocol }: AccessRecord): string {
  return method === '' ? '-' : `${quotable(method)} ${quotable(target)} ${quotable(protocol)}`
}

/** Between quotes, or wherever spaces do no harm. */
export function quotable(received: string | undefined): string {
  if (received === undefined || received === '') return '-'
  return ESCAPED.test(received) ? received.replace(ESCAPED_EACH, escaped) : received
}

/** Between spaces instead of quotes. */
export function word(received: string): string {
  if (received === '') return '-'
  return ESCAPED_IN_A_WORD.test(received) ? received.replace(ESCAPED_EACH_IN_A_WORD, escaped) : received
}

const escaped = (character: string): string => {
  const code = character.charCodeAt(0)
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}

export function milliseconds(durationMs: number): string {
  const micros = Math.round(durationMs * 1000)
  const whole = Math.floor(micros / 1000)
  return `${whole}${THOUSANDTHS[micros - whole * 1000] ?? ''}`
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
