// A listener of Node's own HTTP server as an application.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import express from 'express'
import { describe, expect, test } from 'vitest'
import { type ServerListener, fromNodeListener, toNodeListener } from '../../src/adapters/index.ts'
import { testClient } from '../../src/testing/index.ts'
import { type ApplicationAnswer, answerOf } from '../../src/wsgi/index.ts'
import { until } from '../harness/until.ts'
import { Latch, digestOf, digests, showsEnviron } from './applications.ts'
import { settled } from './listening.ts'

const LARGE = Buffer.alloc(20 * 1024 * 1024, 'gantry ')

const clientOf = (listener: ServerListener): ReturnType<typeof testClient> =>
  testClient(fromNodeListener(listener))
const blocksOf = ({ body }: ApplicationAnswer): AsyncIterator<Uint8Array> =>
  (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()

describe('a request to a listener', () => {
  test('has the target as sent, the fields, and its client', async () => {
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      const { method, url, headers, socket } = request
      const { remoteAddress, remotePort } = socket
      response.end(JSON.stringify({ method, url, headers, remoteAddress, remotePort }))
    }
    const client = testClient(fromNodeListener(listener), { remoteAddress: '192.0.2.7', scriptName: '/app' })
    const headers = { 'X-One': '1', Connection: 'upgrade', Upgrade: 'websocket' }
    const answer = await client.request({ method: 'PROPFIND', target: '/app/a%2Fb?q', headers })
    expect(answer.json()).toEqual({
      method: 'PROPFIND',
      url: '/app/a%2Fb?q',
      headers: { host: 'localhost', 'x-one': '1', 'content-length': '0', connection: 'close' },
      remoteAddress: '192.0.2.7',
      remotePort: 50_000,
    })
  })

  test('is relative to the mount point with cutsMount, as behind `use` of Express', async () => {
    const app = express().get('/a%2Fb', (request, response) => {
      const { url, baseUrl, originalUrl, secure } = request
      response.json({ url, baseUrl, originalUrl, secure })
    })
    const application = fromNodeListener(app, { cutsMount: true })
    const client = testClient(application, { scriptName: '/my%20app', scheme: 'https' })
    expect((await client.get('/my%20app/a%2Fb?q')).json()).toEqual({
      url: '/a%2Fb?q',
      baseUrl: '/my%20app',
      originalUrl: '/my%20app/a%2Fb?q',
      secure: true,
    })
  })

  test('keeps its mount point through both adapters', async () => {
    const application = fromNodeListener(toNodeListener(showsEnviron), { cutsMount: true })
    const environ = (await testClient(application, { scriptName: '/app' }).get('/app')).json()
    expect(environ).toMatchObject({ SCRIPT_NAME: '/app', PATH_INFO: '', REQUEST_URI: '/app' })
  })

  test('carries 20 MB, with a length and without', async () => {
    const client = testClient(fromNodeListener(toNodeListener(digests)))
    const sized = await client.post('/', { body: LARGE })
    expect(sized.text).toBe(`${LARGE.length} ${digestOf(LARGE)} ${LARGE.length}`)
    const unsized = await client.post('/', { body: LARGE, environ: { CONTENT_LENGTH: undefined } })
    expect(unsized.text).toBe(`${LARGE.length} ${digestOf(LARGE)} unknown`)
  })

  test('is read only as far as the listener reads', async () => {
    let read = 0
    const input = {
      read: (size: number): Promise<Buffer> => {
        read++
        return Promise.resolve(Buffer.alloc(size))
      },
    }
    const client = clientOf((request, response) => {
      request.once('readable', () => {
        request.read(1)
        response.flushHeaders()
      })
    })
    const answer = client.open({
      method: 'POST',
      environ: { 'wsgi.input': input, CONTENT_LENGTH: '900000000' },
    })
    expect(await settled(() => read)).toBeLessThan(20)
    void answer.catch(() => undefined)
  })

  test('that no listener reads does not hold up its answer', async () => {
    const client = clientOf((_request, response) => response.writeHead(413).end('too large'))
    const answer = await client.post('/', { body: LARGE })
    expect([answer.status, answer.text]).toEqual([413, 'too large'])
  })

  test('with a method that Node does not know is answered 501', async () => {
    expect((await clientOf(() => undefined).request({ method: 'BREW' })).status).toBe(501)
    expect((await clientOf(() => undefined).request({ method: 'CONNECT' })).status).toBe(501)
  })
})

