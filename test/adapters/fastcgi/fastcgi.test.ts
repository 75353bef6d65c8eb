// A FastCGI server as an application: the client's side of the protocol, against a server that says what a test wants.

import { afterEach, describe, expect, test } from 'vitest'
import { type FastcgiOptions, fastcgi } from '../../../src/adapters/index.ts'
import { testClient } from '../../../src/testing/index.ts'
import { type ApplicationAnswer, answerOf } from '../../../src/wsgi/index.ts'
import { until } from '../../harness/until.ts'
import { digestOf } from '../applications.ts'
import { settled } from '../listening.ts'
import { type FakeConnection, FakeServer } from './fake-server.ts'

const DEADLINE_MS = 10_000
const LARGE = Buffer.alloc(20 * 1024 * 1024, 'gantry ')
const HEAD = 'Content-Type: text/plain\r\n\r\n'

let server: FakeServer | undefined
afterEach(async () => {
  await server?.[Symbol.asyncDispose]()
  server = undefined
})

type Client = ReturnType<typeof testClient>

/** A client of a server that does `serve` with each connection. */
async function started(
  serve: (connection: FakeConnection, number: number) => Promise<void>,
  options: FastcgiOptions = {},
): Promise<Client> {
  server = await FakeServer.start(serve)
  return testClient(fastcgi(server.address, options), { passthroughErrors: false })
}

/** Answers one request with what it was asked, and closes the connection. */
async function tells(connection: FakeConnection): Promise<void> {
  const { begin, params } = await connection.request()
  const body = await connection.body()
  const told = { flags: begin.content[2], role: begin.content.readUInt16BE(0), params, body: digestOf(body) }
  const text = Buffer.from(`${HEAD}${JSON.stringify(told)}`)
  for (let at = 0; at < text.length; at += 60_000) connection.send(6, text.subarray(at, at + 60_000))
  connection.send(6)
  connection.end()
}

/** Answers any number of requests. */
const keepsOn =
  (text = 'kept') =>
  async (connection: FakeConnection, number: number): Promise<void> => {
    for (;;) {
      await connection.request()
      await connection.body()
      connection.out(`${HEAD}${text} ${number}`)
      connection.end()
    }
  }

const blocksOf = ({ body }: ApplicationAnswer): AsyncIterator<Uint8Array, undefined> =>
  (body as AsyncIterable<Uint8Array, undefined>)[Symbol.asyncIterator]()

describe('a request', () => {
  test('is that of a responder, with the variables of CGI', async () => {
    const client = await started(tells, { variables: { SHOP: 'caf\u00e9' } })
    const headers = { Authorization: 'Basic eDp5', Proxy: 'x', 'X-Bytes': '\xff', 'X-Long': 'l'.repeat(300) }
    const told = (await client.post('/a%2Fb?q=1', { headers, body: 'abc' })).json()
    expect(told).toMatchObject({ flags: 0, role: 1, body: digestOf(Buffer.from('abc')) })
    const { params } = told as { params: Record<string, string> }
    expect(params).toMatchObject({
      CONTENT_LENGTH: '3',
      GATEWAY_INTERFACE: 'CGI/1.1',
      HTTP_AUTHORIZATION: 'Basic eDp5',
      HTTP_X_BYTES: '\xff',
      HTTP_X_LONG: 'l'.repeat(300),
      PATH_INFO: '/a/b',
      QUERY_STRING: 'q=1',
      REQUEST_METHOD: 'POST',
      REQUEST_URI: '/a%2Fb?q=1',
      SCRIPT_NAME: '',
      SHOP: 'caf\xc3\xa9',
    })
    for (const name of ['HTTP_PROXY', 'PATH', 'SCRIPT_FILENAME', 'REDIRECT_STATUS'])
      expect(params).not.toHaveProperty(name)
  })

  test('keeps the credentials to itself where it is told to', async () => {
    const client = await started(tells, { authorization: false })
    const told = (await client.get('/', { headers: { Authorization: 'Basic eDp5' } })).json()
    expect((told as { params: object }).params).not.toHaveProperty('HTTP_AUTHORIZATION')
  })

  test('has the one script of all paths', async () => {
    const client = await started(tells, { script: '/srv/app/index.php' })
    expect((await client.get('/a')).json()).toMatchObject({
      params: {
        SCRIPT_FILENAME: '/srv/app/index.php',
        DOCUMENT_ROOT: '/srv/app',
        PATH_INFO: '/a',
        REDIRECT_STATUS: '200',
      },
    })
  })

  test('of 20 MB arrives, and so do parameters of more than a record', async () => {
    const client = await started(tells, { variables: { LONG: 'x'.repeat(100_000) } })
    const told = (await client.post('/', { body: LARGE })).json()
    expect(told).toMatchObject({ body: digestOf(LARGE), params: { LONG: 'x'.repeat(100_000) } })
  })

  test('need not be read to its end', async () => {
    const client = await started(async (connection) => {
      await connection.request()
      connection.out(`Status: 413 Too Large\r\n\r\n`)
      connection.end()
    })
    expect((await client.post('/', { body: LARGE })).status).toBe(413)
    await until(
      () => server!.connections[0]!.hasEnded,
      DEADLINE_MS,
      () => 'the connection is open, with half a request on it',
    )
  })
})

