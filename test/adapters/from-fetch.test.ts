// A fetch handler as an application.

import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { type FetchBindings, fromFetch } from '../../src/adapters/index.ts'
import { testClient } from '../../src/testing/index.ts'
import { answerOf } from '../../src/wsgi/index.ts'
import { until } from '../harness/until.ts'
import { Latch } from './applications.ts'

const url = (request: Request): Response => new Response(request.url)

describe('a request to a fetch handler', () => {
  test('has the URL of scheme, Host and target as sent: %2F stays what it is', async () => {
    const client = testClient(fromFetch(url), { scheme: 'https', scriptName: '/api' })
    const answer = await client.get('/api/a%2Fb?q=%20', { headers: { Host: 'shop.example' } })
    expect(answer.text).toBe('https://shop.example/api/a%2Fb?q=%20')
  })

  test.each([
    ['/a%20b', 'http://localhost/'],
    ['/a%20b?q', 'http://localhost/?q'],
    ['/a%20b/x%2Fy', 'http://localhost/x%2Fy'],
  ])('is relative to the mount point with cutsMount: %s', async (target, expected) => {
    const client = testClient(fromFetch(url, { cutsMount: true }), { scriptName: '/a%20b' })
    expect((await client.get(target)).text).toBe(expected)
  })

  test('whose path middleware has changed follows PATH_INFO with cutsMount', async () => {
    const client = testClient(fromFetch(url, { cutsMount: true }))
    const answer = await client.get('/x', { environ: { SCRIPT_NAME: '/other', PATH_INFO: '/caf\xc3\xa9' } })
    expect(answer.text).toBe('http://localhost/caf%C3%A9')
  })

  test('has the fields of the environ, but for those of the connection', async () => {
    const handler = (request: Request): Response => Response.json([...request.headers])
    const headers = {
      'X-One': '1',
      Connection: 'keep-alive',
      Cookie: 'a=1; b=2',
      'Content-Type': 'text/plain',
    }
    const answer = await testClient(fromFetch(handler)).post('/', { headers, body: 'abc' })
    expect(answer.json()).toEqual([
      ['content-length', '3'],
      ['content-type', 'text/plain'],
      ['cookie', 'a=1; b=2'],
      ['host', 'localhost'],
      ['x-one', '1'],
    ])
  })

  test('has a body in memory, or one that comes as it is read', async () => {
    const handler = async (request: Request): Promise<Response> => new Response(await request.text())
    const client = testClient(fromFetch(handler))
    expect((await client.post('/', { body: 'abc' })).text).toBe('abc')
    const read = (size: number): Promise<Buffer> =>
      Promise.resolve(rest.splice(0, size > 0 ? 1 : 0)[0] ?? Buffer.of())
    const rest = [Buffer.from('one '), Buffer.from('two')]
    const answer = await client.post('/', { environ: { 'wsgi.input': { read } } })
    expect(answer.text).toBe('one two')
    expect((await testClient(fromFetch((request) => Response.json(request.body))).get('/')).text).toBe('null')
  })

  test('with TRACE, which no Request can have, is answered 501', async () => {
    expect((await testClient(fromFetch(url)).request({ method: 'TRACE' })).status).toBe(501)
  })

  test('tells its handler when nobody waits any more', async () => {
    const aborted = new Latch()
    const handler = (request: Request): Promise<Response> =>
      new Promise(() => request.signal.addEventListener('abort', () => aborted.open()))
    const client = testClient(fromFetch(handler))
    const environ = client.environ()
    const answer = answerOf(fromFetch(handler), environ)
    environ['gantry.request']!.cancel(new Error('left'))
    await expect(answer).rejects.toThrow('left')
    await aborted.opened
  })
})

