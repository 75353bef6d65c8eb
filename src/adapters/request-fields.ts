// The header fields of a request, read back from its environ, for who is to receive it once more.

import type { Environ } from '../wsgi/environ.ts'
import type { Header } from '../wsgi/header.ts'

// They speak of the client's own connection (RFC 9110 §7.6.1), or of a wait that is over (§10.1.1).
const OF_THE_CONNECTION = new Set([
  'HTTP_CONNECTION',
  'HTTP_KEEP_ALIVE',
  'HTTP_PROXY_CONNECTION',
  'HTTP_TE',
  'HTTP_TRAILER',
  'HTTP_TRANSFER_ENCODING',
  'HTTP_UPGRADE',
  'HTTP_EXPECT',
])

/** All but those that speak of the connection. Their case is lost; their order is the environ's. */
export function requestFields(environ: Environ): Header[] {
  const fields: Header[] = []
  for (const key in environ) {
    const value = environ[key]
    if (typeof value !== 'string' || !key.startsWith('HTTP_') || OF_THE_CONNECTION.has(key)) continue
    fields.push([key.slice('HTTP_'.length).toLowerCase().replaceAll('_', '-'), value])
  }
  const { CONTENT_TYPE, CONTENT_LENGTH } = environ
  if (CONTENT_TYPE !== undefined && CONTENT_TYPE !== '') fields.push(['content-type', CONTENT_TYPE])
  if (CONTENT_LENGTH !== undefined && CONTENT_LENGTH !== '') fields.push(['content-length', CONTENT_LENGTH])
  return fields
}

// Fields of an answer that the server in front decides by itself.
const OF_THE_ANSWERS_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Whether a field, its name in lower case, is part of an answer, and not of the connection on which it came. */
export const isOfTheAnswer = (name: string): boolean => !OF_THE_ANSWERS_CONNECTION.has(name)
