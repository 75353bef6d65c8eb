// Conditional requests (RFC 9110 §13): whoever has an answer already is told that it has not changed.

import { hash } from 'node:crypto'
import { givenSize } from '../config/given-values.ts'
import { type Preconditions, judgePreconditions } from '../http/preconditions.ts'
import { type ApplicationAnswer, answerOf } from '../wsgi/answer-of.ts'
import { withParts } from '../wsgi/application-parts.ts'
import type { Application, ApplicationResult, Middleware, StartResponse } from '../wsgi/application.ts'
import type { Environ } from '../wsgi/environ.ts'
import { errorAnswer } from '../wsgi/error-answer.ts'
import type { Header } from '../wsgi/header.ts'
import { dropBody, passedAnswer } from '../wsgi/passed-answer.ts'

/** Which answers get an ETag, and what kind. */
export interface EtagOptions {
  /** Longer bodies get none: hashing a mebibyte takes about a millisecond. Text such as `1MiB`, or bytes. 1 MiB if left out. */
  readonly maxBytes?: string | number
  /** Whether the tags are weak (`W/`): pages that mean the same may then differ in bytes. False if left out. */
  readonly weak?: boolean
}

/**
 * Gives whole answers to GET an ETag, the hash of their body, and answers 304 or 412 where a request's conditions say so.
 *
 * An ETag or Last-Modified of the application's own counts in place of a hash, for streams and HEAD too, which get no hash. Only
 * answers of status 200 are looked at. `Cache-Control: no-store` keeps an answer from getting a tag.
 *
 * ```ts
 * compose(compress(), etag())(application)
 * ```
 *
 * @throws RangeError for options out of their range
 */
export function etag(options: EtagOptions = {}): Middleware {
  const { maxBytes = MAX_BYTES, weak = false } = options
  const tagging = { maxBytes: givenSize('etag: maxBytes', maxBytes, 0), prefix: weak ? 'W/' : '' }
  return function etag(application) {
    const conditional: Application = (environ, startResponse) => {
      const { REQUEST_METHOD: method } = environ
      // What a condition on any other method is about, only the application knows, and only before it acts.
      if (method !== 'GET' && method !== 'HEAD') return application(environ, startResponse)
      return judged(application, environ, startResponse, tagging)
    }
    return withParts(conditional, [application])
  }
}

const MAX_BYTES = 1_048_576

interface Tagging {
  readonly maxBytes: number
  readonly prefix: string
}

async function judged(
  application: Application,
  environ: Environ,
  startResponse: StartResponse,
  tagging: Tagging,
): Promise<ApplicationResult> {
  // Before the application runs, as it may change the environ.
  const conditions = preconditionsOf(environ)
  const answer = await answerOf(application, environ)
  const { status, headers, body } = answer
  if (status === 200) {
    addTag(answer, tagging)
    const entityTag = valueOf(headers, 'etag')
    const verdict = judgePreconditions(conditions, {
      entityTag,
      lastModified: valueOf(headers, 'last-modified'),
    })
    if (verdict !== 200) {
      dropBody(body)
      if (verdict === 304) return notModified(headers, startResponse)
      return errorAnswer(
        startResponse,
        412,
        entityTag === undefined ? {} : { headers: [['ETag', entityTag]] },
      )
    }
  }
  return passedAnswer(startResponse, answer, body)
}

function preconditionsOf(environ: Environ): Preconditions {
  return {
    ifMatch: environ.HTTP_IF_MATCH,
    ifNoneMatch: environ.HTTP_IF_NONE_MATCH,
    ifModifiedSince: environ.HTTP_IF_MODIFIED_SINCE,
    ifUnmodifiedSince: environ.HTTP_IF_UNMODIFIED_SINCE,
  }
}

/** A body that is not all there is left alone: it would have to be kept back until its end. */
function addTag({ headers, body }: ApplicationAnswer, { maxBytes, prefix }: Tagging): void {
  if (!Array.isArray(body) || valueOf(headers, 'etag') !== undefined) return
  if (NO_STORE.test(valueOf(headers, 'cache-control') ?? '')) return
  const [block] = body as readonly Uint8Array[]
  if (block === undefined || block.length > maxBytes) return
  // 27 characters hold 162 bits: more than enough for no two bodies to have the same by chance.
  headers.push(['ETag', `${prefix}"${hash('sha256', block, 'base64url').slice(0, 27)}"`])
}

const NO_STORE = /(?:^|[\s,])no-store(?:$|[\s,])/i

/** All values of a field as one list. */
function valueOf(headers: readonly Header[], lowerName: string): string | undefined {
  let joined: string | undefined
  for (const [name, value] of headers) {
    if (name.toLowerCase() === lowerName) joined = joined === undefined ? value : `${joined}, ${value}`
  }
  return joined
}

function notModified(headers: readonly Header[], startResponse: StartResponse): ApplicationResult {
  const hasTag = valueOf(headers, 'etag') !== undefined
  const kept = headers.filter(([name]) => {
    const lower = name.toLowerCase()
    return !OF_CONTENT.has(lower) && !(hasTag && lower === 'last-modified')
  })
  startResponse('304 Not Modified', kept)
  return []
}

/** Fields that speak of the content, which is not sent (RFC 9110 §15.4.5). */
const OF_CONTENT = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
  'content-range',
  'content-disposition',
  'content-digest',
  'repr-digest',
  'digest',
  'content-md5',
  'accept-ranges',
])
