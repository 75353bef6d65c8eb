// `gantry check`: sends an application the requests of the check, in process, and gathers what lint finds and what goes wrong.

import { TestClient, type TestRequest } from '../testing/test-client.ts'
import type { ApplicationAnswer } from '../wsgi/answer-of.ts'
import type { ApplicationLike } from '../wsgi/as-application.ts'
import { LineErrorStream } from '../wsgi/error-stream.ts'
import { RequestContext } from '../wsgi/request-context.ts'
import { CHECK_REQUESTS, type CheckRequest } from './check-requests.ts'
import { type Fault, parseFinding } from './finding.ts'
import { lint } from './lint.ts'
import type { Findings } from './report.ts'
import { shown } from './shown-value.ts'

/** How an application is checked. */
export interface CheckOptions {
  /** How long each request may take, in milliseconds; 30 seconds if left out. */
  readonly answerTimeoutMs?: number
  /** Called with what is written to `wsgi.errors`, whole lines; nobody is if left out. */
  readonly errors?: (text: string) => void
  /** What is sent; the requests of the check if left out. */
  readonly requests?: readonly CheckRequest[]
}

const ANSWER_TIMEOUT_MS = 30_000
// Of an answer without end so much is enough.
const MAX_BODY_BYTES = 16_777_216

/**
 * Sends `application` one request after the other and adds what is found to `findings`. Workers that lint by themselves (`lint` of their
 * settings) report through the log: whoever runs them adds that to `findings` too.
 */
export async function checkApplication(
  application: ApplicationLike,
  findings: Findings,
  options: CheckOptions = {},
): Promise<void> {
  const client = new TestClient(lint(application, { report: (finding) => findings.add(finding) }))
  const answers = new Map<string, CheckedAnswer>()
  const errors = withoutFindings(findings, options.errors)
  for (const { request } of options.requests ?? CHECK_REQUESTS) {
    const answer = await answerTo(client, request, { ...options, errors })
    const faults = 'code' in answer ? [answer] : answerFaults(request, answer, answers)
    const place = placeOf(request)
    if (!('code' in answer)) answers.set(place, answer)
    for (const fault of faults) findings.add({ ...fault, place })
  }
}

/** An application may be under lint already, which then writes to `wsgi.errors`. */
function withoutFindings(findings: Findings, errors: CheckOptions['errors']): (text: string) => void {
  return (text) => {
    const finding = parseFinding(text)
    if (finding === undefined) errors?.(text)
    else findings.add(finding)
  }
}

interface CheckedAnswer {
  readonly status: number
  readonly reason: string
  /** -1 if nobody knows it. */
  readonly length: number
}

async function answerTo(
  client: TestClient,
  request: TestRequest,
  { answerTimeoutMs = ANSWER_TIMEOUT_MS, errors }: CheckOptions & { readonly errors: (text: string) => void },
): Promise<CheckedAnswer | Fault> {
  const context = new RequestContext({ id: 'check' })
  const stream = new LineErrorStream(errors)
  const environ = { ...request.environ, 'gantry.request': context, 'wsgi.errors': stream }
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), answerTimeoutMs)
  })
  try {
    const answer = await Promise.race([client.open({ ...request, environ }), timeout])
    if (answer === undefined)
      return { code: 'LINT_CHECK_TIMEOUT', seen: `no answer within ${answerTimeoutMs} ms` }
    // An answer that goes on and on may be meant to.
    await Promise.race([takeBody(answer), timeout])
    return { status: answer.status, reason: answer.reason, length: lengthOf(answer) }
  } catch (error) {
    return { code: 'LINT_CHECK_RAISED', seen: shown(error) }
  } finally {
    clearTimeout(timer)
    context.cancel()
    stream.flush()
  }
}

async function takeBody({ body }: ApplicationAnswer): Promise<void> {
  let bytes = 0
  for await (const block of body) {
    bytes += block.length
    if (bytes > MAX_BODY_BYTES) return
  }
}

function lengthOf({ headers, contentLength }: ApplicationAnswer): number {
  const declared = headers.find(([name]) => name.toLowerCase() === 'content-length')
  return declared === undefined ? contentLength : Number(declared[1])
}

function answerFaults(
  request: TestRequest,
  { status, reason, length }: CheckedAnswer,
  answers: ReadonlyMap<string, CheckedAnswer>,
): readonly Fault[] {
  const faults: Fault[] = []
  // 501 is how a method is answered that is not known (RFC 9110 §15.6.2).
  if (status >= 500 && status !== 501) faults.push({ code: 'LINT_CHECK_STATUS', seen: `${status} ${reason}` })
  const got = request.method === 'HEAD' ? answers.get(placeOf({ ...request, method: 'GET' })) : undefined
  if (got === undefined) return faults
  if (got.status !== status)
    faults.push({ code: 'LINT_CHECK_HEAD', seen: `${status}, and ${got.status} to GET` })
  // Another length may come from the time of day, or of the method's name in the body; 0 is that of a body left out.
  else if (length === 0 && got.length > 0)
    faults.push({ code: 'LINT_CHECK_HEAD', seen: `a length of 0, and of ${got.length} to GET` })
  return faults
}

function placeOf({ method = 'GET', target = '/' }: TestRequest): string {
  return `${method} ${target.split('?', 1)[0] ?? ''}`
}
