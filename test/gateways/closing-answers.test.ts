// SCGI and uwsgi: one request for each connection, whose end is that of the answer.

import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/wsgi/exchange.ts'
import type { RawConnection } from '../harness/raw-connection.ts'
import { until } from '../harness/until.ts'
import { HEADS, type Variables } from './clients/gateway-client.ts'
import { OK, TestGateway, answerWith } from './gateway.ts'

const DEADLINE_MS = 10_000
const HELLO = Buffer.from('hello')
const GET = { REQUEST_METHOD: 'GET', PATH_INFO: '/', REQUEST_URI: '/', SERVER_PROTOCOL: 'HTTP/1.1' }
const STATUS = { scgi: 'Status: ', uwsgi: 'HTTP/1.1 ' }

const hello = (exchange: Exchange): void => answerWith(exchange, HELLO)
const echo = (exchange: Exchange): void => {
  const { body } = exchange
  answerWith(exchange, Buffer.from(body instanceof Uint8Array ? body : 'no bytes'))
}

/** All that comes until the connection ends. */
async function answerOn(connection: RawConnection, ...sent: readonly (Buffer | string)[]): Promise<string> {
  for (const data of sent) connection.send(data)
  await connection.ended()
  return connection.received.toString('latin1')
}

describe.each(['scgi', 'uwsgi'] as const)('%s', (protocol) => {
  const head = (variables: Variables): Buffer => HEADS[protocol]({ ...GET, ...variables })

  test('answers a request, and closes', async () => {
    await using gateway = await TestGateway.start([], hello, protocol)
    using connection = await gateway.connect()
    expect(await answerOn(connection, head({}))).toBe(
      `${STATUS[protocol]}200 OK\r\nContent-Length: 5\r\n\r\nhello`,
    )
    expect([connection.wasReset, gateway.server.stats.requests]).toEqual([false, 1])
  })

  test('takes a request byte by byte, with a body as long as it says', async () => {
    await using gateway = await TestGateway.start([], echo, protocol)
    using connection = await gateway.connect()
    const bytes = Buffer.concat([head({ CONTENT_LENGTH: '4' }), Buffer.from('body and more')])
    const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
    expect(await answerOn(connection, ...pieces)).toMatch(/\r\n\r\nbody$/)
  })

  test('hands a large body over as a file', async () => {
    const sizes: unknown[] = []
    const handle = (exchange: Exchange): void => {
      sizes.push('size' in exchange.body && exchange.body.size)
      hello(exchange)
    }
    await using gateway = await TestGateway.start([], handle, protocol)
    using connection = await gateway.connect()
    await answerOn(connection, head({ CONTENT_LENGTH: '3000000' }), Buffer.alloc(3_000_000, 0x61))
    expect(sizes).toEqual([3_000_000])
  })

  test('hands a body over while it arrives where a route says so', async () => {
    const blocks: string[] = []
    const handle = (exchange: Exchange): void => {
      const { body } = exchange
      if (!('take' in body)) throw new Error('the body is complete')
      const read = (): void => {
        const taken = body.take(100)
        if (taken === undefined) body.onArrival = read
        else if (taken === 'end') hello(exchange)
        else {
          blocks.push(Buffer.from(taken).toString())
          read()
        }
      }
      read()
    }
    await using gateway = await TestGateway.start(['--stream-requests', '/'], handle, protocol)
    using connection = await gateway.connect()
    connection.send(head({ CONTENT_LENGTH: '6' }))
    connection.send('one')
    await until(
      () => blocks.length === 1,
      DEADLINE_MS,
      () => 'nothing arrives',
    )
    expect(await answerOn(connection, 'two')).toMatch(/hello$/)
    expect(blocks).toEqual(['one', 'two'])
  })

  test('shows by a reset that an answer without a length is cut', async () => {
    const cut: (() => void)[] = []
    const handle = (exchange: Exchange): void => {
      exchange.begin(OK)
      exchange.write(HELLO)
      cut.push(() => exchange.abort())
    }
    await using gateway = await TestGateway.start([], handle, protocol)
    using connection = await gateway.connect()
    connection.send(head({}))
    // The data must be read before the reset comes: of both at once libuv reports the end alone.
    await connection.receive((received) => received.includes('hello'))
    cut[0]!()
    await connection.ended()
    expect(connection.wasReset).toBe(true)
  })

  test.each([
    ['BODY_TOO_LARGE', 413, { CONTENT_LENGTH: '2000' }, ['--max-body-bytes', '1000']],
    ['HEAD_TOO_LONG', 431, { A: 'x'.repeat(3000) }, ['--max-head-bytes', '2KiB']],
    ['METHOD_UNUSUAL', 501, { REQUEST_METHOD: 'get' }, []],
    ['BODY_TIMEOUT', 408, { CONTENT_LENGTH: '9' }, ['--body-timeout', '300ms']],
  ])('answers what it refuses with %s', async (code, status, variables, options) => {
    await using gateway = await TestGateway.start(options, hello, protocol)
    using connection = await gateway.connect()
    expect(await answerOn(connection, head(variables as Variables))).toContain(
      `${STATUS[protocol]}${status} `,
    )
    expect([gateway.reports, connection.wasReset]).toEqual([[code], false])
    expect(gateway.records).toMatchObject([{ status, code }])
  })

  test('answers 408 to a head that does not come in time, and nothing to a connection that says nothing', async () => {
    await using gateway = await TestGateway.start(['--head-timeout', '300ms'], hello, protocol)
    using slow = await gateway.connect()
    using silent = await gateway.connect()
    expect(await answerOn(slow, head({}).subarray(0, 3))).toContain('408 ')
    expect(await answerOn(silent)).toBe('')
    expect(gateway.reports).toEqual(['HEAD_TIMEOUT'])
  })

  test('answers 400 to a request that ends in the middle', async () => {
    await using gateway = await TestGateway.start([], hello, protocol)
    using connection = await gateway.connect()
    connection.send(head({ CONTENT_LENGTH: '9' }))
    connection.socket.end('part')
    expect(await answerOn(connection)).toContain('400 ')
    expect(gateway.reports).toEqual(['BODY_INCOMPLETE'])
  })

  test('answers 503 to a client too many, however many come from one address', async () => {
    const options = ['--max-connections', '2', '--max-connections-per-address', '1']
    await using gateway = await TestGateway.start(options, hello, protocol)
    using first = await gateway.connect()
    using second = await gateway.connect()
    using third = await gateway.connect()
    expect(await answerOn(third)).toContain('503 ')
    expect(gateway.reports).toEqual(['TOO_MANY_CONNECTIONS'])
    for (const connection of [first, second]) expect(await answerOn(connection, head({}))).toMatch(/hello$/)
  })

  test('closes a connection on what is no request of it, and nothing else is affected', async () => {
    await using gateway = await TestGateway.start([], hello, protocol)
    using connection = await gateway.connect()
    using other = await gateway.connect()
    other.send(head({}).subarray(0, 5))
    expect(await answerOn(connection, 'GET / HTTP/1.1\r\n\r\n')).toBe('')
    expect(gateway.reports).toEqual([
      protocol === 'scgi' ? 'SCGI_NETSTRING_MALFORMED' : 'UWSGI_MODIFIER_UNSERVED',
    ])
    expect(await answerOn(other, head({}).subarray(5))).toMatch(/hello$/)
  })

  test('knows that the web server has closed its side, and answers what runs all the same', async () => {
    const waiting: Exchange[] = []
    await using gateway = await TestGateway.start([], (exchange) => waiting.push(exchange), protocol)
    using connection = await gateway.connect()
    connection.send(head({}))
    await until(
      () => waiting.length === 1,
      DEADLINE_MS,
      () => 'it is not handed over',
    )
    connection.socket.end()
    await until(
      () => waiting[0]!.client === 'ended',
      DEADLINE_MS,
      () => 'nobody has noticed',
    )
    answerWith(waiting[0]!, HELLO)
    expect(await answerOn(connection)).toMatch(/hello$/)
    expect(gateway.reports).toEqual([])
  })

  test('tells the application that the web server has left', async () => {
    const waiting: Exchange[] = []
    await using gateway = await TestGateway.start([], (exchange) => waiting.push(exchange), protocol)
    const connection = await gateway.connect()
    connection.send(head({}))
    await until(
      () => waiting.length === 1,
      DEADLINE_MS,
      () => 'it is not handed over',
    )
    connection.socket.resetAndDestroy()
    await until(
      () => gateway.records.length === 1,
      DEADLINE_MS,
      () => 'nobody has noticed',
    )
    expect([gateway.reports, gateway.records[0]!.status]).toEqual([['clientLeft'], 499])
  })

  test('answers the paths of health by itself', async () => {
    await using gateway = await TestGateway.start([], hello, protocol)
    gateway.readiness = 'no worker is ready'
    using live = await gateway.connect()
    using ready = await gateway.connect()
    expect(await answerOn(live, head({ REQUEST_URI: '/-/live?x' }))).toContain('200 OK')
    expect(await answerOn(ready, head({ REQUEST_URI: '/-/ready' }))).toContain('503 ')
    expect(gateway.server.stats.requests).toBe(0)
  })

  test('leaves a record of who the client was, and what it sent', async () => {
    await using gateway = await TestGateway.start(['--trusted-proxies', '10.0.0.0/8'], hello, protocol)
    gateway.wants.push(
      { of: 'request', name: 'x-one' },
      { of: 'response', name: 'content-length' },
      { of: 'environ', name: 'PATH_INFO' },
    )
    using connection = await gateway.connect()
    const variables = {
      REMOTE_ADDR: '10.1.1.1',
      HTTP_X_FORWARDED_FOR: '192.0.2.7',
      HTTP_USER_AGENT: 'curl',
      HTTP_X_ONE: '1',
    }
    await answerOn(
      connection,
      head({ ...variables, REQUEST_URI: '/a?b', PATH_INFO: '/a', SERVER_PROTOCOL: 'HTTP/2.0' }),
    )
    expect(gateway.records).toMatchObject([
      {
        remoteAddress: '192.0.2.7',
        method: 'GET',
        target: '/a?b',
        protocol: 'HTTP/2.0',
        status: 200,
        bodyBytes: 5,
        userAgent: 'curl',
        code: undefined,
        details: ['1', '5', '/a'],
      },
    ])
  })

  test('has what the requests of a client have in common in one environ block, from the second on', async () => {
    const shared: Uint8Array[] = []
    const handle = (exchange: Exchange): void => {
      shared.push(exchange.sharedEnviron)
      hello(exchange)
    }
    await using gateway = await TestGateway.start([], handle, protocol)
    for (const path of ['/1', '/2', '/3', '/4']) {
      using connection = await gateway.connect()
      await answerOn(connection, head({ HTTP_HOST: 'a', REQUEST_URI: path, PATH_INFO: path }))
    }
    expect(shared.map(({ length }) => length > 0)).toEqual([false, true, true, true])
    expect(shared[2]).toBe(shared[3])
  })
})

test('uwsgi answers an HTTP/1.0 request as such', async () => {
  await using gateway = await TestGateway.start([], hello, 'uwsgi')
  using connection = await gateway.connect()
  expect(await answerOn(connection, HEADS.uwsgi({ ...GET, SERVER_PROTOCOL: 'HTTP/1.0' }))).toMatch(
    /^HTTP\/1\.0 200 OK\r\n/,
  )
})

test('a header named Status does not change that of SCGI', async () => {
  const block = Buffer.from('OK\0Status\x00500 No\0X-One\x001\0', 'latin1')
  const handle = (exchange: Exchange): void =>
    exchange.answer({ ...OK, bytes: block, blockEnd: block.length }, HELLO, 0, HELLO.length)
  await using gateway = await TestGateway.start([], handle, 'scgi')
  using connection = await gateway.connect()
  expect(await answerOn(connection, HEADS.scgi(GET))).toBe(
    'Status: 200 OK\r\nX-One: 1\r\nContent-Length: 5\r\n\r\nhello',
  )
})
