// wsgi.input of requests that reach a TypeScript application before their bodies do (`--stream-requests`): the rules are the same.

import { afterAll, beforeAll, describe } from 'vitest'
import { FIXTURES } from '../harness/fixtures.ts'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { streamedInputCases } from './cases/input.ts'
import { runCases, runScenarios } from './run-cases.ts'
import { expectContinueScenarios } from './scenarios/expect-continue.ts'
import { httpTarget } from './target.ts'
import type { Target } from './target.ts'

let gantry: GantryProcess
beforeAll(async () => {
  const options = ['--chdir', FIXTURES, '--fronts', '1', '--stream-requests', '/']
  gantry = await startGantry(['mount_applications.ts', ...options])
})
afterAll(() => gantry[Symbol.asyncDispose]())
const target = (): Target => httpTarget(gantry)

describe('wsgi.input', () => runCases(streamedInputCases, target, 'typescript'))
describe('Expect: 100-continue', () => runScenarios(expectContinueScenarios, target, 'typescript'))