describe('the answer of a listener', () => {
  test('keeps status, reason and each of its headers, but for those of the connection', async () => {
    const client = clientOf((_request, response) => {
      response.writeHead(299, 'All Well', ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Name', 'caf\xe9'])
      response.end('body')
    })
    const answer = await client.get('/')
    expect([answer.status, answer.reason, answer.text]).toEqual([299, 'All Well', 'body'])
    expect(answer.headersOf('set-cookie')).toEqual(['a=1', 'b=2'])
    expect(answer.header('x-name')).toBe('caf\xe9')
    expect(answer.header('connection')).toBeUndefined()
    expect(answer.header('transfer-encoding')).toBeUndefined()
  })

  test.each([204, 304])('has no body with %s, nor for HEAD (W43)', async (status) => {
    const client = clientOf((_request, response) => response.writeHead(status).end())
    expect((await client.get('/')).body.length).toBe(0)
    const head = clientOf((_request, response) =>
      response.writeHead(200, { 'Content-Length': 4 }).end('body'),
    )
    const answer = await head.request({ method: 'HEAD' })
    expect([answer.header('content-length'), answer.body.length]).toEqual(['4', 0])
  })

  test('comes without the 1xx answers before it', async () => {
    const client = clientOf((_request, response) => {
      response.writeProcessing()
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.end('done')
    })
    expect((await client.get('/')).text).toBe('done')
  })

  test('comes block by block while its request is still being sent (W44)', async () => {
    const client = clientOf((request, response) => {
      request.on('data', (block: Buffer) => response.write(block)).on('end', () => response.end())
    })
    const waiting: ((block: Buffer) => void)[] = []
    const read = (): Promise<Buffer> => new Promise((resolve) => waiting.push(resolve))
    const send = async (line: string): Promise<void> => {
      await until(
        () => waiting.length > 0,
        5000,
        () => 'the body is not read',
      )
      waiting.shift()!(Buffer.from(line))
    }
    const opening = client.open({ method: 'POST', environ: { 'wsgi.input': { read } } })
    await send('one')
    const blocks = blocksOf(await opening)
    expect(Buffer.from((await blocks.next()).value as Uint8Array).toString()).toBe('one')
    await send('two')
    expect(Buffer.from((await blocks.next()).value as Uint8Array).toString()).toBe('two')
    await send('')
    expect((await blocks.next()).done).toBe(true)
  })

  test('waits for whoever reads it, and ends when nobody does any more (W45, W48)', async () => {
    let written = 0
    let isClosed = false
    const client = clientOf((_request, response) => {
      const block = Buffer.alloc(65_536)
      const send = (): void => {
        do written++
        while (response.write(block))
        response.once('drain', send)
      }
      response.on('close', () => (isClosed = true))
      send()
    })
    const blocks = blocksOf(await client.open({}))
    await blocks.next()
    expect(await settled(() => written)).toBeLessThan(20)
    await blocks.return?.()
    await until(
      () => isClosed,
      5000,
      () => 'the response was not closed',
    )
  })
})

describe('a listener that fails', () => {
  test('by throwing, or as a promise, throws as an application (W50)', async () => {
    const failure = new Error('failed')
    const throwing = clientOf(() => {
      throw failure
    })
    await expect(throwing.get('/')).rejects.toBe(failure)
    await expect(clientOf(() => Promise.reject(failure)).get('/')).rejects.toBe(failure)
  })

  test('in the middle of its answer, as a promise, throws why in the body', async () => {
    const begun = new Latch()
    const client = clientOf(async (_request, response) => {
      response.write('begun')
      await begun.opened
      throw new Error('failed late')
    })
    const blocks = blocksOf(await client.open({}))
    await blocks.next()
    begun.open()
    await expect(blocks.next()).rejects.toThrow('failed late')
  })

  test('after its answer is told in wsgi.errors', async () => {
    const client = clientOf((_request, response) => {
      response.end('done')
      return Promise.reject(new Error('failed afterwards'))
    })
    const answer = await client.get('/')
    expect(answer.text).toBe('done')
    expect(answer.errors).toContain('the listener failed after its answer: Error: failed afterwards')
  })

  test('by closing its connection unanswered throws that it did', async () => {
    const client = clientOf((request) => request.socket.destroy())
    await expect(client.get('/')).rejects.toThrow('the listener closed its connection before it had answered')
  })

  test('in the middle of its answer throws in the body', async () => {
    let begun: ServerResponse | undefined
    const client = clientOf((_request, response) => {
      begun = response
      response.write('begun')
    })
    const blocks = blocksOf(await client.open({}))
    await blocks.next()
    begun?.destroy()
    await expect(blocks.next()).rejects.toThrow()
  })

  test('by switching protocols unasked throws that it did', async () => {
    const client = clientOf((_request, response) =>
      response.writeHead(101, { Upgrade: 'x', Connection: 'upgrade' }).end(),
    )
    await expect(client.get('/')).rejects.toThrow('switched protocols')
  })

  test('is told by its request and response when nobody waits any more', async () => {
    const events: string[] = []
    const application = fromNodeListener((request, response) => {
      request.on('close', () => events.push('request'))
      response.on('close', () => events.push(`response ${response.writableFinished}`))
      void text(request).catch(() => undefined)
    })
    const environ = testClient(application).environ()
    const answer = answerOf(application, environ)
    setImmediate(() => environ['gantry.request']!.cancel(new Error('left')))
    await expect(answer).rejects.toThrow('left')
    await until(
      () => events.length === 2,
      5000,
      () => events.join(),
    )
    expect(events).toContain('response false')
  })
})

test('no timer and no handle is left of requests that were answered, refused and given up', async () => {
  const before = process.getActiveResourcesInfo().length
  const application = fromNodeListener((request, response) => {
    if (request.url === '/answered') response.end('done')
    else if (request.url === '/refused') request.socket.destroy()
  })
  const client = testClient(application)
  await client.get('/answered')
  await expect(client.get('/refused')).rejects.toThrow()
  const environ = client.environ({ target: '/given-up' })
  const answer = answerOf(application, environ)
  setImmediate(() => environ['gantry.request']!.cancel(new Error('left')))
  await expect(answer).rejects.toThrow('left')
  const left = (): string[] => process.getActiveResourcesInfo()
  await until(
    () => left().length <= before,
    5000,
    () => left().join(),
  )
})

test('Express answers for its failures with an error page of its own', async () => {
  const app = express().set('env', 'test')
  app.use(() => {
    throw Object.assign(new Error('teapot'), { status: 418 })
  })
  expect((await testClient(fromNodeListener(app)).get('/')).status).toBe(418)
})
