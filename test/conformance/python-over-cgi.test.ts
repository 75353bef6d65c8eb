// The WSGI requirements for Python applications under CGI: W60 to W62, and of the others what a gateway can get wrong. Without Node, to
// which it makes no difference (test/integration/cgi-command.test.ts).

import { execFileSync } from 'node:child_process'
import { describe } from 'vitest'
import { runCgi } from '../harness/cgi-process.ts'
import { FIXTURES } from '../harness/fixtures.ts'
import { REPOSITORY } from '../harness/gantry-process.ts'
import { applicationCases } from './cases/application.ts'
import { environCases } from './cases/environ.ts'
import { fileWrapperCases } from './cases/file-wrapper.ts'
import { inputCases } from './cases/input.ts'
import { responseCases } from './cases/response.ts'
import { startResponseCases } from './cases/start-response.ts'
import { statusAndHeaderCases } from './cases/status-and-headers.ts'
import { type CgiRequest, runCgiCases } from './cgi-run.ts'
import type { ConformanceCase } from './conformance-case.ts'

// What stands in PATH may be a script that looks for it, at every start.
const PYTHON = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim()
const RUN_CGI = `${REPOSITORY}python/gantry_worker/run_cgi.py`

const run = ({ variables, body }: CgiRequest) =>
  runCgi(
    {
      argv: [PYTHON, RUN_CGI, '--chdir', FIXTURES, 'mount_applications'],
      variables: { ...variables, PYTHONDONTWRITEBYTECODE: '1' },
    },
    body,
  )

/** One of each `application`: the others differ in what does not come as far as the gateway. */
function oneOfEach(cases: readonly ConformanceCase[]): readonly ConformanceCase[] {
  const seen = new Set<string>()
  return cases.filter(({ application }) => !seen.has(application) && seen.add(application))
}

const bodies = inputCases.filter(({ rule }) => /^(read|iterate|readline) |does not read|errors/.test(rule))

describe('the application object', () => runCgiCases(oneOfEach(applicationCases), 'python', run))
describe('environ', () => runCgiCases(environCases, 'python', run))
describe('wsgi.input and wsgi.errors', () => runCgiCases(bodies, 'python', run))
describe('start_response and write', () => runCgiCases(startResponseCases, 'python', run))
describe('status and headers', () => runCgiCases(oneOfEach(statusAndHeaderCases), 'python', run))
describe('the response', () => runCgiCases(responseCases, 'python', run))
describe('wsgi.file_wrapper', () => runCgiCases(fileWrapperCases, 'python', run))
