// Lines in the formats that Apache and nginx have made common, and in Gantry's own, which is the combined format and behind it what only this
// server knows.

import type { AccessRecord, ServingThread } from '../../wsgi/access-record.ts'
import { AccessTime, type LocalOffset, milliseconds, quotable, requestLine, word } from './access-text.ts'

export type LineFormat = (record: AccessRecord) => string

export function commonLine(offset?: LocalOffset): LineFormat {
  const time = new AccessTime(offset)
  // No bytes are a 0 as in nginx: Apache's "-" is one thing more that a reader must know.
  return (record) =>
    `${word(record.remoteAddress)} - - ${time.of(record)} "${requestLine(record)}" ${record.status} ${record.bodyBytes}`
}

export function combinedLine(offset?: LocalOffset): LineFormat {
  const common = commonLine(offset)
  return (record) => `${common(record)} "${quotable(record.referer)}" "${quotable(record.userAgent)}"`
}

export function gantryLine(offset?: LocalOffset): LineFormat {
  const combined = combinedLine(offset)
  return (record) =>
    `${combined(record)} ${milliseconds(record.durationMs)} ${word(record.id)} ${record.code ?? '-'} ` +
    `${milliseconds(record.queueMs)} ${milliseconds(record.applicationMs)} ${milliseconds(record.transferMs)} ` +
    servedByText(record.servedBy)
}

/** Worker, thread and process. */
const servedByText = (thread: ServingThread | undefined): string =>
  thread === undefined ? '-' : `${thread.worker}/${thread.thread}/${thread.pid}`
