// What an HTTP request leaves for the access log.

import { equalsIgnoringCase } from '../../http/grammar.ts'
import type { RequestHead } from '../../http/request-head.ts'
import type { AccessRecord } from '../../wsgi/access-record.ts'

/** What is known of a request besides its head. */
type Facts = Omit<AccessRecord, 'method' | 'target' | 'minorVersion' | 'referer' | 'userAgent'>

/** The record of a request whose head is still there; undefined where no request line was read. */
export function accessRecord(head: RequestHead | undefined, facts: Facts): AccessRecord {
  // By hand: spreading costs more than all the rest.
  return {
    timeMs: facts.timeMs,
    id: facts.id,
    remoteAddress: facts.remoteAddress,
    method: head?.method ?? '',
    target: head?.target ?? '',
    minorVersion: head?.minorVersion ?? 1,
    status: facts.status,
    bodyBytes: facts.bodyBytes,
    durationMs: facts.durationMs,
    referer: fieldValue(head, 'referer'),
    userAgent: fieldValue(head, 'user-agent'),
    code: facts.code,
  }
}

function fieldValue(head: RequestHead | undefined, name: string): string {
  if (head === undefined) return ''
  for (let field = 0; field < head.fieldCount; field++) {
    const start = head.nameStart(field)
    const end = head.nameEnd(field)
    if (end - start !== name.length || !equalsIgnoringCase(head.bytes, start, end, name)) continue
    return head.bytes.toString('latin1', head.valueStart(field), head.valueEnd(field))
  }
  return ''
}
