// What the requests of one connection do to each other, and to the gateway.

import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/wsgi/exchange.ts'
import { getRequest } from '../../harness/fixtures.ts'
import { until } from '../../harness/until.ts'
import { OK, TestGateway, answerWith } from '../gateway.ts'

const DEADLINE_MS = 10_000
const HELLO = Buffer.from('hello')
const GET = getRequest('/')
const post = (...fields: readonly string[]): string => getRequest('/', ...fields).replace('GET', 'POST')

describe('a client that sends requests and reads no answers', () => {
  test('is given no more answers than may wait for it, and the others when it has taken those', async () => {
    const page = Buffer.alloc(60_000, 'x')
    const count = 1_000
    let handled = 0
    await using gateway = await TestGateway.start([], (exchange) => {
      handled++
      answerWith(exchange, page)
    })
    using connection = await gateway.connect()
    connection.socket.pause()
    connection.send(GET.repeat(count))
    using other = await gateway.connect()
    for (let turn = 0; turn < 50; turn++) expect((await other.request(GET)).status).toBe(200)
    // Some lie in the system's buffers.
    expect(handled - 50).toBeLessThan(count / 2)
    connection.socket.resume()
    for (let answer = 0; answer < count; answer++)
      expect((await connection.readResponse()).body.length).toBe(page.length)
    expect((await connection.request(GET)).status).toBe(200)
  })
})

describe('a client that takes nothing of its answer', () => {
  const BYTES = 8_388_608

  test.each([
    ['64KiB', 'waits on disk'],
    ['64MiB', 'waits in memory'],
  ])('with --response-buffer-bytes %s: the rest %s, and it is whole in the end', async (limit, where) => {
    let onDisk = -1
    await using gateway = await TestGateway.start(['--response-buffer-bytes', limit], (exchange) => {
      exchange.begin(OK)
      for (let sent = 0; sent < BYTES; sent += 65_536) exchange.write(Buffer.alloc(65_536, 'x'))
      exchange.end()
      onDisk = gateway.spool.directory.heldBytes
    })
    using connection = await gateway.connect()
    connection.socket.pause()
    connection.send(getRequest('/', 'Connection: close'))
    await until(
      () => onDisk >= 0,
      DEADLINE_MS,
      () => 'nothing is answered',
    )
    expect(onDisk > 0).toBe(where === 'waits on disk')
    connection.socket.resume()
    expect((await connection.readResponse()).body.length).toBe(BYTES)
  })
})

describe('a client that sends its last byte early', () => {
  test('has each complete request answered, those behind one that is answered at once too', async () => {
    const waiting: Exchange[] = []
    await using gateway = await TestGateway.start([], (exchange) => waiting.push(exchange))
    using connection = await gateway.connect()
    connection.send(`${GET}OPTIONS * HTTP/1.1\r\nHost: test.example\r\n\r\n${GET}`)
    connection.socket.end()
    await until(
      () => waiting[0]?.client === 'ended',
      DEADLINE_MS,
      () => 'the gateway does not see that the client has ended',
    )
    answerWith(waiting[0]!, HELLO)
    await until(
      () => waiting.length === 2,
      DEADLINE_MS,
      () => `the last request is not handed over: ${gateway.reports.join()}`,
    )
    answerWith(waiting[1]!, HELLO)
    const statuses = [await connection.readResponse(), await connection.readResponse('OPTIONS')]
    expect(statuses.map(({ status }) => status)).toEqual([200, 204])
    expect((await connection.readResponse()).text).toBe('hello')
    await connection.ended()
  })
})

describe('the rest of a body that was answered without it', () => {
  test('is never answered a second time, whatever is wrong with it', async () => {
    await using gateway = await TestGateway.start(['--stream-requests', '/'], (exchange) =>
      answerWith(exchange, HELLO),
    )
    using connection = await gateway.connect()
    const response = await connection.request(post('Transfer-Encoding: chunked'))
    expect(response.text).toBe('hello')
    connection.send(`x\r\n${GET}`)
    await connection.ended()
    expect(connection.received.toString('latin1')).toBe('')
    expect(gateway.records.map(({ status }) => status)).toEqual([200])
  })
})

describe('a refusal', () => {
  test('of a HEAD request has no body (RFC 9110 §9.3.2)', async () => {
    await using gateway = await TestGateway.start([], (exchange) => answerWith(exchange, HELLO))
    using connection = await gateway.connect()
    connection.send(getRequest('/', 'Content-Length: x').replace('GET', 'HEAD'))
    await connection.ended()
    expect(connection.received.toString('latin1')).toMatch(/^HTTP\/1\.1 400 [^]*\r\n\r\n$/)
  })

  test('is logged under the client of its own request, never of the one before', async () => {
    await using gateway = await TestGateway.start(['--trusted-proxies', '127.0.0.1'], (exchange) =>
      answerWith(exchange, HELLO),
    )
    using connection = await gateway.connect()
    await connection.request(getRequest('/', 'X-Forwarded-For: 192.0.2.1'))
    await connection.request(getRequest('/', 'X-Forwarded-For: 192.0.2.2', 'Content-Length: x'))
    await connection.ended()
    expect(gateway.records.map(({ remoteAddress }) => remoteAddress)).toEqual(['192.0.2.1', '127.0.0.1'])
  })
})

