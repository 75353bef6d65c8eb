// The conformance cases for CGI: each request is one run of an application, from environment and standard input to standard output.

import { expect, test } from 'vitest'
import type { CgiRun } from '../harness/cgi-process.ts'
import { RawResponse } from '../harness/raw-response.ts'
import type { CaseAnswer, CaseRequest, ConformanceCase, Language } from './conformance-case.ts'
import { checkBody, checkFields } from './run-cases.ts'

/** What a web server hands to a CGI program. Strings hold one character a byte. */
export interface CgiRequest {
  readonly application: string
  readonly variables: Readonly<Record<string, string>>
  readonly body: Buffer
}

export type RunCgi = (request: CgiRequest) => Promise<CgiRun>

// The web server's own, whatever stands behind it.
const NOT_OURS = new Set(['Date', 'Server', 'Transfer-Encoding', 'Connection'])
// What a client sends wrong or twice the web server has dealt with, and HTTP/1.0 is between the two.
const NOT_HERE =
  /header with _|repeated|environment variables do not leak|client, server and the target|as the server .*Server/

/** A test for each case that means something for CGI, and in `language`. */
export function runCgiCases(cases: readonly ConformanceCase[], language: Language, run: RunCgi): void {
  const meant = cases.filter(
    ({ only, rule, request }) =>
      (only ?? language) === language && request?.version !== '1.0' && !NOT_HERE.test(rule),
  )
  for (const each of meant) {
    const answer = language === 'python' ? each.answer : { ...each.answer, ...each.typescript }
    test(`${each.id} W62 ${each.rule}`, async () => {
      checkRun(await run(cgiRequest(each.application, each.request)), answer)
    })
  }
}

/** A request as a web server that is mounted at the root of the applications describes it. */
export function cgiRequest(application: string, request: CaseRequest = {}): CgiRequest {
  const { method = 'GET', target = '', fields = [], body, chunks } = request
  const [path = '', ...query] = `/${application}${target}`.split('?')
  const variables: Record<string, string> = {
    GATEWAY_INTERFACE: 'CGI/1.1',
    REQUEST_METHOD: method,
    SCRIPT_NAME: '',
    PATH_INFO: decoded(path),
    QUERY_STRING: query.join('?'),
    REQUEST_URI: `/${application}${target}`,
    SERVER_NAME: 'test.example',
    SERVER_PORT: '80',
    SERVER_PROTOCOL: 'HTTP/1.1',
    REMOTE_ADDR: '127.0.0.1',
    HTTP_HOST: 'test.example',
  }
  for (const field of fields) {
    const [name = '', value = ''] = field.split(/: ?(.*)/s)
    const key = name.toUpperCase().replaceAll('-', '_')
    variables[key === 'CONTENT_TYPE' ? key : `HTTP_${key}`] = value
  }
  if (body !== undefined) variables['CONTENT_LENGTH'] = String(body.length)
  if (chunks !== undefined) variables['HTTP_TRANSFER_ENCODING'] = 'chunked'
  return { application, variables, body: Buffer.from(chunks?.join('') ?? body ?? '', 'latin1') }
}

/** The answer as if it had come over HTTP. */
export function cgiResponse(output: Buffer): RawResponse {
  const end = output.indexOf('\r\n\r\n')
  const [status = '', ...fields] = output.toString('latin1', 0, end).split('\r\n')
  const response = new RawResponse([status.replace(/^Status: /, 'HTTP/1.1 '), ...fields].join('\r\n'), [])
  response.body = output.subarray(end + 4)
  return response
}

function checkRun({ output, log, exitStatus }: CgiRun, answer: CaseAnswer): void {
  const { statusLine = 'HTTP/1.1 200 OK', fields = {}, connection = 'kept' } = answer
  const ours = Object.entries(fields).filter(([name]) => !NOT_OURS.has(name))
  const response = cgiResponse(output)
  expect(response.statusLine, log).toBe(statusLine)
  checkFields(response, { ...answer, fields: Object.fromEntries(ours) })
  const { body, json } = answer
  const expected = body instanceof RegExp ? asInCgi(body) : body
  checkBody(response, {
    ...(expected === undefined ? {} : { body: expected }),
    ...(json === undefined ? {} : { json }),
  })
  const isFailure = connection === 'cut' || / 500 /.test(statusLine)
  expect(exitStatus, log).toBe(isFailure ? 1 : 0)
  for (const pattern of answer.log ?? []) expect(log).toMatch(asInCgi(pattern))
  for (const pattern of answer.notInLog ?? []) expect(log).not.toMatch(pattern)
}

/** What is another thing for a process that ends with its request. */
function asInCgi({ source }: RegExp): RegExp {
  return new RegExp(
    source
      .replace('run_once False', 'run_once True')
      .replace('the server goes on', 'asked the process to end'),
  )
}

const decoded = (path: string): string =>
  path.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
