// Clients of FastCGI and uwsgi by those who made these protocols: cgi-fcgi of the FastCGI library, and the HTTP router of uWSGI.

import { spawn } from 'node:child_process'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findTool } from '../../../scripts/test-tools.ts'
import { FIXTURES } from '../../harness/fixtures.ts'
import type { GantryProcess } from '../../harness/gantry-process.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'
import { missingTools } from '../../harness/test-tools.ts'
import { type ProxyProcess, startProxy } from '../processes/proxy-process.ts'
import { type Gateway, placeOf, startBehindGateways } from './gateways.ts'

const missing = await missingTools(['cgi-fcgi', 'uwsgi'])
const BODY = Buffer.alloc(1_000_000, 'gantry ')
const directory = new TemporaryDirectory()
let gantry: GantryProcess
beforeAll(async () => {
  const args = ['mount_applications', '--chdir', FIXTURES, '--workers', '1', '--threads', '4']
  gantry = await startBehindGateways(args, directory.path)
}, 60_000)
afterAll(async () => {
  await gantry[Symbol.asyncDispose]()
  directory[Symbol.dispose]()
})

describe.skipIf(missing.has('cgi-fcgi')).each(['unix', 'tcp'] as const)('cgi-fcgi over %s', (transport) => {
  const gateway: Gateway = { protocol: 'fcgi', transport }

  async function ask(variables: Readonly<Record<string, string>>, body = Buffer.alloc(0)): Promise<Answer> {
    const tool = await findTool('cgi-fcgi')
    if (!tool.isFound) throw new Error(tool.reason)
    const { host, path } = placeOf(gateway, gantry)
    const address = host ?? path?.slice('unix:'.length) ?? ''
    const env = { SERVER_PROTOCOL: 'HTTP/1.1', QUERY_STRING: '', ...variables }
    const child = spawn(tool.path, ['-bind', '-connect', address], { env, stdio: ['pipe', 'pipe', 'pipe'] })
    const output = Promise.all([buffer(child.stdout), text(child.stderr)])
    child.stdin.end(body)
    const [bytes] = await output
    const end = bytes.indexOf('\r\n\r\n')
    return { head: bytes.toString('latin1', 0, end), body: bytes.subarray(end + 4) }
  }

  test('is told what the application says', async () => {
    const path = '/shows_environ/a b'
    const { head, body } = await ask({
      REQUEST_METHOD: 'GET',
      REQUEST_URI: '/shows_environ/a%20b?q',
      PATH_INFO: path,
    })
    expect(head).toMatch(/^Status: 200 OK\r\n/)
    expect(JSON.parse(body.toString())).toMatchObject({
      REQUEST_METHOD: 'GET',
      PATH_INFO: path,
      SCRIPT_NAME: '',
    })
  })

  test('sends a body of 1 MB, and has it back', async () => {
    const length = String(BODY.length)
    const { body } = await ask(
      { REQUEST_METHOD: 'POST', PATH_INFO: '/echoes_its_body', CONTENT_LENGTH: length },
      BODY,
    )
    expect(body.equals(Buffer.concat([Buffer.from('begun\n'), BODY]))).toBe(true)
  })

  test('is told of a failure', async () => {
    const variables = { PATH_INFO: '/raises_before_headers', QUERY_STRING: 'call', REQUEST_METHOD: 'GET' }
    expect((await ask(variables)).head).toMatch(/^Status: 500 Internal Server Error\r\n/)
  })
})

interface Answer {
  readonly head: string
  readonly body: Buffer
}

describe.skipIf(missing.has('uwsgi')).each(['unix', 'tcp'] as const)(
  'the router of uWSGI over %s',
  (transport) => {
    let router: ProxyProcess
    let url: string
    beforeAll(async () => {
      const tool = await findTool('uwsgi')
      if (!tool.isFound) throw new Error(tool.reason)
      const { host, path } = placeOf({ protocol: 'uwsgi', transport }, gantry)
      const address = host ?? path?.slice('unix:'.length) ?? ''
      router = await startProxy(({ port }) => ({
        argv: [
          ...[tool.path, '--master', '--die-on-term', '--plugin', 'http'],
          ...['--http', `127.0.0.1:${port}`, '--http-to', address],
        ],
        gracefulSignal: 'SIGINT',
      }))
      url = `http://127.0.0.1:${router.port}`
    })
    afterAll(() => router[Symbol.asyncDispose]())

    test('is told what the application says', async () => {
      const environ = await (await fetch(`${url}/shows_environ/a%20b?q`)).json()
      expect(environ).toMatchObject({
        PATH_INFO: '/shows_environ/a b',
        SCRIPT_NAME: '',
        QUERY_STRING: 'q',
        UWSGI_ROUTER: 'http',
      })
    })

    test('sends a body of 1 MB, and has it back', async () => {
      const answer = await fetch(`${url}/echoes_its_body`, { method: 'POST', body: BODY })
      expect(
        Buffer.from(await answer.arrayBuffer()).equals(Buffer.concat([Buffer.from('begun\n'), BODY])),
      ).toBe(true)
    })

    test('is told of a failure', async () => {
      expect((await fetch(`${url}/raises_before_headers?call`)).status).toBe(500)
    })

    test('has 100 clients at a time answered', async () => {
      const texts = await Promise.all(
        Array.from({ length: 100 }, async () => await (await fetch(`${url}/answers_hello`)).text()),
      )
      expect(new Set(texts)).toEqual(new Set(['hello']))
    })
  },
)