describe('the answer of a fetch handler', () => {
  test('keeps status, phrase, several Set-Cookie, and the length of a body that is there at once', async () => {
    const handler = (): Response => {
      const response = new Response('caf\xe9', { status: 299, statusText: 'All Well' })
      response.headers.append('Set-Cookie', 'first=1')
      response.headers.append('Set-Cookie', 'second=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT')
      return response
    }
    const answer = await testClient(fromFetch(handler)).open({})
    expect([answer.status, answer.reason, answer.contentLength]).toEqual([299, 'All Well', 5])
    expect(answer.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value)).toEqual([
      'first=1',
      'second=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
    ])
  })

  test('has the standard phrase without one of its own, and no word on the connection', async () => {
    const handler = (): Response => new Response(null, { status: 404, headers: { Connection: 'close' } })
    const answer = await testClient(fromFetch(handler)).get('/')
    expect([answer.reason, answer.header('connection')]).toEqual(['Not Found', undefined])
  })

  test('comes block by block, each asked for when there is room (W44), and ends when nobody wants it (W45)', async () => {
    let pulled = 0
    let cancels = 0
    const handler = (): Response =>
      new Response(
        new ReadableStream<Uint8Array>(
          {
            pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(++pulled)),
            cancel: () => {
              cancels++
            },
          },
          { highWaterMark: 0 },
        ),
      )
    const answer = await testClient(fromFetch(handler)).open({})
    const blocks = (answer.body as AsyncIterableIterator<Uint8Array, undefined>)[Symbol.asyncIterator]()
    for (let number = 1; number < 20; number++) expect((await blocks.next()).value?.[0]).toBe(number)
    expect(pulled).toBeLessThan(25)
    await blocks.return?.()
    await until(
      () => cancels === 1,
      5000,
      () => 'the stream was not cancelled',
    )
  })

  test('that does not begin is given up with its request', async () => {
    let cancels = 0
    const stuck = (): Response =>
      new Response(
        new ReadableStream({
          cancel: () => {
            cancels++
          },
        }),
      )
    const client = testClient(fromFetch(stuck))
    const environ = client.environ()
    const answer = answerOf(fromFetch(stuck), environ)
    setImmediate(() => environ['gantry.request']!.cancel(new Error('left')))
    await expect(answer).rejects.toThrow('left')
    await until(
      () => cancels === 1,
      5000,
      () => 'the stream was not cancelled',
    )
  })

  test('that is thrown leaves the application, unchanged (W50)', async () => {
    const failure = new Error('failed')
    const client = testClient(fromFetch(() => Promise.reject(failure)))
    await expect(client.get('/')).rejects.toBe(failure)
  })

  test('that breaks off throws in the body', async () => {
    const handler = (): Response =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode('begun')),
          pull: (controller) => controller.error(new Error('broken')),
        }),
      )
    await expect(testClient(fromFetch(handler)).get('/')).rejects.toThrow('broken')
  })
})

describe('Hono as an application', () => {
  const hono = new Hono<{ Bindings: FetchBindings }>()
    .get('/hello/:name', (c) => c.text(`Hello, ${c.req.param('name')}!`))
    .post('/echo', async (c) => c.json(await c.req.json()))
    .get('/fail', () => {
      throw new Error('failed')
    })
    .get('/who', (c) => c.text(c.env.environ.REMOTE_ADDR ?? ''))
  const client = testClient(fromFetch(hono.fetch), { remoteAddress: '192.0.2.7' })

  test('routes, parses and answers with its own errors', async () => {
    const hello = await client.get('/hello/caf%C3%A9')
    expect([hello.text, hello.blocks.length]).toEqual(['Hello, caf\u00e9!', 1])
    const headers = { 'Content-Type': 'application/json' }
    expect((await client.post('/echo', { body: '{"a":1}', headers })).json()).toEqual({ a: 1 })
    expect((await client.get('/none')).status).toBe(404)
    expect((await client.get('/fail')).status).toBe(500)
    expect((await client.get('/who')).text).toBe('192.0.2.7')
    const head = await client.request({ method: 'HEAD', target: '/hello/x' })
    expect([head.status, head.body.length]).toEqual([200, 0])
  })
})
