// The WSGI requirements for TypeScript applications under CGI, W60 to W62, in this process: what makes a process of its own of it is tested
// in test/integration/cgi-command.test.ts.

import { closeSync, openSync, writeFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { describe } from 'vitest'
import { ApplicationHandler } from '../../src/applications/application-handler.ts'
import { CgiProblem, bodyBytes, cgiStrings } from '../../src/gateways/cgi/cgi-environ.ts'
import { CgiExchange } from '../../src/gateways/cgi/cgi-exchange.ts'
import { StandardInput } from '../../src/gateways/cgi/standard-input.ts'
import { textLog } from '../../src/observe/log.ts'
import { SYSTEM_CLOCK } from '../../src/observe/clock.ts'
import { Teller } from '../../src/observe/teller.ts'
import { applicationReports, cgiReports } from '../../src/server/reports.ts'
import { type ApplicationLike, asApplication } from '../../src/wsgi/as-application.ts'
import type { CgiRun } from '../harness/cgi-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { applicationCases } from './cases/application.ts'
import { environCases } from './cases/environ.ts'
import { fileWrapperCases } from './cases/file-wrapper.ts'
import { inputCases } from './cases/input.ts'
import { responseCases } from './cases/response.ts'
import { startResponseCases } from './cases/start-response.ts'
import { statusAndHeaderCases } from './cases/status-and-headers.ts'
import { type CgiRequest, runCgiCases } from './cgi-run.ts'
import type { ConformanceCase } from './conformance-case.ts'

async function run({ application: name, variables, body }: CgiRequest): Promise<CgiRun> {
  const module = (await import(`../fixtures/applications/${name}.ts`)) as {
    readonly application: ApplicationLike
  }
  using directory = new TemporaryDirectory()
  writeFileSync(directory.join('body'), body)
  const descriptor = openSync(directory.join('body'), 'r')
  const blocks: Buffer[] = []
  const output = new Writable({
    write(block: Buffer, _, done) {
      blocks.push(block)
      done()
    },
  })
  let log = ''
  const told = textLog({
    stdout: () => undefined,
    stderr: (text) => (log += text),
    now: () => new Date(),
  })
  const strings = cgiStrings(Object.entries(variables))
  if (strings instanceof CgiProblem) throw new Error(strings.message)
  const exchange = new CgiExchange({
    strings,
    id: 'one',
    body: new StandardInput(descriptor, bodyBytes(strings)),
    output,
    ...cgiReports(told),
  })
  const reports = applicationReports({ log: told, teller: new Teller(SYSTEM_CLOCK) })
  const limits = { requestTimeoutMs: 0, responseIdleTimeoutMs: 0, routes: [] }
  const facts = { isMultiprocess: true, isRunOnce: true }
  new ApplicationHandler(asApplication(module.application), reports, limits, facts).handle(exchange)
  const outcome = await exchange.whenOver
  closeSync(descriptor)
  return { output: Buffer.concat(blocks), log, exitStatus: outcome === 'answered' ? 0 : 1 }
}

const cases = (table: readonly ConformanceCase[]): void => runCgiCases(table, 'typescript', run)
// A body in chunks is collected before anything else.
const withLength = inputCases.filter(({ request }) => request?.chunks === undefined)

describe('the application object', () => cases(applicationCases))
describe('environ', () => cases(environCases))
describe('wsgi.input and wsgi.errors', () => cases(withLength))
describe('start_response and write', () => cases(startResponseCases))
describe('status and headers', () => cases(statusAndHeaderCases))
describe('the response', () => cases(responseCases))
describe('wsgi.file_wrapper', () => cases(fileWrapperCases))
