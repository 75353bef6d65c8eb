import { describe, expect, test } from 'vitest'
import type { ServingThread } from '../../../src/wsgi/access-record.ts'
import { getRequest } from '../../harness/fixtures.ts'
import { OK, TestGateway, answerWith } from '../gateway.ts'

const HELLO = Buffer.from('hello')
const THREAD: ServingThread = { worker: 3, pid: 4242, thread: 1 }

describe('the record of a request', () => {
  test('says who served it, and where its time went', async () => {
    await using gateway = await TestGateway.start([], (exchange) => {
      exchange.handedTo?.(THREAD, performance.now())
      answerWith(exchange, HELLO)
    })
    using connection = await gateway.connect()
    await connection.request(getRequest('/'))
    const { servedBy, queueMs, applicationMs, transferMs, durationMs } = gateway.records[0]!
    expect(servedBy).toEqual(THREAD)
    expect(applicationMs).toBeGreaterThan(0)
    expect(queueMs + applicationMs + transferMs).toBeCloseTo(durationMs, 6)
  })

  test('of one that no thread had says that it waited all the time', async () => {
    await using gateway = await TestGateway.start([], (exchange) => exchange.fail(503, 'GANTRY_QUEUE_FULL'))
    using connection = await gateway.connect()
    await connection.request(getRequest('/'))
    expect(gateway.records[0]).toMatchObject({ status: 503, code: 'GANTRY_QUEUE_FULL', servedBy: undefined })
    expect(gateway.records[0]!.applicationMs).toBe(0)
  })

  test('comes when the client has taken what it was too slow for, and says how long that took', async () => {
    await using gateway = await TestGateway.start([], (exchange) => {
      exchange.handedTo?.(THREAD, performance.now())
      answerWith(exchange, exchange.target === '/large' ? Buffer.alloc(32 * 1_048_576) : HELLO)
    })
    using slow = await gateway.connect()
    using quick = await gateway.connect()
    slow.socket.pause()
    slow.send(getRequest('/large'))
    // The gateway looks at connections in turn: after two answers of this one it has answered the other long ago.
    for (const target of ['/1', '/2']) await quick.request(getRequest(target))
    expect(gateway.records.map(({ target }) => target)).toEqual(['/1', '/2'])
    slow.socket.resume()
    await slow.readResponse()
    await quick.request(getRequest('/3'))
    expect(gateway.records.map(({ target }) => target)).toEqual(['/1', '/2', '/large', '/3'])
    const { transferMs, applicationMs } = gateway.records[2]!
    expect(transferMs).toBeGreaterThan(applicationMs)
  })

  test('holds the fields and variables that the log wants, each of its own kind', async () => {
    await using gateway = await TestGateway.start(['--script-name', '/shop'], (exchange) => {
      const block = Buffer.from('OK\0X-One\x001\0Set-Cookie\0a=b\0', 'latin1')
      exchange.answer({ ...OK, bytes: block, blockEnd: block.length }, HELLO, 0, HELLO.length)
    })
    gateway.wants.push(
      { of: 'request', name: 'x-one' },
      { of: 'request', name: 'x-twice' },
      { of: 'request', name: 'absent' },
      { of: 'response', name: 'x-one' },
      { of: 'response', name: 'content-length' },
      { of: 'response', name: 'one' },
      { of: 'environ', name: 'SCRIPT_NAME' },
      { of: 'environ', name: 'PATH_INFO' },
      { of: 'environ', name: 'HTTP_X_ONE' },
    )
    using connection = await gateway.connect()
    await connection.request(getRequest('/shop/a%20b', 'X-One: uno', 'x-twice: a', 'X-Twice: b'))
    expect(gateway.records[0]!.details).toEqual([
      'uno',
      'a, b',
      undefined,
      '1',
      '5',
      undefined,
      '/shop',
      '/a b',
      'uno',
    ])
  })

  test('of what was refused has what there was of it', async () => {
    await using gateway = await TestGateway.start([], (exchange) => answerWith(exchange, HELLO))
    gateway.wants.push({ of: 'request', name: 'x-one' }, { of: 'environ', name: 'PATH_INFO' })
    gateway.wants.push({ of: 'response', name: 'connection' })
    using connection = await gateway.connect()
    await connection.request(getRequest('/', 'X-One: uno', 'Content-Length: x'))
    expect(gateway.records[0]).toMatchObject({
      status: 400,
      durationMs: 0,
      details: ['uno', undefined, 'close'],
    })
  })
})
