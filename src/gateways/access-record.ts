// What a request leaves for the access log.

import { type AccessRecord, NO_DETAILS, type WantedDetail } from '../wsgi/access-record.ts'
import { environOrigin } from '../wsgi/environ-origin.ts'
import type { Exchange } from '../wsgi/exchange.ts'
import { NO_TIMES, type RequestTimes } from './request-times.ts'

/** A request as its protocol has it. */
export interface RecordedRequest {
  readonly method: string
  readonly target: string
  /** `HTTP/1.1`. */
  readonly protocol: string
  /** The value of a header field, whose name is in lower case; of one that comes several times all of them. */
  field(name: string): string | undefined
}

/** What is known of a request besides itself. */
interface Facts
  extends Pick<AccessRecord, 'timeMs' | 'id' | 'remoteAddress' | 'status' | 'bodyBytes' | 'code'> {
  /** Undefined for one that was refused. */
  readonly times: RequestTimes | undefined
  readonly details: AccessRecord['details']
}

/** The record of a request; undefined where there was not even a request line. */
export function accessRecord(request: RecordedRequest | undefined, facts: Facts): AccessRecord {
  const times = facts.times?.at(performance.now()) ?? NO_TIMES
  // By hand: spreading costs more than all the rest.
  return {
    timeMs: facts.timeMs,
    id: facts.id,
    remoteAddress: facts.remoteAddress,
    method: request?.method ?? '',
    target: request?.target ?? '',
    protocol: request?.protocol ?? 'HTTP/1.1',
    status: facts.status,
    bodyBytes: facts.bodyBytes,
    durationMs: times.durationMs,
    queueMs: times.queueMs,
    applicationMs: times.applicationMs,
    transferMs: times.transferMs,
    servedBy: facts.times?.servedBy,
    referer: request?.field('referer') ?? '',
    userAgent: request?.field('user-agent') ?? '',
    code: facts.code,
    details: facts.details,
  }
}

/** Where details are found: what is undefined was refused before it was there. */
export interface DetailSources {
  readonly request: RecordedRequest | undefined
  readonly exchange: Exchange | undefined
  /** The answer's head as it was sent. */
  responseField(name: string): string | undefined
}

export function detailsOf(wants: readonly WantedDetail[], sources: DetailSources): AccessRecord['details'] {
  if (wants.length === 0) return NO_DETAILS
  const { request, exchange } = sources
  const environ =
    wants.some((wanted) => wanted.of === 'environ') && exchange ? environOf(exchange) : undefined
  return wants.map(({ of, name }) => {
    switch (of) {
      case 'request':
        return request?.field(name)
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
