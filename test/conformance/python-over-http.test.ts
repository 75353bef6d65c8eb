// The WSGI requirements, W1 to W51, for Python applications over HTTP/1.1. W50 (exceptions that pass through to a caller) is about
// TypeScript's callers: test/wsgi/answer-of.test.ts.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GantryProcess, REPOSITORY, startGantry } from '../harness/gantry-process.ts'
import { applicationCases } from './cases/application.ts'
import { environCases } from './cases/environ.ts'
import { fileWrapperCases } from './cases/file-wrapper.ts'
import { inputCases } from './cases/input.ts'
import { responseCases } from './cases/response.ts'
import { startResponseCases } from './cases/start-response.ts'
import { statusAndHeaderCases } from './cases/status-and-headers.ts'
import { rawRequest } from './conformance-case.ts'
import { runCases, runScenarios } from './run-cases.ts'
import { closingScenarios } from './scenarios/closing.ts'
import { expectContinueScenarios } from './scenarios/expect-continue.ts'
import { timingScenarios } from './scenarios/timing.ts'
import { httpTarget } from './target.ts'
import type { Target } from './target.ts'

const FIXTURES = `${REPOSITORY}/test/fixtures`
const ENVIRONMENT = { CONFORMANCE_SECRET: 'not for applications', PYTHONDONTWRITEBYTECODE: '1' }

function startFixtures(...options: string[]): Promise<GantryProcess> {
  return startGantry(['mount_applications', '--chdir', FIXTURES, ...options], { env: ENVIRONMENT })
}

let threaded: GantryProcess
let forked: GantryProcess
beforeAll(async () => {
  // One worker of several threads, and several workers of one thread: between them every value that wsgi.multi… can have.
  const started = [
    startFixtures('--workers', '1', '--threads', '4'),
    startFixtures('--workers', '2', '--threads', '1'),
  ]
  const [first, second] = await Promise.all(started)
  threaded = first!
  forked = second!
})
afterAll(async () => {
  await Promise.all([threaded[Symbol.asyncDispose](), forked[Symbol.asyncDispose]()])
})
const target = (): Target => httpTarget(threaded)

describe('the application object', () => runCases(applicationCases, target))
describe('environ', () => runCases(environCases, target))
describe('wsgi.input and wsgi.errors', () => runCases(inputCases, target))
describe('start_response and write', () => runCases(startResponseCases, target))
describe('status and headers', () => runCases(statusAndHeaderCases, target))
describe('the response', () => runCases(responseCases, target))
describe('wsgi.file_wrapper', () => runCases(fileWrapperCases, target))
describe('Expect: 100-continue', () => runScenarios(expectContinueScenarios, target))
describe('data that does not wait', () => runScenarios(timingScenarios, target))
describe('close()', () => runScenarios(closingScenarios, target))

describe('wsgi.multithread and wsgi.multiprocess', () => {
  test('W14 several threads in one process', async () => {
    const { text } = await target().request(rawRequest('shows_wsgi_objects'))
    expect(text).toContain('multithread True\nmultiprocess False\n')
  })

  test('W14 several processes of one thread, which is the main thread', async () => {
    const { text } = await httpTarget(forked).request(rawRequest('shows_wsgi_objects'))
    expect(text).toContain('multithread False\nmultiprocess True\n')
    expect(text).toContain('main thread True')
  })
})
