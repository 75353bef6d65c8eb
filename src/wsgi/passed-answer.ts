// What middleware does with an answer as a value when it is done with it: hands it on, or drops it. Either way the application behind it
// gets its `close` (W45).

import type { ApplicationAnswer } from './answer-of.ts'
import type { StartResponse } from './application.ts'

type Body = ApplicationAnswer['body']

/** Answers with the head of `answer` and with `body`, its own or another one. */
export function passedAnswer(
  startResponse: StartResponse,
  { status, reason, headers }: Omit<ApplicationAnswer, 'body'>,
  body: Body,
): Body {
  try {
    startResponse(`${status} ${reason}`, headers)
    return body
  } catch (error) {
    dropBody(body)
    throw error
  }
}

/** What the application still has for `body`, it need not make. */
export function dropBody(body: Body): void {
  if ('return' in body) void body.return()
}
