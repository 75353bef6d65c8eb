// How a request fails whose script does not answer: the log says why, and whoever answers in its place is told the status.

import { GantryError } from '../../errors.ts'
import { AnswerFailure } from '../../wsgi/answer-failure.ts'
import type { Environ } from '../../wsgi/environ.ts'
import type { ErrorStatus } from '../../wsgi/exchange.ts'

/** What to throw in the place of `error`, once that is in the log. */
export function scriptFailure(environ: Environ, error: unknown): unknown {
  if (!(error instanceof GantryError)) return error
  const { message, code, hint, status } = error
  environ['wsgi.errors'].write(`${message} (${code})\n  ${hint}\n`)
  return new AnswerFailure(status as ErrorStatus, code)
}
