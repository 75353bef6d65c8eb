// What is FastCGI's own about its gateway: connections that stay, requests that run side by side, streams, and what the responder is asked.

import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Exchange } from '../../src/wsgi/exchange.ts'
import { begin, rawRecord } from '../fastcgi/records.ts'
import type { RawConnection } from '../harness/raw-connection.ts'
import { until } from '../harness/until.ts'
import { type TakenRecord, type Variables, fastcgiParams, takeRecord } from './clients/gateway-client.ts'
import { OK, TestGateway, answerWith } from './gateway.ts'

const DEADLINE_MS = 10_000
const HELLO = Buffer.from('hello')
const KEEP = 1
const GET = { REQUEST_METHOD: 'GET', PATH_INFO: '/' }
const COMPLETE = '0000000000000000'

const TYPES: Readonly<Record<number, string>> = {
  3: 'end',
  6: 'stdout',
  7: 'stderr',
  10: 'values',
  11: 'unknown',
}

/** A record as text: `1 stdout Status: 200 OK…`. */
function textOf({ type, id, content }: TakenRecord): string {
  const text = type === 6 || type === 7 ? content.toString('latin1') : content.toString('hex')
  return `${id} ${TYPES[type] ?? type} ${text}`.trimEnd()
}

async function nextRecord(connection: RawConnection): Promise<TakenRecord> {
  const hasOne = await connection.receive((received) => takeRecord(received) !== undefined)
  const record = takeRecord(connection.received)
  if (!hasOne || record === undefined) throw new Error('the connection ended before another record')
  connection.take(connection.received.length - record.rest.length)
  return record
}

/** The records up to the end of a request. */
async function answerTo(connection: RawConnection, id = 1): Promise<string[]> {
  const texts: string[] = []
  for (;;) {
    const record = await nextRecord(connection)
    texts.push(textOf(record))
    if (record.type === 3 && record.id === id) return texts
  }
}

function request(variables: Variables, { id = 1, flags = KEEP, body = '' } = {}): Buffer {
  const length = body === '' ? {} : { CONTENT_LENGTH: String(body.length) }
  return Buffer.concat([
    begin(id, 1, flags),
    rawRecord({ type: 4, id, content: fastcgiParams({ ...variables, ...length }) }),
    rawRecord({ type: 4, id }),
    ...(body === '' ? [] : [rawRecord({ type: 5, id, content: body })]),
    rawRecord({ type: 5, id }),
  ])
}

const HELLO_ANSWER = [
  '1 stdout Status: 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  '1 stdout',
  `1 end ${COMPLETE}`,
]

const hello = (exchange: Exchange): void => answerWith(exchange, HELLO)
const bodyOf = ({ body }: Exchange): string =>
  body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : 'no bytes'

describe('a connection', () => {
  test('stays where the web server asks for it, and its request numbers are free again', async () => {
    await using gateway = await TestGateway.start([], hello, 'fcgi')
    using connection = await gateway.connect()
    for (let i = 0; i < 3; i++) {
      connection.send(request(GET))
      expect(await answerTo(connection)).toEqual(HELLO_ANSWER)
    }
    expect(gateway.server.stats).toEqual({ connections: 1, requests: 3, failures: {} })
  })

  test('is closed behind the answer otherwise', async () => {
    await using gateway = await TestGateway.start([], hello, 'fcgi')
    using connection = await gateway.connect()
    connection.send(request(GET, { flags: 0 }))
    expect(await answerTo(connection)).toEqual(HELLO_ANSWER)
    await connection.ended()
  })

  test('is closed behind an answer of a server that ends, and after as many requests as it may bring', async () => {
    await using gateway = await TestGateway.start(['--max-requests-per-connection', '2'], hello, 'fcgi')
    using connection = await gateway.connect()
    connection.send(request(GET))
    await answerTo(connection)
    expect(connection.hasEnded).toBe(false)
    connection.send(request(GET))
    await answerTo(connection)
    await connection.ended()
    gateway.server.beginLameDuck()
    using other = await gateway.connect()
    other.send(request(GET))
    expect(await answerTo(other)).toEqual(HELLO_ANSWER)
    await other.ended()
  })

  test('may be idle for as long as one of HTTP', async () => {
    await using gateway = await TestGateway.start(['--idle-timeout', '300ms'], hello, 'fcgi')
    using connection = await gateway.connect()
    connection.send(request(GET))
    await answerTo(connection)
    await connection.ended()
    expect(gateway.reports).toEqual([])
  })

  test('has requests side by side, and answers come as they are ready', async () => {
    const waiting: Exchange[] = []
    await using gateway = await TestGateway.start([], (exchange) => waiting.push(exchange), 'fcgi')
    using connection = await gateway.connect()
    const both = [
      request({ ...GET, PATH_INFO: '/1' }, { id: 1 }),
      request({ ...GET, PATH_INFO: '/2' }, { id: 2 }),
    ]
    connection.send(Buffer.concat(both))
    await until(
      () => waiting.length === 2,
      DEADLINE_MS,
      () => 'they are not handed over',
    )
    expect(waiting.map(({ target }) => target)).toEqual(['/1', '/2'])
    answerWith(waiting[1]!, HELLO)
    expect(await answerTo(connection, 2)).toEqual(HELLO_ANSWER.map((text) => text.replace('1', '2')))
    answerWith(waiting[0]!, HELLO)
    expect(await answerTo(connection)).toEqual(HELLO_ANSWER)
  })
})

