// `gantry cgi` as a web server starts it: one process, one request. What applications may say and do is tested in test/conformance/.

import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { cgiResponse } from '../conformance/cgi-run.ts'
import { type CgiRun, exitStatusOf, runCgi, startCgi } from '../harness/cgi-process.ts'
import { FIXTURES } from '../harness/fixtures.ts'
import { MAIN } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const GET = {
  REQUEST_METHOD: 'GET',
  PATH: process.env['PATH'] ?? '',
  PYTHONDONTWRITEBYTECODE: '1',
}
const DEADLINE_MS = 10_000
const ERROR_PAGE = '500 Internal Server Error\n'

interface Given {
  readonly variables?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly body?: string
}

/** The words behind `gantry cgi`. */
function gantryCgi(
  words: readonly string[],
  { variables = {}, cwd = `${FIXTURES}/cgi`, body = '' }: Given = {},
): Promise<CgiRun> {
  const program = {
    argv: [process.execPath, MAIN, 'cgi', ...words],
    variables: { ...GET, ...variables },
    cwd,
  }
  return runCgi(program, Buffer.from(body, 'latin1'))
}

const jsonOf = ({ output }: CgiRun): unknown => JSON.parse(cgiResponse(output).body.toString('utf8'))
const headOf = ({ output }: CgiRun): string => output.toString('latin1').split('\r\n\r\n')[0]!

/** An endless answer, of which some has come. */
async function startEndless(application: string): Promise<ChildProcess & { log: string }> {
  const argv = [process.execPath, MAIN, 'cgi', application]
  const child = startCgi({ argv, variables: { ...GET, QUERY_STRING: 'endless:here' }, cwd: FIXTURES })
  const told = Object.assign(child, { log: '' })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (told.log += text))
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (data: Buffer) => {
      if (data.includes('more and more')) resolve()
    })
  })
  return told
}

describe.each([
  { language: 'Python', extension: 'py' },
  { language: 'TypeScript', extension: 'ts' },
])('a $language application', ({ extension }) => {
  const application = `./tells_its_request.${extension}`

  test('W60 W61 is given what the web server hands over, every byte of it', async () => {
    const ran = await gantryCgi(
      ['--script-name=/caf%C3%A9', '--env', 'SETTING=one', '--', application, '/srv/x.cgi', '--workers', '2'],
      {
        variables: {
          REQUEST_METHOD: 'PUT',
          SCRIPT_NAME: '/cgi-bin/x.cgi',
          PATH_INFO: '/\u00ff/\u00c3\u00a9',
          HTTPS: '1',
          HTTP_X_BYTES: 'caf\u00e9',
          HTTP_PROXY: 'http://192.0.2.1:1',
          CONTENT_LENGTH: '4',
        },
        body: '\u0000\u00ff\r\n beyond',
      },
    )
    expect(jsonOf(ran)).toEqual({
      REQUEST_METHOD: 'PUT',
      SCRIPT_NAME: '/caf\u00c3\u00a9',
      PATH_INFO: '/\u00ff/\u00c3\u00a9',
      REQUEST_URI: '/caf%C3%A9/%FF/%C3%A9',
      CONTENT_LENGTH: '4',
      HTTP_X_BYTES: 'caf\u00e9',
      HTTP_PROXY: null,
      'wsgi.url_scheme': 'https',
      body: '\u0000\u00ff\r\n',
      runOnce: true,
      directory: `${FIXTURES}/cgi`,
      setting: 'one',
      proxy: null,
    })
    expect(headOf(ran)).toMatch(/^Status: 200 OK\r\nContent-Type: application\/json\r\nContent-Length: \d+$/)
    expect([ran.exitStatus, ran.log]).toEqual([0, 'a line that is printed\n'])
  })

  test.each(['', 'unread'])('W60 takes of the standard input what CONTENT_LENGTH says (%s)', async (how) => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('input'), 'hello and what follows')
    const argv = ['/bin/sh', '-c', 'input=$1; shift; { "$@" >/dev/null; cat; } <"$input"', 'sh']
    const { output } = await runCgi({
      argv: [...argv, directory.join('input'), process.execPath, MAIN, 'cgi', application],
      variables: { ...GET, REQUEST_METHOD: 'POST', CONTENT_LENGTH: '5', QUERY_STRING: how },
      cwd: `${FIXTURES}/cgi`,
    })
    expect(output.toString()).toBe(' and what follows')
  })

  test('W16 reads a body that came in chunks to the end of the input', async () => {
    const body = 'x'.repeat(100_000)
    const variables = { REQUEST_METHOD: 'POST', HTTP_TRANSFER_ENCODING: 'chunked' }
    const ran = await gantryCgi([application], { variables, body })
    expect(jsonOf(ran)).toMatchObject({ CONTENT_LENGTH: '100000', body })
  })

  test('an input that ends too soon has no answer', async () => {
    const variables = { REQUEST_METHOD: 'POST', CONTENT_LENGTH: '9' }
    const ran = await gantryCgi([application], { variables, body: 'hello' })
    expect([ran.output.toString(), ran.exitStatus]).toEqual(['', 1])
    expect(ran.log).toMatch(
      / info the standard input ended 4 bytes before CONTENT_LENGTH said: \d+ POST \/\n/,
    )
  })

  test('a length that is none is a bad request', async () => {
    const ran = await gantryCgi([application], { variables: { CONTENT_LENGTH: '+1' } })
    expect([headOf(ran), ran.exitStatus]).toEqual([expect.stringMatching(/^Status: 400 Bad Request\r\n/), 1])
  })

  test('W45 W48 close() is called when nobody reads the answer any more', async () => {
    const child = await startEndless(`./applications/tells_of_its_close.${extension}`)
    child.stdout?.destroy()
    expect(await exitStatusOf(child)).toBe(1)
    expect(child.log).toMatch(/ info the client left before its answer was complete .*: \d+ GET /)
    expect(child.log.split('closed here\n')).toHaveLength(2)
    expect(child.log).not.toMatch(/Traceback|Error on request/)
  })

  test('W45 close() is called when the web server ends the request', async () => {
    const child = await startEndless(`./applications/tells_of_its_close.${extension}`)
    child.kill('SIGTERM')
    expect(await exitStatusOf(child)).toBe(143)
    await until(
      () => child.log.includes('closed here\n'),
      DEADLINE_MS,
      () => child.log,
    )
    expect(child.log).toMatch(/ info the web server ended the request \(SIGTERM\): /)
  })

  test('one that cannot be loaded is answered 500, and the log says why', async () => {
    const ran = await gantryCgi([`./nowhere.${extension}`])
    expect([cgiResponse(ran.output).text, ran.exitStatus]).toEqual([ERROR_PAGE, 1])
    expect(ran.log).toMatch(/^gantry: there is no file .*\(GANTRY_APPLICATION_NOT_FOUND\)\n$/s)
  })

  test('--lint says what it finds', async () => {
    const ran = await gantryCgi(['--lint', `./applications/yields_before_starting.${extension}`], {
      cwd: FIXTURES,
    })
    expect(ran.log).toMatch(/ lint: LINT_START_LATE .*\n/)
  })
})

