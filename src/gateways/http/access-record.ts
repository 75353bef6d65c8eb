// What an HTTP request leaves for the access log.

import { equalsIgnoringCase } from '../../http/grammar.ts'
import type { RequestHead } from '../../http/request-head.ts'
import type { ViolationCode } from '../../http/violation.ts'
import type { AccessRecord } from '../../wsgi/access-record.ts'

export interface FinishedRequest {
  readonly timeMs: number
  readonly id: string
  readonly remoteAddress: string
  /** Undefined where no request line was read. */
  readonly head: RequestHead | undefined
  readonly status: number
  readonly bodyBytes: number
  readonly durationMs: number
  readonly violation: ViolationCode | undefined
}

/** The record of a request whose head is still there. */
export function accessRecord({ head, ...facts }: FinishedRequest): AccessRecord {
  return {
    ...facts,
    method: head?.method ?? '',
    target: head?.target ?? '',
    minorVersion: head?.minorVersion ?? 1,
    referer: fieldValue(head, 'referer'),
    userAgent: fieldValue(head, 'user-agent'),
  }
}

function fieldValue(head: RequestHead | undefined, name: string): string {
  for (let field = 0; field < (head?.fieldCount ?? 0); field++) {
    if (!equalsIgnoringCase(head!.bytes, head!.nameStart(field), head!.nameEnd(field), name)) continue
    return head!.bytes.toString('latin1', head!.valueStart(field), head!.valueEnd(field))
  }
  return ''
}
