// The one place that decides what a client sees when the server itself answers: a status and a short line, never internals.

import type { ResponseHead } from '../wsgi/response-head.ts'

const REASONS: Readonly<Record<number, string>> = {
  204: 'No Content',
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Content Too Large',
  414: 'URI Too Long',
  417: 'Expectation Failed',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage',
}
const RETRY_AFTER_SECONDS = 1

export interface ErrorPage {
  readonly head: ResponseHead
  readonly body: Buffer
}

/** The answer for `status`, with `reason` (one sentence for the client) where there is more to say than the status does. */
export function errorPage(status: number, reason?: string): ErrorPage {
  const phrase = REASONS[status] ?? 'Error'
  const text = status === 204 ? '' : `${status} ${phrase}${reason === undefined ? '' : `: ${reason}`}\n`
  const fields = text === '' ? [] : ['Content-Type', 'text/plain; charset=utf-8']
  if (status === 503) fields.push('Retry-After', String(RETRY_AFTER_SECONDS))
  const block = Buffer.from([phrase, ...fields, ''].join('\0'), 'latin1')
  const head = {
    status,
    hasDate: false,
    hasServer: false,
    contentLength: -1,
    bytes: block,
    blockStart: 0,
    blockEnd: block.length,
  }
  return { head, body: Buffer.from(text, 'latin1') }
}
