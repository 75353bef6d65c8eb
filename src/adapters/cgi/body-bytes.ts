// How long a request's body is, for whoever has to say so before it is sent.

import type { Environ } from '../../wsgi/environ.ts'
import { BodyInput } from '../../wsgi/input-stream.ts'

const WITHOUT_BODY = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** A body that is read while it arrives has no length; of a method that seldom has one, no length means no body. */
export function bodyBytes(environ: Environ): number | 'unknown' {
  const { CONTENT_LENGTH: length, REQUEST_METHOD: method, 'wsgi.input': input } = environ
  if (length !== undefined && length !== '') return /^\d{1,15}$/.test(length) ? Number(length) : 'unknown'
  const whole = input instanceof BodyInput ? input.wholeBody : undefined
  if (whole instanceof Uint8Array) return whole.length
  return WITHOUT_BODY.has(method) ? 0 : 'unknown'
}
