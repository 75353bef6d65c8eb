// How long an application may take. Whoever takes longer is told to stop, and somebody else answers.

import { givenDuration } from '../config/given-values.ts'
import { SYSTEM_CLOCK } from '../observe/clock.ts'
import { type ApplicationAnswer, answerOf } from '../wsgi/answer-of.ts'
import { withParts } from '../wsgi/application-parts.ts'
import type { Application, ApplicationResult, Middleware, StartResponse } from '../wsgi/application.ts'
import type { Environ } from '../wsgi/environ.ts'
import { errorAnswer } from '../wsgi/error-answer.ts'
import { passedAnswer } from '../wsgi/passed-answer.ts'
import { type RequestCancelled, RequestContext } from '../wsgi/request-context.ts'
import { noDataWithin, notAnsweredWithin } from '../wsgi/time-up.ts'

/** How long an application may take, and what is answered when it takes longer. */
export interface TimeoutOptions {
  /** From the call to the answer's first data, or its end if it has none: text such as `30s`, or milliseconds. */
  readonly after: string | number
  /** From asking for a block of the body to its coming. No limit if left out. */
  readonly betweenBlocks?: string | number
  /** 504 (Gateway Timeout) if left out; or 503 (Service Unavailable). */
  readonly status?: 503 | 504
}

/**
 * Limits the time that an application takes to begin its answer and, if asked to, to go on with it.
 *
 * An application that is too late is cancelled: the signal of its `gantry.request` aborts, a Python worker behind it is told, its iterable
 * is closed, and so is what it still returns. Before the first data the answer is an error page, later the answer is cut.
 *
 * JavaScript that computes without a pause cannot be stopped by this: while it runs, no timer does.
 *
 * ```ts
 * timeout({ after: '30s', betweenBlocks: '1m' })
 * ```
 *
 * @throws RangeError for options out of their range
 */
export function timeout(options: TimeoutOptions): Middleware {
  const limits = limitsOf(options)
  return function timeout(application) {
    const limited: Application = (environ, startResponse) =>
      answerInTime(application, environ, startResponse, limits)
    return withParts(limited, [application])
  }
}

interface Limits {
  readonly afterMs: number
  readonly betweenBlocksMs: number | undefined
  readonly status: number
}

function limitsOf({ after, betweenBlocks, status = 504 }: TimeoutOptions): Limits {
  if (![503, 504].includes(status))
    throw new RangeError(`timeout: status is 503 or 504, not ${String(status)}`)
  return {
    afterMs: givenDuration('timeout: after', after, 1),
    betweenBlocksMs:
      betweenBlocks === undefined ? undefined : givenDuration('timeout: betweenBlocks', betweenBlocks, 1),
    status,
  }
}

async function answerInTime(
  application: Application,
  environ: Environ,
  startResponse: StartResponse,
  limits: Limits,
): Promise<ApplicationResult> {
  const context = (environ['gantry.request'] ?? new RequestContext({ id: '-' })).child()
  environ['gantry.request'] = context
  let late: RequestCancelled | undefined
  const cancel = (): void => {
    late = notAnsweredWithin(limits.afterMs)
    context.cancel(late)
  }
  let answer: ApplicationAnswer
  try {
    answer = await inTime(() => answerOf(application, environ), limits.afterMs, cancel)
  } catch (error) {
    if (late === undefined || error !== late) throw error
    environ['wsgi.errors'].write(`${late.message}: answered ${limits.status}\n`)
    return errorAnswer(startResponse, limits.status)
  }
  return passedAnswer(startResponse, answer, limitedBody(answer.body, limits.betweenBlocksMs, context))
}

/** What `act` resolves to. `cancel` is called where that takes too long: it makes `act` reject. */
async function inTime<Value>(act: () => Promise<Value>, limitMs: number, cancel: () => void): Promise<Value> {
  // Does not keep the process alive: who waits for the answer does, as long as there is anybody.
  const timer = SYSTEM_CLOCK.startTimer(limitMs, cancel)
  try {
    return await act()
  } finally {
    timer.stop()
  }
}

type Body = ApplicationAnswer['body']

function limitedBody(body: Body, limitMs: number | undefined, context: RequestContext): Body {
  if (limitMs === undefined || !(Symbol.asyncIterator in body)) return body
  const cancel = (): void => context.cancel(noDataWithin(limitMs))
  const limited: AsyncIterableIterator<Uint8Array, undefined> = {
    [Symbol.asyncIterator]: () => limited,
    next: () => inTime(() => body.next(), limitMs, cancel),
    return: async () => (await body.return?.()) ?? { done: true, value: undefined },
  }
  return limited
}