describe('an answer', () => {
  test('comes in records of any size, with padding, and with lines for the log among them', async () => {
    const client = await started(async (connection) => {
      await connection.request()
      for (const part of ['Content-Ty', 'pe: text/plain\n', '\nbo', 'dy'])
        connection.send(6, part, part.length)
      connection.send(7, 'a warning caf\xc3')
      connection.send(7, '\xa9\nanother')
      connection.send(6)
      connection.send(7)
      connection.end(3)
    })
    const answer = await client.get('/')
    expect(answer.text).toBe('body')
    expect(answer.errors).toMatch(
      /^a warning caf\u00e9\nanother.*the FastCGI server .* ended with exit status 3\n$/s,
    )
  })

  test('comes block by block (W44), and waits for whoever reads it', async () => {
    let written = 0
    const client = await started(async (connection) => {
      await connection.request()
      connection.out(HEAD)
      const block = Buffer.alloc(60_000)
      for (;;) {
        written++
        if (!connection.send(6, block))
          await new Promise((resolve) => connection.socket.once('drain', resolve))
      }
    })
    const blocks = blocksOf(await client.open({}))
    await blocks.next()
    expect(await settled(() => written)).toBeLessThan(300)
    await blocks.return?.()
  })

  test('records of the management are no part of it', async () => {
    const client = await started(async (connection) => {
      await connection.request()
      connection.socket.write(Buffer.from([1, 10, 0, 0, 0, 0, 0, 0]))
      connection.out(`${HEAD}body`)
      connection.end()
    })
    expect((await client.get('/')).text).toBe('body')
  })
})

