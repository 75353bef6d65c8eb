// The body of a request as `wsgi.input`.

import { ownBody } from '../io/body-memory.ts'
import type { RequestBody } from '../wsgi/exchange.ts'
import { BodyInput } from '../wsgi/input-stream.ts'
import { SpooledSource } from './spooled-source.ts'
import { StreamedSource } from './streamed-source.ts'

const NOTHING = new Uint8Array(0)

/** Nothing is opened or asked for before the first read. */
export function inputOf(body: RequestBody): BodyInput {
  if (body instanceof Uint8Array) {
    const own = ownBody(body)
    return new BodyInput(own, undefined, own)
  }
  const source = 'path' in body ? new SpooledSource(body) : new StreamedSource(body)
  return new BodyInput(NOTHING, source, body)
}
