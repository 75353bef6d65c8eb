// A line of the access log as a JSON object. It is put together by hand, as the keys are known and hardly any text has to be escaped:
// JSON.stringify, and the object for it, would take twice as long.

import type { AccessRecord } from '../../wsgi/access-record.ts'
import { jsonText } from '../json-text.ts'
import type { LineFormat } from './access-line.ts'

/** What was not there is left out, or null where every request has it. */
export function accessJson(): LineFormat {
  const time = new IsoTime()
  return (record) =>
    `{"time":"${time.of(record)}","request":${quoted(record.id)},"remoteAddress":${quotedOrNull(record.remoteAddress)}` +
    `,"method":${quotedOrNull(record.method)},"target":${quotedOrNull(record.target)},"protocol":${quoted(record.protocol)}` +
    `,"status":${record.status},"bytes":${record.bodyBytes},"durationMs":${rounded(record.durationMs)}` +
    `,"queueMs":${rounded(record.queueMs)},"applicationMs":${rounded(record.applicationMs)}` +
    `,"transferMs":${rounded(record.transferMs)}${servedBy(record)}` +
    `${member('referer', record.referer)}${member('userAgent', record.userAgent)}${member('code', record.code)}}`
}

/** `2026-11-30T14:56:47.258Z`, of which all but the milliseconds is made once a second. */
class IsoTime {
  #second = Number.NaN
  #text = ''

  of({ timeMs }: AccessRecord): string {
    const second = Math.floor(timeMs / 1000)
    if (second !== this.#second) {
      this.#text = new Date(timeMs).toISOString().slice(0, -'000Z'.length)
      this.#second = second
    }
    return `${this.#text}${MILLISECONDS[Math.floor(timeMs) - second * 1000]}Z`
  }
}

const MILLISECONDS = Array.from({ length: 1000 }, (_, index) => String(index).padStart(3, '0'))
/** What stands behind the whole of a number of thousandths, without noughts at the end. */
const DECIMALS = Array.from({ length: 1000 }, (_, index) => String(index / 1000).slice(1))
/** Beyond it, 30 years, not every double has its own three decimals. */
const MOST_MICROS = 1e15

/** Milliseconds with three decimals at most. */
function rounded(ms: number): string {
  const micros = Math.round(ms * 1000)
  if (!(micros >= 0 && micros <= MOST_MICROS)) return JSON.stringify(micros / 1000)
  const whole = Math.floor(micros / 1000)
  return `${whole}${DECIMALS[micros - whole * 1000]}`
}

function servedBy({ servedBy: thread }: AccessRecord): string {
  if (thread === undefined) return ',"worker":null,"thread":null,"pid":null'
  return `,"worker":${thread.worker},"thread":${thread.thread},"pid":${thread.pid}`
}

const member = (key: string, bytes: string | undefined): string =>
  bytes === undefined || bytes === '' ? '' : `,"${key}":${quoted(bytes)}`

const quotedOrNull = (bytes: string): string => (bytes === '' ? 'null' : quoted(bytes))

/** Whatever is not printable ASCII, quotes and backslashes. */
const NOT_PLAIN = /[^ !#-[\]-~]/

const quoted = (bytes: string): string => (NOT_PLAIN.test(bytes) ? jsonText(asUnicode(bytes)) : `"${bytes}"`)

const NOT_ASCII = /[^\0-\x7f]/

/** Of bytes: UTF-8 where they are that. */
function asUnicode(bytes: string): string {
  if (!NOT_ASCII.test(bytes)) return bytes
  const text = Buffer.from(bytes, 'latin1').toString()
  return text.includes('\ufffd') ? bytes : text
}
