// wsgi.input of requests that reach the application before their bodies do (`--stream-requests`): the rules are the same.

import { afterAll, beforeAll, describe } from 'vitest'
import { startFixtures } from '../harness/fixtures.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { streamedInputCases } from './cases/input.ts'
import { runCases, runScenarios } from './run-cases.ts'
import { expectContinueScenarios } from './scenarios/expect-continue.ts'
import { httpTarget } from './target.ts'
import type { Target } from './target.ts'

let gantry: GantryProcess
beforeAll(async () => {
  gantry = await startFixtures(['--workers', '1', '--threads', '4', '--stream-requests', '/'])
})
afterAll(() => gantry[Symbol.asyncDispose]())
const target = (): Target => httpTarget(gantry)

describe('wsgi.input', () => runCases(streamedInputCases, target))
describe('Expect: 100-continue', () => runScenarios(expectContinueScenarios, target))