describe('a request', () => {
  test('may have its params and its body in pieces, with padding', async () => {
    await using gateway = await TestGateway.start(
      [],
      (exchange) => answerWith(exchange, Buffer.from(bodyOf(exchange))),
      'fcgi',
    )
    using connection = await gateway.connect()
    const params = fastcgiParams({
      ...GET,
      REQUEST_METHOD: 'POST',
      CONTENT_LENGTH: '5',
      HTTP_X_LONG: 'x'.repeat(5000),
    })
    const pieces = [params.subarray(0, 7), params.subarray(7, 4000), params.subarray(4000)]
    connection.send(begin(1, 1, KEEP))
    for (const content of pieces) connection.send(rawRecord({ type: 4, content, padding: 7 }))
    connection.send(rawRecord({ type: 4, padding: 3 }))
    for (const content of 'hello') connection.send(rawRecord({ type: 5, content, padding: 255 }))
    expect((await answerTo(connection))[0]).toMatch(/\r\n\r\nhello$/)
  })

  test('may have a body whose length nobody has said', async () => {
    const lengths: string[] = []
    const handle = (exchange: Exchange): void => {
      const bytes = Buffer.alloc(exchange.environBytes())
      lengths.push(
        /CONTENT_LENGTH\0(\d*)/.exec(bytes.toString('latin1', 0, exchange.writeEnviron(bytes, 0)))?.[1] ??
          'none',
      )
      answerWith(exchange, Buffer.from(bodyOf(exchange)))
    }
    await using gateway = await TestGateway.start([], handle, 'fcgi')
    using connection = await gateway.connect()
    const params = rawRecord({ type: 4, content: fastcgiParams({ ...GET, CONTENT_LENGTH: '' }) })
    for (const body of ['some', '']) {
      connection.send(Buffer.concat([begin(1, 1, KEEP), params, rawRecord({ type: 4 })]))
      if (body !== '') connection.send(rawRecord({ type: 5, content: body }))
      connection.send(rawRecord({ type: 5 }))
      expect((await answerTo(connection))[0]).toMatch(
        new RegExp(`Content-Length: ${body.length}\\s*${body}$`),
      )
    }
    expect(lengths).toEqual(['4', 'none'])
  })

  test('whose body goes beyond its length is cut there (RFC 3875 §4.2)', async () => {
    await using gateway = await TestGateway.start(
      [],
      (exchange) => answerWith(exchange, Buffer.from(bodyOf(exchange))),
      'fcgi',
    )
    using connection = await gateway.connect()
    const params = rawRecord({ type: 4, content: fastcgiParams({ ...GET, CONTENT_LENGTH: '3' }) })
    connection.send(
      Buffer.concat([
        begin(1, 1, KEEP),
        params,
        rawRecord({ type: 4 }),
        rawRecord({ type: 5, content: 'hello' }),
      ]),
    )
    expect((await answerTo(connection))[0]).toMatch(/\r\n\r\nhel$/)
  })

  test.each([
    ['BODY_INCOMPLETE', 400, { ...GET, CONTENT_LENGTH: '9' }, []],
    ['BODY_TOO_LARGE', 413, { ...GET, CONTENT_LENGTH: '2000' }, ['--max-body-bytes', '1000']],
    ['BODY_TOO_LARGE', 413, { ...GET, CONTENT_LENGTH: '2000' }, ['--routes', '/ max-body-bytes=1000']],
    ['METHOD_MISSING', 400, { PATH_INFO: '/' }, []],
    ['VARIABLE_MALFORMED', 400, { ...GET, A: '\0' }, []],
    ['HEAD_TOO_LONG', 431, { ...GET, A: 'x'.repeat(3000) }, ['--max-head-bytes', '2KiB']],
  ])('is refused with %s, and the connection goes on', async (code, status, variables, options) => {
    await using gateway = await TestGateway.start(options, hello, 'fcgi')
    using connection = await gateway.connect()
    const params = rawRecord({ type: 4, content: fastcgiParams(variables) })
    connection.send(
      Buffer.concat([begin(1, 1, KEEP), params, rawRecord({ type: 4 }), rawRecord({ type: 5 })]),
    )
    const [first = '', ...ends] = await answerTo(connection)
    expect(first).toContain(`1 stdout Status: ${status} `)
    expect(ends).toEqual(HELLO_ANSWER.slice(1))
    expect(gateway.reports).toEqual([code])
    expect(gateway.records.at(-1)).toMatchObject({ status, code })
    connection.send(request(GET))
    expect(await answerTo(connection)).toEqual(HELLO_ANSWER)
  })

  test('of which more comes than may without a length is refused', async () => {
    await using gateway = await TestGateway.start(['--max-body-bytes', '1000'], hello, 'fcgi')
    using connection = await gateway.connect()
    const params = rawRecord({ type: 4, content: fastcgiParams(GET) })
    const body = rawRecord({ type: 5, content: 'x'.repeat(600) })
    connection.send(Buffer.concat([begin(1, 1, KEEP), params, rawRecord({ type: 4 }), body, body]))
    expect((await answerTo(connection))[0]).toContain('Status: 413 ')
  })

  test('whose head does not come in time is answered 408', async () => {
    await using gateway = await TestGateway.start(['--head-timeout', '300ms'], hello, 'fcgi')
    using connection = await gateway.connect()
    connection.send(begin(1, 1, KEEP))
    expect((await answerTo(connection))[0]).toContain('Status: 408 ')
    expect(gateway.reports).toEqual(['HEAD_TIMEOUT'])
  })

  test('that is given up ends, the application is told, and another can follow (§5.4)', async () => {
    const waiting: Exchange[] = []
    await using gateway = await TestGateway.start([], (exchange) => waiting.push(exchange), 'fcgi')
    using connection = await gateway.connect()
    connection.send(request(GET))
    await until(
      () => waiting.length === 1,
      DEADLINE_MS,
      () => 'it is not handed over',
    )
    const gone = vi.fn()
    waiting[0]!.onGone = gone
    connection.send(rawRecord({ type: 2 }))
    expect(await answerTo(connection)).toEqual(['1 stdout', '1 end 0000000100000000'])
    expect([gone.mock.calls.length, waiting[0]!.client, gateway.reports]).toEqual([1, 'gone', ['clientLeft']])
    // Whatever it answers now, nobody is told.
    answerWith(waiting[0]!, HELLO)
    connection.send(request(GET, { id: 2 }))
    await until(
      () => waiting.length === 2,
      DEADLINE_MS,
      () => 'the second is not handed over',
    )
    answerWith(waiting[1]!, HELLO)
    expect(await answerTo(connection, 2)).toHaveLength(3)
  })

  test('in another role than that of a responder is answered so (§5.5)', async () => {
    await using gateway = await TestGateway.start([], hello, 'fcgi')
    using connection = await gateway.connect()
    connection.send(Buffer.concat([begin(1, 2, KEEP), rawRecord({ type: 4 }), begin(7, 3, 0)]))
    expect(await answerTo(connection)).toEqual(['1 end 0000000003000000'])
    expect(await answerTo(connection, 7)).toEqual(['7 end 0000000003000000'])
    await connection.ended()
  })
})

