// The one place that decides what a client sees when the server itself answers: a status and a short line, never internals.

import type { ResponseHead } from '../wsgi/response-head.ts'
import { reasonPhrase } from './reason-phrases.ts'

const RETRY_AFTER_SECONDS = 1

export interface ErrorPage {
  readonly head: ResponseHead
  readonly body: Buffer
}

/**
 * The answer for `status`, with `reason` (one sentence for the client) where there is more to say than the status does, and with the
 * fields `added` to its own.
 */
export function errorPage(
  status: number,
  reason?: string,
  added: readonly (readonly [name: string, value: string])[] = [],
): ErrorPage {
  const phrase = reasonPhrase(status)
  const text = status === 204 ? '' : `${status} ${phrase}${reason === undefined ? '' : `: ${reason}`}\n`
  const fields = text === '' ? [] : ['Content-Type', 'text/plain; charset=utf-8']
  if (status === 503) fields.push('Retry-After', String(RETRY_AFTER_SECONDS))
  const block = Buffer.from([phrase, ...fields, ...added.flat(), ''].join('\0'), 'latin1')
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
