// The pairs of examples/basics: what the Python one answers, the TypeScript one answers too, byte for byte.

import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FIXTURES, FIXTURE_ENVIRONMENT, openConnection } from '../harness/fixtures.ts'
import { type GantryProcess, REPOSITORY, startGantry } from '../harness/gantry-process.ts'

const BASICS = `${REPOSITORY}examples/basics`
const ONE_WORKER = ['--workers', '1', '--threads', '1']
const PAIR_START_MS = 60_000

interface Case {
  readonly says: string
  readonly method?: string
  readonly path?: string
  readonly body?: string
  readonly answer: Answer
}

interface Answer {
  readonly statusLine: string
  readonly fields: readonly string[]
  readonly blocks: readonly string[]
  readonly isComplete: boolean
}

const TEXT = 'Content-Type: text/plain'
const CHUNKED = 'Transfer-Encoding: chunked'
const answer = (status: string, fields: readonly string[], blocks: readonly string[]): Answer => ({
  statusLine: `HTTP/1.1 ${status}`,
  fields: fields.toSorted(),
  blocks,
  isComplete: true,
})

const CASES: Readonly<Record<string, readonly Case[]>> = {
  function: [
    {
      says: 'gives its one block a Content-Length (W42)',
      answer: answer('200 OK', [TEXT, 'Content-Length: 13'], ['Hello world!\n']),
    },
    {
      says: 'has no body for HEAD (W43)',
      method: 'HEAD',
      answer: answer('200 OK', [TEXT, 'Content-Length: 13'], []),
    },
  ],
  iterator: [
    {
      says: 'sends a block for each step (W1, W44)',
      answer: answer('200 OK', [TEXT, CHUNKED], ['3\n', '2\n', '1\n']),
    },
  ],
  generator: [
    {
      says: 'reads the body line by line, the last one without a line end too (W15)',
      method: 'POST',
      body: 'one\ntwo\nthree',
      answer: answer('200 OK', [TEXT, CHUNKED], ['1: one\n', '2: two\n', '3: three']),
    },
    {
      says: 'answers with nothing to a request without a body (W24)',
      answer: answer('200 OK', [TEXT, 'Content-Length: 0'], []),
    },
  ],
  write: [
    {
      says: 'has one Content-Length over what is written and what is returned (W6)',
      answer: answer('200 OK', [TEXT, 'Content-Length: 12'], ['Hello World!']),
    },
  ],
  middleware: [
    {
      says: 'is handed the environ that a layer has changed, and signed by another (W8)',
      path: '/fr',
      answer: answer('200 OK', [TEXT, CHUNKED], ['Bonjour\n', '-- the greeter\n']),
    },
    {
      says: 'has the status that a layer gives it (W8)',
      path: '/de',
      answer: answer('410 Gone', [TEXT, CHUNKED], ['I do not speak that\n', '-- the greeter\n']),
    },
  ],
  error: [
    {
      says: 'answers when nothing fails',
      answer: answer('200 OK', [TEXT, 'Content-Length: 11'], ['6 / 2 is 3\n']),
    },
    {
      says: 'replaces what was not sent yet (W22)',
      path: '/early',
      answer: answer(
        '500 Internal Server Error',
        [TEXT, 'Content-Length: 24'],
        ['That cannot be divided.\n'],
      ),
    },
    {
      says: 'is cut when it fails after the headers (W23)',
      path: '/late',
      answer: { ...answer('200 OK', [TEXT, CHUNKED], ['6 / 0 is ']), isComplete: false },
    },
  ],
}

/** One request on a connection of its own. Fields are sorted: their order has no meaning, their spelling counts. */
async function ask(gantry: GantryProcess, prefix: string, request: Case): Promise<Answer> {
  const { method = 'GET', path = '/', body } = request
  const length = body === undefined ? '' : `Content-Length: ${body.length}\r\n`
  using connection = await openConnection(gantry)
  const response = await connection.request(
    `${method} ${prefix}${path} HTTP/1.1\r\nHost: test.example\r\n${length}\r\n${body ?? ''}`,
  )
  const fields = response.fields.filter(([name]) => name !== 'Date' && name !== 'Server')
  const blocks = response.chunks.length > 0 ? response.chunks : [response.body]
  return {
    statusLine: response.statusLine,
    fields: fields.map(([name, value]) => `${name}: ${value}`).toSorted(),
    blocks: blocks.map((block) => block.toString('latin1')).filter((block) => block !== ''),
    isComplete: response.isComplete,
  }
}

describe('examples/basics', () => {
  test('has each of them in both languages, and each of them is tested', () => {
    const nameOf = (file: string): string => file.replace(/\.\w+$/, '').replace('_', '-')
    const withEnding = (ending: string): string[] =>
      readdirSync(BASICS)
        .filter((file) => file.endsWith(ending))
        .map(nameOf)
    const expected = [...Object.keys(CASES), 'cgi-run'].toSorted()
    expect(withEnding('.py').toSorted()).toEqual(expected)
    expect(withEnding('.ts').toSorted()).toEqual(expected)
  })
})

describe.each(Object.keys(CASES))('examples/basics/%s', (name) => {
  let servers: readonly GantryProcess[]
  beforeAll(async () => {
    servers = await Promise.all([
      startGantry([`examples/basics/${name}.py`, ...ONE_WORKER], { env: FIXTURE_ENVIRONMENT }),
      startGantry([`examples/basics/${name}.ts`, '--fronts', '1']),
    ])
  }, PAIR_START_MS)
  afterAll(async () => {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
  })

  for (const request of CASES[name]!) {
    test(`${request.says}, in Python and in TypeScript`, async () => {
      const [python, typescript] = await Promise.all(servers.map((server) => ask(server, '', request)))
      expect(python).toEqual(request.answer)
      expect(typescript).toEqual(request.answer)
    })
  }
})

describe("the Python ones behind wsgiref's validator (W70)", () => {
  let gantry: GantryProcess
  beforeAll(async () => {
    gantry = await startGantry(
      ['validated_basics', '--chdir', BASICS, '--pythonpath', FIXTURES, ...ONE_WORKER],
      { env: FIXTURE_ENVIRONMENT },
    )
  })
  afterAll(async () => await gantry[Symbol.asyncDispose]())

  for (const [name, requests] of Object.entries(CASES)) {
    test.each(requests)(`${name} answers the same: request %#`, async (request) => {
      const { statusLine, blocks, isComplete } = await ask(gantry, `/${name}`, request)
      expect(statusLine).toBe(request.answer.statusLine)
      expect(blocks.join('')).toBe(request.answer.blocks.join(''))
      expect(isComplete).toBe(request.answer.isComplete)
    })
  }

  test('break no rule', () => {
    expect(gantry.stderr).not.toContain('AssertionError')
  })
})

describe('the CGI run', () => {
  const PROGRAMS = [
    ['Python', 'python3', ['-B', `${BASICS}/cgi_run.py`]],
    ['TypeScript', process.execPath, ['--import', 'tsx', `${BASICS}/cgi-run.ts`]],
  ] as const

  test.each(PROGRAMS)(
    'W61 in %s answers with Status, headers, an empty line, body',
    async (_, ...command) => {
      expect(await runAsCgi(...command)).toBe(
        'Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n1: one\n2: two\n',
      )
    },
  )
})

/** W60: no more than CONTENT_LENGTH is read of the standard input. */
function runAsCgi(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'], REQUEST_METHOD: 'POST', CONTENT_LENGTH: '8' }
    const child = execFile(program, args, { cwd: REPOSITORY, env }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(stderr, { cause: error })),
    )
    child.stdin?.end('one\ntwo\n')
  })
}
