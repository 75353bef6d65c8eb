// A line of the access log as a JSON object.

import type { AccessRecord } from '../../wsgi/access-record.ts'
import { jsonText } from '../json-text.ts'

/** What was not there is left out, or null where every request has it. */
export function accessJson(record: AccessRecord): string {
  const { servedBy } = record
  return jsonText({
    time: new Date(record.timeMs).toISOString(),
    request: textOf(record.id),
    remoteAddress: textOf(record.remoteAddress) || null,
    method: textOf(record.method) || null,
    target: textOf(record.target) || null,
    protocol: textOf(record.protocol),
    status: record.status,
    bytes: record.bodyBytes,
    durationMs: rounded(record.durationMs),
    queueMs: rounded(record.queueMs),
    applicationMs: rounded(record.applicationMs),
    transferMs: rounded(record.transferMs),
    worker: servedBy?.worker ?? null,
    thread: servedBy?.thread ?? null,
    pid: servedBy?.pid ?? null,
    referer: textOf(record.referer) || undefined,
    userAgent: textOf(record.userAgent) || undefined,
    code: record.code,
  })
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000

const NOT_ASCII = /[^\0-\x7f]/

/** Of bytes: UTF-8 where they are that. */
function textOf(bytes: string): string {
  if (!NOT_ASCII.test(bytes)) return bytes
  const text = Buffer.from(bytes, 'latin1').toString()
  return text.includes('\ufffd') ? bytes : text
}