describe('an answer that cannot go on', () => {
  test('is given up by whoever answers, who would wait for ever otherwise', async () => {
    const block = Buffer.alloc(65_536, 'x')
    const waiting: Exchange[] = []
    await using gateway = await TestGateway.start([], (exchange) => waiting.push(exchange))
    using connection = await gateway.connect()
    connection.socket.pause()
    connection.send(getRequest('/first'))
    await until(
      () => waiting.length === 1,
      DEADLINE_MS,
      () => 'no request comes',
    )
    const [exchange] = waiting
    let isGone = false
    exchange!.onGone = () => (isGone = true)
    exchange!.begin(OK)
    // Until some of it is on disk, which then is damaged.
    await until(
      () => {
        exchange!.write(block)
        return gateway.spool.files().length > 0 && gateway.spool.directory.heldBytes > 1_000_000
      },
      DEADLINE_MS,
      () => 'nothing comes to lie on disk',
    )
    await until(
      () => gateway.spool.writtenBytes >= gateway.spool.directory.heldBytes,
      DEADLINE_MS,
      () => 'it does not come to lie on disk',
    )
    gateway.spool.damage()
    connection.socket.resume()
    await connection.ended()
    expect(gateway.reports).toEqual(['GANTRY_SPOOL_FAILED'])
    expect([isGone, exchange!.client]).toEqual([true, 'gone'])
    // It may still be asked for by its name, when its head is another's.
    expect(exchange!.target).toBe('/first')
  })
})

test('what is written is copied before it is overwritten, however slowly a client takes it', async () => {
  const waiting: Exchange[] = []
  await using gateway = await TestGateway.start([], (exchange) => waiting.push(exchange))
  using slow = await gateway.connect()
  using quick = await gateway.connect()
  slow.socket.pause()
  for (const connection of [slow, quick]) connection.send(GET)
  await until(
    () => waiting.length === 2,
    DEADLINE_MS,
    () => 'the requests do not come',
  )
  for (const exchange of waiting) exchange.begin(OK)
  const shared = Buffer.alloc(65_536)
  const parts: Buffer[] = []
  for (let part = 0; part < 150; part++) {
    // Of sizes that are kept in different ways.
    const data = shared.subarray(0, [65_536, 40_000, 100][part % 3]).fill(part)
    parts.push(Buffer.from(data))
    for (const exchange of waiting) exchange.writeCopy!(data)
    shared.fill(255)
    // The disk, and the quick client, get their turn.
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (const exchange of waiting) exchange.end()
  slow.socket.resume()
  for (const connection of [slow, quick]) {
    const { body, isComplete } = await connection.readResponse()
    expect([isComplete, body.equals(Buffer.concat(parts))]).toEqual([true, true])
  }
})

describe('a PROXY protocol header that does not come to its end', () => {
  const OPTIONS = ['--proxy-protocol', '--trusted-proxies', '127.0.0.0/8', '--head-timeout', '300ms']
  const start = (): Promise<TestGateway> =>
    TestGateway.start(OPTIONS, (exchange) => answerWith(exchange, HELLO))

  test('is refused for its time, counted and logged like a head', async () => {
    await using gateway = await start()
    using connection = await gateway.connect()
    connection.send('PROXY TCP4 192.0')
    expect((await connection.readResponse()).status).toBe(408)
    expect(gateway.reports).toEqual(['HEAD_TIMEOUT'])
    expect(gateway.records).toMatchObject([{ status: 408, code: 'HEAD_TIMEOUT' }])
  })

  test('is refused where the proxy ends in the middle of it', async () => {
    await using gateway = await start()
    using connection = await gateway.connect()
    connection.send('PROXY TCP4 192.0')
    connection.socket.end()
    expect((await connection.readResponse()).status).toBe(400)
    expect(gateway.reports).toEqual(['PROXY_HEADER_MALFORMED'])
  })

  test('is nothing to speak of where it never began', async () => {
    await using gateway = await start()
    using waiting = await gateway.connect()
    using looking = await gateway.connect()
    looking.socket.end()
    for (const connection of [looking, waiting]) await connection.ended()
    expect([gateway.reports, gateway.records, waiting.received.length]).toEqual([[], [], 0])
  })
})