describe('a server that fails', () => {
  const BAD: [what: string, serve: (connection: FakeConnection) => void, status: number, told: string][] = [
    [
      'closes before its answer',
      ({ socket }) => socket.destroy(),
      502,
      'closed the connection before its answer was complete',
    ],
    [
      'ends without an answer',
      (connection) => connection.end(),
      502,
      'ended before its headers were complete',
    ],
    ['says that it is overloaded', (connection) => connection.end(0, 2), 503, 'refused the request'],
    ['cannot take another one', (connection) => connection.end(0, 1), 503, 'refused the request'],
    ['is no responder', (connection) => connection.end(0, 3), 502, 'is no responder'],
    [
      'speaks another version',
      ({ socket }) => socket.write(Buffer.from([2, 6, 0, 1, 0, 0, 0, 0])),
      502,
      'not of version 1',
    ],
    [
      'speaks HTTP',
      ({ socket }) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      502,
      'not of version 1',
    ],
    [
      'answers another request',
      ({ socket }) => socket.write(Buffer.from([1, 6, 0, 2, 0, 0, 0, 0])),
      502,
      'a request that was not made',
    ],
    [
      'sends what only clients send',
      (connection) => connection.send(5, 'x'),
      502,
      'of type 5, which no server sends',
    ],
    [
      'goes on behind its end',
      (connection) => connection.send(6) && connection.send(6, 'x'),
      502,
      'goes on after its end',
    ],
    [
      'sends an end that is none',
      (connection) => connection.send(3, 'x'),
      502,
      'has not the length of its type',
    ],
    ['breaks the rules of CGI', (connection) => connection.out('hello\n'), 502, 'no header field: "hello"'],
  ]

  test.each(BAD)('as it %s', async (_what, serve, status, told) => {
    let errors = ''
    const client = await started(async (connection) => {
      await connection.request()
      serve(connection)
    })
    const stream = {
      write: (text: string) => void (errors += text),
      writelines: () => undefined,
      flush: () => undefined,
    }
    const answer = await client.get('/', { environ: { 'wsgi.errors': stream } })
    expect(answer.status).toBe(status)
    expect(errors).toContain(told)
    expect(errors).toContain('GANTRY_UPSTREAM_')
    await until(
      () => server!.connections.every(({ hasEnded }) => hasEnded),
      DEADLINE_MS,
      () => 'the connection is still open',
    )
  })

  test('in the middle of its answer cuts the answer', async () => {
    const client = await started(async (connection) => {
      await connection.request()
      connection.out(`${HEAD}begun`)
      await connection.body()
      connection.socket.destroy()
    })
    const blocks = blocksOf(await client.open({}))
    await blocks.next()
    await expect(blocks.next()).rejects.toMatchObject({ status: 502, code: 'GANTRY_UPSTREAM_ANSWER_BAD' })
  })

  test.each(['127.0.0.1:1', 'unix:/nowhere/at/all.sock'])(
    'to be there is answered 502 (%s)',
    async (address) => {
      const client = testClient(fastcgi(address))
      await expect(client.get('/')).rejects.toMatchObject({
        status: 502,
        code: 'GANTRY_UPSTREAM_UNREACHABLE',
      })
    },
  )

  test('to answer in time is told to stop, and the answer is 504', async () => {
    const client = await started((connection) => connection.request().then(() => undefined), { timeout: 100 })
    expect((await client.get('/')).status).toBe(504)
    await aborted()
  })
})

describe('a client that leaves', () => {
  test('has its request aborted (FCGI_ABORT_REQUEST), and the connection closed', async () => {
    const serve = async (connection: FakeConnection): Promise<void> => {
      await connection.request()
      connection.out(`${HEAD}begun`)
    }
    server = await FakeServer.start(serve)
    const application = fastcgi(server.address, { idleConnections: 1 })
    const environ = testClient(application).environ()
    const blocks = blocksOf(await answerOf(application, environ))
    await blocks.next()
    environ['gantry.request']!.cancel()
    await aborted()
  })
})

/** The first connection was told that nobody waits any more, and is closed. */
async function aborted(): Promise<void> {
  await until(
    () => server!.connections[0]!.hasEnded,
    DEADLINE_MS,
    () => 'the connection is open',
  )
  expect(server!.connections[0]!.records.at(-1)).toEqual({ type: 2, id: 1, content: Buffer.alloc(0) })
}

