// Lines in the formats that Apache and nginx have made common, and in Gantry's own, which is the combined format and behind it what only this
// server knows.

import type { AccessRecord, ServingThread } from '../../wsgi/access-record.ts'
import { AccessTime, type LocalOffset, writeRequestLine } from './access-text.ts'
import type { LineBytes } from './line-bytes.ts'

/** Puts a line, without its end, into `line`. */
export type LineFormat = (record: AccessRecord, line: LineBytes) => void

export function commonLine(offset?: LocalOffset): LineFormat {
  const time = new AccessTime(offset)
  return (record, line) => {
    line.word(record.remoteAddress)
    line.text(' - - ')
    line.text(time.of(record))
    line.text(' "')
    writeRequestLine(line, record)
    line.text('" ')
    line.number(record.status)
    line.text(' ')
    // No bytes are a 0 as in nginx: Apache's "-" is one thing more that a reader must know.
    line.number(record.bodyBytes)
  }
}

export function combinedLine(offset?: LocalOffset): LineFormat {
  const common = commonLine(offset)
  return (record, line) => {
    common(record, line)
    line.text(' "')
    line.quotable(record.referer)
    line.text('" "')
    line.quotable(record.userAgent)
    line.text('"')
  }
}

export function gantryLine(offset?: LocalOffset): LineFormat {
  const combined = combinedLine(offset)
  return (record, line) => {
    combined(record, line)
    line.text(' ')
    line.milliseconds(record.durationMs)
    line.text(' ')
    line.word(record.id)
    line.text(' ')
    line.word(record.code)
    line.text(' ')
    line.milliseconds(record.queueMs)
    line.text(' ')
    line.milliseconds(record.applicationMs)
    line.text(' ')
    line.milliseconds(record.transferMs)
    line.text(' ')
    writeServedBy(line, record.servedBy)
  }
}

/** Worker, thread and process. */
function writeServedBy(line: LineBytes, thread: ServingThread | undefined): void {
  if (thread === undefined) {
    line.text('-')
    return
  }
  line.number(thread.worker)
  line.text('/')
  line.number(thread.thread)
  line.text('/')
  line.number(thread.pid)
}