test('functions of a Python application that run where a worker begins and ends run here too', async () => {
  using directory = new TemporaryDirectory()
  writeFileSync(directory.join('app.py'), WITH_HOOKS)
  const ran = await gantryCgi(['./app.py'], { cwd: directory.path })
  expect([cgiResponse(ran.output).text, ran.log]).toEqual(['hello', 'begins\nanswers\nends\n'])
})

test("a module of the application's takes no other's place when it fails", async () => {
  using directory = new TemporaryDirectory()
  writeFileSync(directory.join('traceback.py'), 'raise RuntimeError("not meant")')
  writeFileSync(directory.join('app.py'), 'def application(environ, start_response): return 1 / 0')
  const ran = await gantryCgi(['./app.py'], { cwd: directory.path })
  expect(ran.log).toMatch(/Error on request [^]*Traceback [^]*ZeroDivisionError: division by zero\n$/)
})

const WITH_HOOKS = `
from gantry_worker import hooks

hooks.after_fork(lambda: print("begins"))
hooks.before_exit(lambda: print("ends"))

def application(environ, start_response):
    print("answers")
    start_response("200 OK", [])
    return [b"hello"]
`

describe('what gantry cgi is not for', () => {
  test('an environment without a request', async () => {
    const ran = await gantryCgi(['./tells_its_request.py'], { variables: { REQUEST_METHOD: '' } })
    expect([ran.output.toString(), ran.exitStatus]).toEqual(['', 2])
    expect(ran.log).toMatch(/no REQUEST_METHOD.*\n.*To try by hand: .*\(GANTRY_CGI_ENVIRONMENT\)/)
  })

  test('options of a server, as flags; as variables they may be meant for one', async () => {
    const flags = await gantryCgi(['--workers', '2', '--bind', ':80', './tells_its_request.py'])
    expect(flags.log).toMatch(
      /option --bind has no effect in gantry cgi.*option --workers has no effect in gantry cgi/s,
    )
    expect([cgiResponse(flags.output).text, flags.exitStatus]).toEqual([ERROR_PAGE, 2])
    const variables = await gantryCgi(['./tells_its_request.py'], { variables: { GANTRY_WORKERS: '2' } })
    expect(variables.exitStatus).toBe(0)
  })

  test('an option behind the application, where words of a client may stand', async () => {
    const ran = await gantryCgi(['./tells_its_request.py', '--lint'])
    expect(ran.log).toMatch(/"--lint" stands behind the application; options come before it/)
    expect(ran.exitStatus).toBe(2)
  })

  test('middleware before a Python application', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('gantry.config.mjs'), CONFIGURATION)
    const python = await gantryCgi([`${FIXTURES}/cgi/tells_its_request.py`], { cwd: directory.path })
    expect([python.log, python.exitStatus]).toEqual([expect.stringContaining('GANTRY_CGI_MIDDLEWARE'), 2])
    const script = await gantryCgi([`${FIXTURES}/cgi/tells_its_request.ts`], { cwd: directory.path })
    expect(cgiResponse(script.output).values('X-Middleware')).toEqual(['here'])
  })
})

const CONFIGURATION = `
export default {
  middleware: [(application) => (environ, startResponse) =>
    application(environ, (status, headers, excInfo) =>
      startResponse(status, [...headers, ['X-Middleware', 'here']], excInfo))],
}
`

test('gantry cgi --help says what it takes', async () => {
  const { output } = await gantryCgi(['--help'])
  expect(output.toString()).toMatch(/^Usage: gantry cgi \[APP\] \[options\]\n[^]*--script-name PREFIX/)
  expect(output.toString()).not.toContain('--bind')
})
