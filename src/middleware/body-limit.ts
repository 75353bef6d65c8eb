// The largest request body that an application is given. The server has a limit of its own (`--max-body-bytes`); this one is for what
// stands behind it, such as one mounted application.

import { givenSize } from '../config/given-values.ts'
import { answerOf } from '../wsgi/answer-of.ts'
import { dropBody, passedAnswer } from '../wsgi/passed-answer.ts'
import { withParts } from '../wsgi/application-parts.ts'
import type { Application, ApplicationResult, Middleware, StartResponse } from '../wsgi/application.ts'
import type { Environ } from '../wsgi/environ.ts'
import { errorAnswer } from '../wsgi/error-answer.ts'
import { BodyInput, type InputStream } from '../wsgi/input-stream.ts'
import { LimitedInput } from '../wsgi/limited-input.ts'

/** The largest body. */
export interface BodyLimitOptions {
  /** `1MiB`, or bytes. */
  readonly maxBytes: string | number
}

/**
 * Answers 413 to a request whose body is larger.
 *
 * By its Content-Length where it has one, before the application is called. A body that comes without a length is read up to the limit;
 * reading more throws, and the answer is 413 unless it has begun.
 *
 * @throws RangeError for a size that is none
 */
export function bodyLimit({ maxBytes: given }: BodyLimitOptions): Middleware {
  const maxBytes = givenSize('bodyLimit: maxBytes', given, 0)
  return function bodyLimit(application) {
    const bounded: Application = (environ, startResponse) => {
      const bytes = knownBytes(environ)
      if (bytes === undefined) return answerBounded(application, environ, startResponse, maxBytes)
      return bytes > maxBytes ? errorAnswer(startResponse, 413) : application(environ, startResponse)
    }
    return withParts(bounded, [application])
  }
}

/** How long the body is, where that is sure: servers let `wsgi.input` end there. */
function knownBytes(environ: Environ): number | undefined {
  const { CONTENT_LENGTH } = environ
  if (CONTENT_LENGTH !== undefined && /^\d{1,15}$/.test(CONTENT_LENGTH)) return Number(CONTENT_LENGTH)
  return bytesHeld(environ['wsgi.input'])
}

function bytesHeld(input: InputStream): number | undefined {
  const body = input instanceof BodyInput ? input.wholeBody : undefined
  if (body instanceof Uint8Array) return body.length
  return body !== undefined && 'size' in body ? body.size : undefined
}

async function answerBounded(
  application: Application,
  environ: Environ,
  startResponse: StartResponse,
  maxBytes: number,
): Promise<ApplicationResult> {
  const input = new LimitedInput(environ['wsgi.input'], maxBytes)
  environ['wsgi.input'] = input
  try {
    const answer = await answerOf(application, environ)
    if (!input.isExceeded) return passedAnswer(startResponse, answer, answer.body)
    // The application has caught the error, and made of it what it makes of its own.
    dropBody(answer.body)
  } catch (error) {
    if (!input.isExceeded) throw error
  }
  return errorAnswer(startResponse, 413)
}
