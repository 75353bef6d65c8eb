// Runs conformance cases and scenarios against a target: a test each, named for its rule.

import { expect, test } from 'vitest'
import type { RawConnection } from '../harness/raw-connection.ts'
import type { RawResponse } from '../harness/raw-response.ts'
import { until } from '../harness/until.ts'
import { absent, rawRequest } from './conformance-case.ts'
import type { CaseAnswer, ConformanceCase, Language, Scenario } from './conformance-case.ts'
import type { Target } from './target.ts'

const LOG_DEADLINE_MS = 5_000
const DEFAULT_STATUS_LINE = 'HTTP/1.1 200 OK'

/** A test for each case that means something in `language`. */
export function runCases(
  cases: readonly ConformanceCase[],
  target: () => Target,
  language: Language = 'python',
): void {
  for (const each of cases.filter(meantFor(language))) {
    const answer = language === 'python' ? each.answer : { ...each.answer, ...each.typescript }
    test(`${each.id} ${each.rule}`, () => runCase({ ...each, answer }, target()))
  }
}

export function runScenarios(
  scenarios: readonly Scenario[],
  target: () => Target,
  language: Language = 'python',
): void {
  for (const { id, rule, run } of scenarios.filter(meantFor(language))) {
    test(`${id} ${rule}`, () => run(target()))
  }
}

const meantFor =
  (language: Language) =>
  ({ only }: { readonly only?: Language }): boolean =>
    only === undefined || only === language

async function runCase({ application, request, answer }: ConformanceCase, target: Target): Promise<void> {
  const logStart = target.log().length
  using connection = await target.open()
  const response = await connection.request(rawRequest(application, request), request?.method)

  expect(response.statusLine).toBe(answer.statusLine ?? DEFAULT_STATUS_LINE)
  checkFields(response, answer)
  checkBody(response, answer)
  await checkConnection(connection, response, answer)
  await checkLog(target, logStart, answer)
}

export function checkFields(response: RawResponse, { fields = {} }: CaseAnswer): void {
  for (const [name, expected] of Object.entries(fields)) {
    const values = response.values(name)
    if (expected === absent) expect(values, name).toEqual([])
    else if (expected instanceof RegExp) expect(values, name).toEqual([expect.stringMatching(expected)])
    else expect(values, name).toEqual(typeof expected === 'string' ? [expected] : expected)
  }
}

export function checkBody(response: RawResponse, { body, json, chunks }: CaseAnswer): void {
  if (body instanceof RegExp) expect(response.text).toMatch(body)
  else if (body !== undefined) expect(response.text).toBe(body)
  if (chunks !== undefined) expect(response.chunks.map(String)).toEqual(chunks)
  if (json === undefined) return
  const members = JSON.parse(response.body.toString('utf8')) as Record<string, unknown>
  for (const [key, expected] of Object.entries(json)) {
    if (expected === absent) expect(members).not.toHaveProperty([key])
    else if (expected instanceof RegExp) expect(members[key], key).toMatch(expected)
    else expect(members[key], key).toBe(expected)
  }
}

async function checkConnection(
  connection: RawConnection,
  response: RawResponse,
  { connection: expected = 'kept' }: CaseAnswer,
): Promise<void> {
  if (expected === 'kept') {
    expect(response.isComplete).toBe(true)
    const next = await connection.request(rawRequest('answers_hello'))
    expect([next.statusLine, next.text, next.isComplete]).toEqual([DEFAULT_STATUS_LINE, 'hello', true])
    return
  }
  await connection.ended()
  expect(connection.received.toString('latin1')).toBe('')
  expect(response.isComplete ? 'closed' : 'cut').toBe(expected)
}

async function checkLog(
  target: Target,
  start: number,
  { log = [], notInLog = [] }: CaseAnswer,
): Promise<void> {
  const logged = (): string => target.log().slice(start)
  for (const pattern of log) {
    await until(
      () => pattern.test(logged()),
      LOG_DEADLINE_MS,
      () => `no ${String(pattern)} in the log:\n${logged()}`,
    )
  }
  if (notInLog.length === 0) return
  await logFence(target)
  for (const pattern of notInLog) expect(logged()).not.toMatch(pattern)
}

let fences = 0

/** Resolves when everything that was logged before has arrived: the fence's own line, which an application prints, comes after it. */
export async function logFence(target: Target): Promise<void> {
  const mark = `fence-${++fences}`
  await target.request(rawRequest('tells_of_its_close', { target: `?normal:${mark}` }))
  await until(
    () => target.log().includes(`closed ${mark}\n`),
    LOG_DEADLINE_MS,
    () => `no ${mark}:\n${target.log()}`,
  )
}
