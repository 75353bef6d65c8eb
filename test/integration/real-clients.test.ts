// Clients that people use, each against the same server: none of them needs the server to bend a rule, and all keep their connections.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseWrkOutput, totalErrors } from '../../bench/load/wrk-output.ts'
import { FIXTURES, getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { missingTools } from '../harness/test-tools.ts'

const DEADLINE_MS = 20_000
const BODY = 'x'.repeat(100_000)
const PIPELINED = 100

const missing = await missingTools(['curl', 'wrk', 'h2load'])

let gantry: GantryProcess
beforeAll(async () => {
  gantry = await startFixtures(['--workers', '1'])
})
afterAll(async () => {
  await gantry[Symbol.asyncDispose]()
})

/** Runs a program to its end; rejects with what it complains about if that is no success. */
function run(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: DEADLINE_MS, encoding: 'latin1' as const }
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${error.message}\n${stderr}`))
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}

/** What reads_its_body.py answers to that body, read at once. */
function readReport(body: string): string {
  const digest = createHash('sha256').update(body).digest('hex')
  return JSON.stringify({ lengths: [body.length], digest, beyond: [0, 0, 0] })
}

const urlOf = (target: string): string => gantry.url + target

describe.skipIf(missing.has('curl'))('curl', () => {
  const curl = (args: readonly string[], input?: string): Promise<string> =>
    run('curl', ['--silent', '--show-error', '--noproxy', '*', ...args], input)
  const upload = ['--include', '--data-binary', '@-']

  test('gets several answers on one connection', async () => {
    const url = urlOf('/answers_hello')
    const format = ' %{http_code} %{http_version} %{num_connects}\n'
    const output = await curl(['--write-out', format, url, url, url])
    expect(output).toBe('hello 200 1.1 1\nhello 200 1.1 0\nhello 200 1.1 0\n')
  })

  test('gets an answer without a body, and another behind it on the same connection (HEAD)', async () => {
    const url = urlOf('/declares_its_length')
    const output = await curl(['--head', '--write-out', '%{num_connects}\n', url, url])
    expect(output.match(/^HTTP\/1\.1 200 OK\r$/gm)).toHaveLength(2)
    expect(output.match(/^\d+$/gm)).toEqual(['1', '0'])
    expect(output).not.toContain('hello')
  })

  test('waits for 100 Continue and gets it (RFC 9110 §10.1.1)', async () => {
    const wait = ['--header', 'Expect: 100-continue', '--expect100-timeout', '15']
    const output = await curl([...upload, ...wait, urlOf('/reads_its_body?read')], BODY)
    expect(output).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
    expect(output.split('\r\n\r\n').at(-1)).toBe(readReport(BODY))
  })

  test('gets no 100 Continue that it has not asked for', async () => {
    const output = await curl([...upload, '--header', 'Expect:', urlOf('/reads_its_body?read')], BODY)
    expect(output).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(output.split('\r\n\r\n').at(-1)).toBe(readReport(BODY))
  })

  test('sends a body in chunks (RFC 9112 §7.1)', async () => {
    const chunked = ['--header', 'Transfer-Encoding: chunked', '--upload-file', '-']
    expect(await curl([...chunked, urlOf('/reads_its_body?read')], BODY)).toBe(readReport(BODY))
  })

  test('speaks HTTP/1.0, and is told the end of a body of unknown length by the end of the connection', async () => {
    const output = await curl(['--http1.0', '--include', urlOf('/yields_empty_blocks')])
    expect(output).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(output).not.toMatch(/^transfer-encoding:/im)
    expect(output.split('\r\n\r\n').at(-1)).toBe('ab')
  })
})

describe.skipIf(missing.has('wrk'))('wrk', () => {
  test('finds no error in two seconds', async () => {
    const load = ['-t1', '-c16', '-d2s', '--latency']
    const result = parseWrkOutput(await run('wrk', [...load, urlOf('/answers_hello')]))
    expect(totalErrors(result.errors)).toBe(0)
    expect(result.requests).toBeGreaterThan(0)
  })
})

describe.skipIf(missing.has('h2load'))('h2load', () => {
  test.each([
    ['one request at a time', '1'],
    ['eight requests at a time on each connection', '8'],
  ])('gets every answer, with %s (RFC 9112 §9.3.2)', async (_, depth) => {
    const load = ['--h1', '-n', '1000', '-c', '10', '-m', depth]
    const output = await run('h2load', [...load, urlOf('/answers_hello')])
    expect(output).toContain('1000 done, 1000 succeeded, 0 failed, 0 errored, 0 timeout')
    expect(output).toContain('status codes: 1000 2xx, 0 3xx, 0 4xx, 0 5xx')
  })
})

describe("Python's http.client", () => {
  test('gets, sends with a length and in chunks, and keeps its connection all the while', async () => {
    const answered = (body: string, isSameConnection = true) => ({ status: 200, body, isSameConnection })
    const output = await run('python3', [`${FIXTURES}/http_client.py`, '127.0.0.1', String(gantry.port)])
    expect(JSON.parse(output)).toEqual([
      answered('hello', false),
      answered(''),
      answered(readReport(BODY)),
      answered(readReport(BODY + BODY)),
      answered('ab'),
      answered('hello'),
    ])
  })
})

describe("Node's fetch", () => {
  test('gets many answers at a time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, number) => {
        const answer = await fetch(urlOf(`/shows_environ?${number}`))
        return ((await answer.json()) as Record<string, string>)['QUERY_STRING']
      }),
    )
    expect(answers).toEqual(Array.from({ length: 50 }, (_, number) => String(number)))
  })

  test('sends a string with its length and a stream in chunks', async () => {
    const url = urlOf('/reads_its_body?read')
    const sized = await fetch(url, { method: 'POST', body: BODY })
    expect(await sized.text()).toBe(readReport(BODY))
    const stream = new Blob([BODY, BODY]).stream()
    const chunked = await fetch(url, { method: 'POST', body: stream, duplex: 'half' })
    expect(await chunked.text()).toBe(readReport(BODY + BODY))
  })

  test('gets no body for HEAD', async () => {
    const answer = await fetch(urlOf('/declares_its_length'), { method: 'HEAD' })
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '5', ''])
  })
})

describe('a client that pipelines', () => {
  test(`gets ${PIPELINED} answers in the order of its requests (RFC 9112 §9.3.2)`, async () => {
    using connection = await openConnection(gantry)
    const methods = Array.from({ length: PIPELINED }, (_, number) => ['GET', 'HEAD', 'POST'][number % 3]!)
    const requests = methods.map((method, number) => {
      if (method === 'POST') {
        const fields = 'Host: a.test\r\nTransfer-Encoding: chunked'
        return `POST /reads_its_body?read HTTP/1.1\r\n${fields}\r\n\r\n3\r\nabc\r\n0\r\n\r\n`
      }
      return getRequest(`/shows_environ?${number}`).replace('GET', method)
    })
    connection.send(requests.join(''))
    for (const [number, method] of methods.entries()) {
      const answer = await connection.readResponse(method)
      expect(answer.status).toBe(200)
      if (method === 'GET') expect(JSON.parse(answer.text)).toMatchObject({ QUERY_STRING: String(number) })
      if (method === 'POST') expect(answer.text).toBe(readReport('abc'))
    }
    expect(connection.received.length).toBe(0)
  })
})
