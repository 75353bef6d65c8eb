// A line of the access log as a JSON object. It is put together by hand, as the keys are known and hardly any text has to be escaped:
// JSON.stringify, and the object for it, would take several times as long.

import type { AccessRecord, ServingThread } from '../../wsgi/access-record.ts'
import { jsonText } from '../json-text.ts'
import type { LineFormat } from './access-line.ts'
import type { LineBytes } from './line-bytes.ts'

/** What was not there is left out, or null where every request has it. */
export function accessJson(): LineFormat {
  const time = new IsoTime()
  return (record, line) => {
    line.text('{"time":"')
    line.text(time.of(record))
    line.text('","request":')
    writeQuoted(line, record.id)
    line.text(',"remoteAddress":')
    writeQuotedOrNull(line, record.remoteAddress)
    line.text(',"method":')
    writeQuotedOrNull(line, record.method)
    line.text(',"target":')
    writeQuotedOrNull(line, record.target)
    line.text(',"protocol":')
    writeQuoted(line, record.protocol)
    line.text(',"status":')
    line.number(record.status)
    line.text(',"bytes":')
    line.number(record.bodyBytes)
    writeTime(line, 'durationMs', record.durationMs)
    writeTime(line, 'queueMs', record.queueMs)
    writeTime(line, 'applicationMs', record.applicationMs)
    writeTime(line, 'transferMs', record.transferMs)
    writeServedBy(line, record.servedBy)
    writeMember(line, 'referer', record.referer)
    writeMember(line, 'userAgent', record.userAgent)
    writeMember(line, 'code', record.code)
    line.text('}')
  }
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

function writeTime(line: LineBytes, key: string, ms: number): void {
  line.text(',"')
  line.text(key)
  line.text('":')
  line.shortMilliseconds(ms)
}

function writeServedBy(line: LineBytes, thread: ServingThread | undefined): void {
  if (thread === undefined) {
    line.text(',"worker":null,"thread":null,"pid":null')
    return
  }
  line.text(',"worker":')
  line.number(thread.worker)
  line.text(',"thread":')
  line.number(thread.thread)
  line.text(',"pid":')
  line.number(thread.pid)
}

function writeMember(line: LineBytes, key: string, bytes: string | undefined): void {
  if (bytes === undefined || bytes === '') return
  line.text(',"')
  line.text(key)
  line.text('":')
  writeQuoted(line, bytes)
}

function writeQuotedOrNull(line: LineBytes, bytes: string): void {
  if (bytes === '') line.text('null')
  else writeQuoted(line, bytes)
}

function writeQuoted(line: LineBytes, bytes: string): void {
  line.text('"')
  if (!line.plain(bytes)) line.unicode(jsonText(asUnicode(bytes)).slice(1, -1))
  line.text('"')
}

const NOT_ASCII = /[^\0-\x7f]/

/** Of bytes: UTF-8 where they are that. */
function asUnicode(bytes: string): string {
  if (!NOT_ASCII.test(bytes)) return bytes
  const text = Buffer.from(bytes, 'latin1').toString()
  return text.includes('\ufffd') ? bytes : text
}
