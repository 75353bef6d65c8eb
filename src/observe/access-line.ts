// One line of the access log: the combined log format of Apache and nginx, and behind it the milliseconds, the request's id and
// the code of a refusal. No request can forge a line or drive a terminal: what came from outside stands between quotes, and in
// it every byte that is not printable ASCII, every quote and every backslash is written \xhh.

import type { AccessRecord } from '../wsgi/access-record.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const ESCAPED = /[^ !#-[\]-~]/
const ESCAPED_EACH = /[^ !#-[\]-~]/g
const ESCAPED_IN_A_WORD = /[^!#-[\]-~]/g
/** The decimals of a duration. A table, as toFixed would take a fifth of the time that a line takes. */
const THOUSANDTHS = Array.from({ length: 1000 }, (_, index) => `.${padded(index, 3)}`)

/** Minutes that the local time is ahead of UTC. */
export type LocalOffset = (timeMs: number) => number

const systemOffset: LocalOffset = (timeMs) => -new Date(timeMs).getTimezoneOffset()

export class AccessLineFormat {
  readonly #offset: LocalOffset
  #second = Number.NaN
  #time = ''

  constructor(offset: LocalOffset = systemOffset) {
    this.#offset = offset
  }

  /** The line with its LF. Strings of `record` hold one character a byte; the line is ASCII. */
  line(record: AccessRecord): string {
    // No bytes are a 0 as in nginx: Apache's "-" is one thing more that a reader must know.
    return (
      `${word(record.remoteAddress)} - - ${this.#timeOf(record.timeMs)} "${requestLine(record)}" ` +
      `${record.status} ${record.bodyBytes} "${text(record.referer)}" "${text(record.userAgent)}" ` +
      `${milliseconds(record.durationMs)} ${record.id} ${record.code ?? '-'}\n`
    )
  }

  #timeOf(timeMs: number): string {
    const second = Math.floor(timeMs / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#time = formatTime(timeMs, this.#offset(timeMs))
    }
    return this.#time
  }
}

function requestLine({ method, target, protocol }: AccessRecord): string {
  return method === '' ? '-' : `${text(method)} ${text(target)} ${text(protocol)}`
}

function text(received: string): string {
  if (received === '') return '-'
  return ESCAPED.test(received) ? received.replace(ESCAPED_EACH, escaped) : received
}

/** Between spaces instead of quotes. */
function word(received: string): string {
  return received === '' ? '-' : received.replace(ESCAPED_IN_A_WORD, escaped)
}

const escaped = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`

function milliseconds(durationMs: number): string {
  const micros = Math.round(durationMs * 1000)
  const whole = Math.floor(micros / 1000)
  return `${whole}${THOUSANDTHS[micros - whole * 1000] ?? ''}`
}

/** `[10/Oct/2000:13:55:36 -0700]`. */
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
