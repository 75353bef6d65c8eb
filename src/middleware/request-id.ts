// One name for a request wherever it leaves traces: in the environ, in the logs, and in the answer.

import { randomUUID } from 'node:crypto'
import { withParts } from '../wsgi/application-parts.ts'
import type { Application, Middleware } from '../wsgi/application.ts'
import { changedHeaders } from '../wsgi/changed-headers.ts'
import type { Environ } from '../wsgi/environ.ts'
import { setHeader } from '../wsgi/header-list.ts'

/** How requests are named. */
export interface RequestIdOptions {
  /** The field that brings an id, and in which the answer tells it. `X-Request-ID` if left out. */
  readonly header?: string
  /** Whether an id that comes with the request is taken; a function says so for each. True if left out. */
  readonly trust?: boolean | ((environ: Environ) => boolean)
  /** Makes the id of a request that brings none. A random UUID if left out. */
  readonly generate?: (environ: Environ) => string
}

/**
 * Takes the id that a request brings, or makes one: into the environ, the logs and the answer, error pages too.
 *
 * An id has at most 128 letters, digits and `-._~+/=:@`; one that has not is replaced, so that it cannot forge a line of the log.
 *
 * @throws RangeError for a header name that is none; for each request whose `generate` returns no such id
 */
export function requestId(options: RequestIdOptions = {}): Middleware {
  const { header = 'X-Request-ID', trust = true, generate = randomId } = options
  if (!HEADER_NAME.test(header))
    throw new RangeError(
      `requestId: header is a field name without "_", such as X-Request-ID; not "${header}"`,
    )
  const key = `HTTP_${header.toUpperCase().replaceAll('-', '_')}` as const
  const isTrusted = typeof trust === 'function' ? trust : () => trust

  return function requestId(application) {
    const identified: Application = (environ, startResponse) => {
      const given = isTrusted(environ) ? environ[key] : undefined
      const id = given !== undefined && ID.test(given) ? given : madeBy(generate, environ)
      environ[key] = id
      name(environ, header, id)
      const tell = changedHeaders(startResponse, (headers) => setHeader(headers, header, id))
      return application(environ, tell)
    }
    return withParts(identified, [application])
  }
}

// With "_" it would have the environ key of another field.
const HEADER_NAME = /^[!#$%&'*+\-.^`|~0-9A-Za-z]+$/
const ID = /^[A-Za-z0-9\-._~+/=:@]{1,128}$/

const randomId = (): string => randomUUID()

function madeBy(generate: (environ: Environ) => string, environ: Environ): string {
  const id = generate(environ)
  if (ID.test(id)) return id
  throw new RangeError(
    `requestId: generate returns 1 to 128 letters, digits and -._~+/=:@, not ${JSON.stringify(id)}`,
  )
}

function name(environ: Environ, header: string, id: string): void {
  const context = environ['gantry.request']
  if (context === undefined) return
  context.id = id
  setHeader(context.errorHeaders, header, id)
}
