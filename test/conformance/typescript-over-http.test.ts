// The WSGI requirements, W1 to W49, for TypeScript applications over HTTP/1.1: the same tables as for Python.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FIXTURES } from '../harness/fixtures.ts'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { applicationCases } from './cases/application.ts'
import { environCases } from './cases/environ.ts'
import { fileWrapperCases } from './cases/file-wrapper.ts'
import { inputCases } from './cases/input.ts'
import { responseCases } from './cases/response.ts'
import { startResponseCases } from './cases/start-response.ts'
import { statusAndHeaderCases } from './cases/status-and-headers.ts'
import type { ConformanceCase, Scenario } from './conformance-case.ts'
import { rawRequest } from './conformance-case.ts'
import { runCases, runScenarios } from './run-cases.ts'
import { closingScenarios } from './scenarios/closing.ts'
import { expectContinueScenarios } from './scenarios/expect-continue.ts'
import { timingScenarios } from './scenarios/timing.ts'
import { httpTarget } from './target.ts'
import type { Target } from './target.ts'

const FIXTURE_OPTIONS = ['mount_applications.ts', '--chdir', FIXTURES]
const ENVIRONMENT = { CONFORMANCE_SECRET: 'not for applications' }

let alone: GantryProcess
let several: GantryProcess
beforeAll(async () => {
  const started = ['1', '2'].map((fronts) =>
    startGantry([...FIXTURE_OPTIONS, '--fronts', fronts], { env: ENVIRONMENT }),
  )
  ;[alone, several] = (await Promise.all(started)) as [GantryProcess, GantryProcess]
})
afterAll(async () => {
  await Promise.all([alone[Symbol.asyncDispose](), several[Symbol.asyncDispose]()])
})
const target = (): Target => httpTarget(alone)

const cases = (table: readonly ConformanceCase[]): void => runCases(table, target, 'typescript')
const scenarios = (table: readonly Scenario[]): void => runScenarios(table, target, 'typescript')

describe('the application object', () => cases(applicationCases))
describe('environ', () => cases(environCases))
describe('wsgi.input and wsgi.errors', () => cases(inputCases))
describe('start_response and write', () => cases(startResponseCases))
describe('status and headers', () => cases(statusAndHeaderCases))
describe('the response', () => cases(responseCases))
describe('wsgi.file_wrapper', () => cases(fileWrapperCases))
describe('Expect: 100-continue', () => scenarios(expectContinueScenarios))
describe('data that does not wait', () => scenarios(timingScenarios))
describe('close()', () => scenarios(closingScenarios))

describe('wsgi.multithread and wsgi.multiprocess', () => {
  test('W14 one thread in one process', async () => {
    const { text } = await target().request(rawRequest('shows_wsgi_objects'))
    expect(text).toContain('multithread False\nmultiprocess False\n')
  })

  test('W14 several processes of one thread', async () => {
    const { text } = await httpTarget(several).request(rawRequest('shows_wsgi_objects'))
    expect(text).toContain('multithread False\nmultiprocess True\n')
  })
})
