// The WSGI requirements for Python applications with TypeScript middleware in front: the request becomes an environ object, and the
// answer headers and blocks, on the way.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GantryProcess, REPOSITORY, startGantry } from '../harness/gantry-process.ts'
import { applicationCases } from './cases/application.ts'
import { environCases } from './cases/environ.ts'
import { fileWrapperCases } from './cases/file-wrapper.ts'
import { inputCases } from './cases/input.ts'
import { responseCases } from './cases/response.ts'
import { startResponseCases } from './cases/start-response.ts'
import { statusAndHeaderCases } from './cases/status-and-headers.ts'
import { type ConformanceCase, rawRequest } from './conformance-case.ts'
import { runCases, runScenarios } from './run-cases.ts'
import { closingScenarios } from './scenarios/closing.ts'
import { expectContinueScenarios } from './scenarios/expect-continue.ts'
import { timingScenarios } from './scenarios/timing.ts'
import { httpTarget } from './target.ts'
import type { Target } from './target.ts'

let gantry: GantryProcess
beforeAll(async () => {
  gantry = await startGantry([], {
    cwd: `${REPOSITORY}test/fixtures/configured`,
    env: { CONFORMANCE_SECRET: 'not for applications', PYTHONDONTWRITEBYTECODE: '1' },
  })
})
afterAll(() => gantry[Symbol.asyncDispose]())

/** A worker has sent its head when it finds out; middleware has passed nothing on by then, so that the client can still be told. */
const FOUND_OUT_IN_TIME = 'no data at all where some was declared does not look like an answer'
/** Here it is a race: what was read of the file by then may be on its way. */
const FOUND_OUT_SOMETIME = 'a Content-Length that is longer than the file cuts the answer (real)'

function unlessNothingWasSent(given: ConformanceCase): ConformanceCase {
  if (given.rule !== FOUND_OUT_IN_TIME) return given
  const { log = [] } = given.answer
  return { ...given, answer: { statusLine: 'HTTP/1.1 500 Internal Server Error', log } }
}

const target = (): Target => httpTarget(gantry)

describe('the application object', () => runCases(applicationCases, target))
describe('environ', () => runCases(environCases, target))
describe('wsgi.input and wsgi.errors', () => runCases(inputCases, target))
describe('start_response and write', () => runCases(startResponseCases, target))
describe('status and headers', () => runCases(statusAndHeaderCases, target))
describe('the response', () => runCases(responseCases.map(unlessNothingWasSent), target))
describe('wsgi.file_wrapper', () => {
  runCases(
    fileWrapperCases.filter(({ rule }) => rule !== FOUND_OUT_SOMETIME),
    target,
  )

  test(`W46 ${FOUND_OUT_SOMETIME}, or is an error page while nothing was sent`, async () => {
    using connection = await target().open()
    const response = await connection.request(rawRequest('sends_a_file', { target: '?real:200001' }))
    expect([response.status, response.isComplete]).toEqual(
      response.status === 200 ? [200, false] : [500, true],
    )
  })
})
describe('Expect: 100-continue', () => runScenarios(expectContinueScenarios, target))
describe('data that does not wait', () => runScenarios(timingScenarios, target))
describe('close()', () => runScenarios(closingScenarios, target))