describe('an answer', () => {
  test('of many bytes goes in records that hold them', async () => {
    const large = Buffer.alloc(200_000, 0x61)
    await using gateway = await TestGateway.start([], (exchange) => answerWith(exchange, large), 'fcgi')
    using connection = await gateway.connect()
    connection.send(request(GET))
    const records = await answerTo(connection)
    const content = records.map((text) => text.replace(/^1 stdout ?/, '')).join('')
    expect(content).toBe(
      `Status: 200 OK\r\nContent-Length: 200000\r\n\r\n${large.toString()}1 end ${COMPLETE}`,
    )
    expect(records.length).toBeGreaterThan(4)
  })

  test('of HEAD has no body, and no length that nobody has said', async () => {
    await using gateway = await TestGateway.start([], hello, 'fcgi')
    using connection = await gateway.connect()
    connection.send(request({ ...GET, REQUEST_METHOD: 'HEAD' }))
    expect((await answerTo(connection))[0]).toBe('1 stdout Status: 200 OK')
  })

  test('goes on block by block, with what the application writes to wsgi.errors in its own stream', async () => {
    const handle = (exchange: Exchange): void => {
      exchange.errorOutput?.('before: ä\n')
      exchange.begin(OK)
      exchange.write(Buffer.from('one'))
      exchange.errorOutput?.('between\n')
      exchange.write(Buffer.from('two'))
      exchange.end()
      exchange.errorOutput?.('too late\n')
    }
    await using gateway = await TestGateway.start([], handle, 'fcgi')
    using connection = await gateway.connect()
    connection.send(request(GET))
    expect(await answerTo(connection)).toEqual([
      '1 stderr before: Ã¤',
      '1 stdout Status: 200 OK',
      '1 stdout one',
      '1 stderr between',
      '1 stdout two',
      '1 stdout',
      '1 stderr',
      `1 end ${COMPLETE}`,
    ])
  })

  test('that is cut ends the connection, without an end of its own', async () => {
    const handle = (exchange: Exchange): void => {
      exchange.begin(OK)
      exchange.write(HELLO)
      exchange.abort()
    }
    await using gateway = await TestGateway.start([], handle, 'fcgi')
    using connection = await gateway.connect()
    connection.send(request(GET))
    await connection.ended()
    expect(connection.received.includes('hello')).toBe(true)
    expect(textOf(await nextRecord(connection))).toBe('1 stdout Status: 200 OK')
    expect(textOf(await nextRecord(connection))).toBe('1 stdout hello')
    await expect(nextRecord(connection)).rejects.toThrow('ended')
  })

  test('that is cut beside others ends as one of a program that failed', async () => {
    const waiting: Exchange[] = []
    await using gateway = await TestGateway.start([], (exchange) => waiting.push(exchange), 'fcgi')
    using connection = await gateway.connect()
    connection.send(Buffer.concat([request(GET), request(GET, { id: 2 })]))
    await until(
      () => waiting.length === 2,
      DEADLINE_MS,
      () => 'they are not handed over',
    )
    waiting[0]!.begin(OK)
    waiting[0]!.abort()
    expect(await answerTo(connection)).toContain('1 end 0000000100000000')
    answerWith(waiting[1]!, HELLO)
    expect(await answerTo(connection, 2)).toContain(`2 end ${COMPLETE}`)
  })

  test('that the web server is slow for arrives whole', async () => {
    const block = Buffer.alloc(65_536, 0x62)
    const blocks = 128
    const handle = (exchange: Exchange): void => {
      exchange.begin(OK)
      for (let i = 0; i < blocks; i++) exchange.write(block)
      exchange.end()
    }
    await using gateway = await TestGateway.start(['--response-buffer-bytes', '64KiB'], handle, 'fcgi')
    using connection = await gateway.connect()
    connection.socket.pause()
    connection.send(request(GET))
    await until(
      () => gateway.spool.directory.heldBytes > 0,
      DEADLINE_MS,
      () => 'nothing waits on disk',
    )
    connection.socket.resume()
    let bytes = 0
    for (;;) {
      const record = await nextRecord(connection)
      if (record.type === 3) break
      bytes += record.content.length
    }
    expect(bytes).toBe(blocks * block.length + 'Status: 200 OK\r\n\r\n'.length)
  })
})

