// What a client sees when the application behind an adapter has failed: the server's own error page.

import { GantryError } from '../errors.ts'
import { errorPage } from '../http/error-page.ts'
import { reasonPhrase } from '../http/reason-phrases.ts'
import { AnswerFailure } from '../wsgi/answer-failure.ts'
import { errorHeadersOf } from '../wsgi/error-headers.ts'
import type { Header } from '../wsgi/header.ts'
import type { RequestContext } from '../wsgi/request-context.ts'

export interface FailureAnswer {
  readonly status: number
  readonly reason: string
  readonly headers: readonly Header[]
  readonly body: Buffer
}

/** The page for what an application threw before it had sent anything, with the headers that middleware wants on it. */
export function answerForFailure(error: unknown, context: RequestContext): FailureAnswer {
  const status = error instanceof AnswerFailure || error instanceof GantryError ? error.status : 500
  return failureAnswer(status, undefined, errorHeadersOf(context))
}

/** The page for `status`, with `reason` in words for the client. */
export function failureAnswer(status: number, reason?: string, added: readonly Header[] = []): FailureAnswer {
  const { head, body } = errorPage(status, reason, added)
  const block = head.bytes.subarray(head.blockStart, head.blockEnd)
  const strings = Buffer.from(block).toString('latin1').split('\0')
  const headers: Header[] = []
  for (let at = 1; at + 1 < strings.length; at += 2) headers.push([strings[at]!, strings[at + 1]!])
  return { status, reason: reasonPhrase(status), headers, body }
}
