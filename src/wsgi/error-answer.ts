// What middleware answers when it lets no request through: the server's own plain page, as an application's answer.

import { errorPage } from '../http/error-page.ts'
import { reasonPhrase } from '../http/reason-phrases.ts'
import type { ApplicationResult, StartResponse } from './application.ts'
import type { Header } from './header.ts'

/** What an error answer has besides its status. */
export interface ErrorAnswerParts {
  /** One sentence for the client. */
  readonly reason?: string
  readonly headers?: readonly Header[]
  /** What was caught where an answer may have begun already: it is thrown again then (PEP 3333, "Error Handling"). */
  readonly error?: unknown
}

/** Answers with the page of `status`. */
export function errorAnswer(
  startResponse: StartResponse,
  status: number,
  parts: ErrorAnswerParts = {},
): ApplicationResult {
  const { body } = errorPage(status, parts.reason)
  const headers: Header[] = [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', String(body.length)],
    ...(parts.headers ?? []),
  ]
  startResponse(`${status} ${reasonPhrase(status)}`, headers, parts.error)
  return [body]
}