describe('connections that are kept', () => {
  test('serve the next request, and the flag says so', async () => {
    const client = await started(keepsOn(), { idleConnections: 1 })
    for (let number = 0; number < 3; number++) expect((await client.get('/')).text).toBe('kept 1')
    expect(server!.connections[0]!.records[0]!.content[2]).toBe(1)
  })

  test('are as many as were asked for', async () => {
    const client = await started(keepsOn(), { idleConnections: 2 })
    await Promise.all([client.get('/'), client.get('/'), client.get('/')])
    await until(
      () => server!.connections.filter(({ hasEnded }) => !hasEnded).length === 2,
      DEADLINE_MS,
      () => 'there are others',
    )
  })

  test('are none without a word', async () => {
    const client = await started(keepsOn())
    await client.get('/')
    expect((await client.get('/')).text).toBe('kept 2')
  })

  test('serve no request that cannot be repeated', async () => {
    const client = await started(keepsOn(), { idleConnections: 1 })
    await client.get('/')
    expect((await client.post('/', { body: 'x' })).text).toBe('kept 2')
    expect((await client.post('/')).text).toBe('kept 3')
    expect((await client.get('/')).text).toMatch(/^kept [123]$/)
  })

  test('serve the next one after an answer that nobody has read', async () => {
    const client = await started(keepsOn(), { idleConnections: 1 })
    await client.request({ method: 'HEAD' })
    expect((await client.get('/')).text).toBe('kept 1')
  })

  test('that the server closes when the request comes are replaced, once', async () => {
    const serve = async (connection: FakeConnection, number: number): Promise<void> => {
      await connection.request()
      await connection.body()
      connection.out(`${HEAD}answer ${number}`)
      connection.end()
      await connection.next()
      connection.socket.destroy()
    }
    const client = await started(serve, { idleConnections: 1 })
    for (let number = 1; number <= 3; number++) expect((await client.get('/')).text).toBe(`answer ${number}`)
  })

  test('that the server has closed before are not used', async () => {
    const client = await started(keepsOn(), { idleConnections: 1 })
    await client.get('/')
    const [first] = server!.connections
    first!.socket.end()
    await until(
      () => first!.socket.destroyed,
      DEADLINE_MS,
      () => 'the client keeps a connection that is closed',
    )
    expect((await client.get('/')).text).toBe('kept 2')
  })

  test('are not replaced once something of an answer has come', async () => {
    const serve = async (connection: FakeConnection): Promise<void> => {
      await connection.request()
      await connection.body()
      connection.out(HEAD)
      connection.end()
      await connection.request()
      connection.out('Content-Type')
      connection.socket.end()
    }
    const client = await started(serve, { idleConnections: 1 })
    await client.get('/')
    expect((await client.get('/')).status).toBe(502)
    expect(server!.connections.length).toBe(1)
  })

  test('with anything behind the answer are closed', async () => {
    const serve = async (connection: FakeConnection): Promise<void> => {
      await connection.request()
      await connection.body()
      connection.socket.cork()
      connection.out(HEAD)
      connection.end()
      connection.out('more')
      connection.socket.uncork()
    }
    const client = await started(serve, { idleConnections: 1 })
    await client.get('/')
    await until(
      () => server!.connections[0]!.hasEnded,
      DEADLINE_MS,
      () => 'it is open',
    )
  })
})

test('no more requests than may are with the server at a time', async () => {
  let open = 0
  let most = 0
  const client = await started(
    async (connection) => {
      most = Math.max(most, ++open)
      await connection.request()
      await connection.body()
      await new Promise((resolve) => setImmediate(resolve))
      open--
      connection.out(`${HEAD}x`)
      connection.end()
    },
    { concurrency: 3 },
  )
  const answers = await Promise.all(Array.from({ length: 30 }, () => client.get('/')))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 200))
  expect(most).toBeLessThanOrEqual(3)
})

test.each([
  ['nonsense', {}, /an address is HOST:PORT/],
  [':9000', {}, /an address is HOST:PORT/],
  ['127.0.0.1:0', {}, /an address is HOST:PORT/],
  ['127.0.0.1:9000', { idleConnections: -1 }, /idleConnections takes a whole number/],
  ['127.0.0.1:9000', { root: '/srv', script: '/srv/index.php' }, /only one can count/],
  ['127.0.0.1:9000', { root: '/srv', fallback: 'index.php' }, /fallback is a path/],
])('%s with %j is refused when the application is made', (address, options, message) => {
  expect(() => fastcgi(address, options)).toThrow(message)
})