describe('the responder', () => {
  test('tells its values (§4.1)', async () => {
    await using gateway = await TestGateway.start(['--max-connections', '77'], hello, 'fcgi')
    using connection = await gateway.connect()
    const asked = fastcgiParams({ FCGI_MPXS_CONNS: '', FCGI_MAX_CONNS: '', FCGI_OTHER: '' })
    connection.send(rawRecord({ type: 9, id: 0, content: asked }))
    const { id, type, content } = await nextRecord(connection)
    const expected = fastcgiParams({ FCGI_MAX_CONNS: '77', FCGI_MPXS_CONNS: '1' })
    expect([id, type, content.toString('latin1')]).toEqual([0, 10, expected.toString('latin1')])
  })

  test('tells that it does not know a type (§4.2)', async () => {
    await using gateway = await TestGateway.start([], hello, 'fcgi')
    using connection = await gateway.connect()
    connection.send(rawRecord({ type: 77, id: 0, content: 'what?' }))
    expect(textOf(await nextRecord(connection))).toBe('0 unknown 4d00000000000000')
  })

  test.each([
    ['FASTCGI_VERSION_UNKNOWN', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['FASTCGI_REQUEST_ID_USED', begin()],
    ['FASTCGI_STREAM_DISORDERED', rawRecord({ type: 4 })],
    ['FASTCGI_BODY_MALFORMED', rawRecord({ type: 1, id: 5 })],
    ['FASTCGI_PAIR_CUT', rawRecord({ type: 9, id: 0, content: '\x05' })],
  ])('closes a connection on %s, and ends what runs on it', async (code, bytes) => {
    const waiting: Exchange[] = []
    await using gateway = await TestGateway.start([], (exchange) => waiting.push(exchange), 'fcgi')
    using connection = await gateway.connect()
    using other = await gateway.connect()
    connection.send(request(GET))
    other.send(request(GET))
    await until(
      () => waiting.length === 2,
      DEADLINE_MS,
      () => 'they are not handed over',
    )
    connection.send(bytes)
    await connection.ended()
    expect(gateway.reports).toEqual([code])
    expect(waiting.map(({ client }) => client).sort()).toEqual(['gone', 'here'])
    expect(gateway.records).toMatchObject([{ status: 499, code }])
    answerWith(waiting.find(({ client }) => client === 'here')!, HELLO)
    expect(await answerTo(other)).toEqual(HELLO_ANSWER)
  })
})

describe('FCGI_WEB_SERVER_ADDRS', () => {
  afterEach(() => vi.unstubAllEnvs())

  test.each([
    ['10.0.0.1,10.0.0.2', ['FASTCGI_ADDRESS_UNKNOWN']],
    ['10.0.0.1, 127.0.0.1', []],
  ])('%s says who may connect (§3.2)', async (addresses, reports) => {
    vi.stubEnv('FCGI_WEB_SERVER_ADDRS', addresses)
    await using gateway = await TestGateway.start([], hello, 'fcgi')
    using connection = await gateway.connect()
    connection.send(request(GET, { flags: 0 }))
    await connection.ended()
    expect(gateway.reports).toEqual(reports)
    expect(connection.received.includes('hello')).toBe(reports.length === 0)
  })
})

test('a server that is told to end at once answers 503 to what still runs', async () => {
  const waiting: Exchange[] = []
  await using gateway = await TestGateway.start([], (exchange) => waiting.push(exchange), 'fcgi')
  using connection = await gateway.connect()
  connection.send(request(GET))
  await until(
    () => waiting.length === 1,
    DEADLINE_MS,
    () => 'it is not handed over',
  )
  const stopped = gateway.server.stop({ idleMs: 0, requestMs: 0 })
  expect((await answerTo(connection))[0]).toContain('Status: 503 ')
  await connection.ended()
  await stopped
  expect(gateway.reports).toEqual(['cancelled GET /'])
})
