// What an HTTP request leaves for the access log.

import { equalsIgnoringCase } from '../../http/grammar.ts'
import type { RequestHead } from '../../http/request-head.ts'
import { type AccessRecord, NO_DETAILS, type WantedDetail } from '../../wsgi/access-record.ts'
import { environOrigin } from '../../wsgi/environ-origin.ts'
import type { Exchange } from '../../wsgi/exchange.ts'
import { NO_TIMES, type RequestTimes } from '../request-times.ts'

/** What is known of a request besides its head. */
interface Facts
  extends Pick<AccessRecord, 'timeMs' | 'id' | 'remoteAddress' | 'status' | 'bodyBytes' | 'code'> {
  /** Undefined for one that was refused. */
  readonly times: RequestTimes | undefined
  readonly details: AccessRecord['details']
}

/** The record of a request whose head is still there; undefined where no request line was read. */
export function accessRecord(head: RequestHead | undefined, facts: Facts): AccessRecord {
  const times = facts.times?.at(performance.now()) ?? NO_TIMES
  // By hand: spreading costs more than all the rest.
  return {
    timeMs: facts.timeMs,
    id: facts.id,
    remoteAddress: facts.remoteAddress,
    method: head?.method ?? '',
    target: head?.target ?? '',
    protocol: head?.minorVersion === 0 ? 'HTTP/1.0' : 'HTTP/1.1',
    status: facts.status,
    bodyBytes: facts.bodyBytes,
    durationMs: times.durationMs,
    queueMs: times.queueMs,
    applicationMs: times.applicationMs,
    transferMs: times.transferMs,
    servedBy: facts.times?.servedBy,
    referer: fieldValue(head, 'referer') ?? '',
    userAgent: fieldValue(head, 'user-agent') ?? '',
    code: facts.code,
    details: facts.details,
  }
}

/** Where details are found: what is undefined was refused before it was there. */
export interface DetailSources {
  readonly head: RequestHead | undefined
  readonly exchange: Exchange | undefined
  /** The answer's head as it was sent. */
  responseField(name: string): string | undefined
}

export function detailsOf(wants: readonly WantedDetail[], sources: DetailSources): AccessRecord['details'] {
  if (wants.length === 0) return NO_DETAILS
  const { head, exchange } = sources
  const environ =
    wants.some((wanted) => wanted.of === 'environ') && exchange ? environOf(exchange) : undefined
  return wants.map(({ of, name }) => {
    switch (of) {
      case 'request':
        return fieldValue(head, name)
      case 'response':
        return sources.responseField(name)
      case 'environ':
        return environ?.get(name)
    }
  })
}

function environOf(exchange: Exchange): ReadonlyMap<string, string> {
  const { sharedPairs, own } = environOrigin(exchange)
  const [method = '', path = '', query = '', target = '', ...pairs] = own
  const values = {
    REQUEST_METHOD: method,
    PATH_INFO: path,
    QUERY_STRING: query,
    REQUEST_URI: target,
    RAW_URI: target,
  }
  const environ = new Map(Object.entries(values))
  for (const each of [sharedPairs, pairs])
    for (let at = 0; at < each.length; at += 2) environ.set(each[at]!, each[at + 1]!)
  return environ
}

/** Of a field that comes several times all values. */
function fieldValue(head: RequestHead | undefined, name: string): string | undefined {
  if (head === undefined) return undefined
  let value: string | undefined
  for (let field = 0; field < head.fieldCount; field++) {
    const start = head.nameStart(field)
    const end = head.nameEnd(field)
    if (end - start !== name.length || !equalsIgnoringCase(head.bytes, start, end, name)) continue
    const text = head.bytes.toString('latin1', head.valueStart(field), head.valueEnd(field))
    value = value === undefined ? text : `${value}, ${text}`
  }
  return value
}
