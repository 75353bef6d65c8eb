// What a conformance case is: one rule of WSGI, an application, one request, and what must come back. Says nothing of how the
// application is reached, so that every gateway and every kind of application runs the same cases.

import type { Target } from './target.ts'

/** What an application is written in. */
export type Language = 'python' | 'typescript'

export interface CaseRequest {
  /** `GET` if left out. */
  readonly method?: string
  /** What follows the application's mount path in the request target: `/path?query`. */
  readonly target?: string
  /** `1.1` if left out. */
  readonly version?: '1.0' | '1.1'
  /** Field lines besides Host and those that say how long the body is. */
  readonly fields?: readonly string[]
  readonly body?: string
  /** Sent as a chunked body, a chunk each. */
  readonly chunks?: readonly string[]
}

export interface CaseAnswer {
  /** `HTTP/1.1 200 OK` if left out. */
  readonly statusLine?: string
  /** The values of the field in the order sent: a text, a pattern for the only one, `absent`. */
  readonly fields?: Readonly<Record<string, string | readonly string[] | RegExp | typeof absent>>
  readonly body?: string | RegExp
  /** Members of the JSON object that the body is. */
  readonly json?: Readonly<Record<string, string | RegExp | typeof absent>>
  /** The blocks of a chunked body. */
  readonly chunks?: readonly string[]
  /** `kept`, if left out: the next request on the connection is answered. `cut`: it ends in the middle of the answer. */
  readonly connection?: 'kept' | 'closed' | 'cut'
  /** Each is in what was logged since the request was sent. */
  readonly log?: readonly RegExp[]
  /** None is in what was logged. */
  readonly notInLog?: readonly RegExp[]
}

/** The field or key must not be there. */
export const absent = Symbol('absent')

export interface ConformanceCase {
  /** Rules of wsgi-requirements.md that the case covers. */
  readonly id: string
  /** The rule as a sentence: the test's name. */
  readonly rule: string
  /** The module in test/fixtures/applications: `x.py`, and its twin `x.ts`. */
  readonly application: string
  readonly request?: CaseRequest
  readonly answer: CaseAnswer
  /** The members of `answer` that are others for a TypeScript application. */
  readonly typescript?: CaseAnswer
  /** The only language that the rule means something in. */
  readonly only?: Language
}

/** A rule that one request and one answer cannot show: about time, or about more than one connection. */
export interface Scenario {
  readonly id: string
  readonly rule: string
  readonly only?: Language
  readonly run: (target: Target) => Promise<void>
}

/** The request as it goes over the wire. */
export function rawRequest(application: string, request: CaseRequest = {}): string {
  const { method = 'GET', target = '', version = '1.1', fields = [], body, chunks } = request
  const lines = [`${method} /${application}${target} HTTP/${version}`, 'Host: test.example', ...fields]
  if (body !== undefined) lines.push(`Content-Length: ${body.length}`)
  if (chunks !== undefined) lines.push('Transfer-Encoding: chunked')
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}${chunks === undefined ? '' : chunkedBody(chunks)}`
}

function chunkedBody(chunks: readonly string[]): string {
  const encoded = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
  return `${encoded.join('')}0\r\n\r\n`
}
