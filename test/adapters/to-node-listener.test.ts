// An application behind Node's own http.Server.

import { request as httpRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import { toNodeListener } from '../../src/adapters/index.ts'
import { AnswerFailure, type Application, type Header } from '../../src/wsgi/index.ts'
import { until } from '../harness/until.ts'
import {
  EndlessApplication,
  StepwiseApplication,
  answersAsTold,
  digestOf,
  digests,
  echoes,
  fails,
  showsEnviron,
} from './applications.ts'
import { AdapterLogRecord, ListeningServer, settled } from './listening.ts'

const LARGE = Buffer.alloc(20 * 1024 * 1024, 'gantry ')

describe('an answer through toNodeListener', () => {
  test('keeps status, reason, several Set-Cookie and latin-1 values as the application gave them', async () => {
    await using server = await ListeningServer.start(toNodeListener(answersAsTold))
    using connection = await server.connect()
    const answer = await connection.request('GET /?299%20All%20Well HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(answer.statusLine).toBe('HTTP/1.1 299 All Well')
    expect(answer.values('set-cookie')).toEqual(['first=1', 'second=2; HttpOnly'])
    expect(answer.values('x-name')).toEqual(['caf\xe9'])
    expect(answer.values('content-length')).toEqual(['4'])
    expect(answer.body.toString()).toBe('body')
  })

  test.each(['204 No Content', '304 Not Modified'])('has no body with %s (W43)', async (status) => {
    await using server = await ListeningServer.start(toNodeListener(answersAsTold))
    using connection = await server.connect()
    const first = await connection.request(`GET /?${encodeURIComponent(status)} HTTP/1.1\r\nHost: x\r\n\r\n`)
    expect(first.body.length).toBe(0)
    expect(first.values('content-length')).toEqual([])
    // The connection is not out of step.
    const second = await connection.request('GET /?200 HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(second.statusLine).toBe('HTTP/1.1 200 OK')
  })

  test('has the headers but no body for HEAD (W43)', async () => {
    await using server = await ListeningServer.start(toNodeListener(answersAsTold))
    using connection = await server.connect()
    const answer = await connection.request('HEAD /?200 HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(answer.values('content-length')).toEqual(['4'])
    const next = await connection.request('GET /?201 HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(next.statusLine).toBe('HTTP/1.1 201 Created')
  })

  test('is chunked without a length on HTTP/1.1, and ends with the connection on HTTP/1.0 (W42)', async () => {
    await using server = await ListeningServer.start(toNodeListener(new EndlessApplication(2).application))
    using modern = await server.connect()
    const chunked = await modern.request('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(chunked.values('transfer-encoding')).toEqual(['chunked'])
    expect(chunked.body.length).toBe(2 * 65_536)

    await using another = await ListeningServer.start(toNodeListener(new EndlessApplication(2).application))
    using old = await another.connect()
    const closed = await old.request('GET / HTTP/1.0\r\n\r\n')
    expect(closed.values('transfer-encoding')).toEqual([])
    expect(closed.body.length).toBe(2 * 65_536)
  })

  test('sends every block before it asks for the next one (W44)', async () => {
    const steps = new StepwiseApplication()
    await using server = await ListeningServer.start(toNodeListener(steps.application))
    using connection = await server.connect()
    connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    for (const number of [1, 2, 3]) {
      await until(
        () => steps.asked === number,
        5000,
        () => `${steps.asked} blocks were asked for`,
      )
      steps.let(number)
      expect(await connection.receive((received) => received.includes(`block ${number}\n`))).toBe(true)
    }
  })

  test('waits for a client that reads slowly, and closes the iterable when it leaves (W45, W48)', async () => {
    const endless = new EndlessApplication()
    await using server = await ListeningServer.start(toNodeListener(endless.application))
    const connection = await server.connect()
    connection.socket.pause()
    connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await until(
      () => endless.taken > 0,
      5000,
      () => 'nothing was asked for',
    )
    // What the sockets of both sides hold, and no more.
    expect(await settled(() => endless.taken)).toBeLessThan(400)
    connection.close()
    await until(
      () => endless.closes > 0,
      5000,
      () => 'it was not closed',
    )
    expect(endless.closes).toBe(1)
  })

  test('of 20 MB arrives whole', async () => {
    const application: Application = (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Length', String(LARGE.length)]])
      return [LARGE.subarray(0, 7_000_001), LARGE.subarray(7_000_001)]
    }
    await using server = await ListeningServer.start(toNodeListener(application))
    const answer = await server.fetch('/')
    expect(digestOf(new Uint8Array(await answer.arrayBuffer()))).toBe(digestOf(LARGE))
  })

  test('adds to the Set-Cookie and Vary of whoever stands in front, and replaces what else it sets itself', async () => {
    const listener = toNodeListener((_environ, startResponse) => {
      startResponse('200 OK', [
        ['Set-Cookie', 'inner=1'],
        ['Vary', 'Cookie'],
        ['X-Both', 'inner'],
      ])
      return []
    })
    await using server = await ListeningServer.start((request, response) => {
      response.setHeader('Set-Cookie', 'outer=1')
      response.setHeader('Vary', 'Origin')
      response.setHeader('X-Both', 'outer')
      response.setHeader('X-Outer', 'stays')
      listener(request, response)
    })
    const { headers } = await server.fetch('/')
    expect(headers.getSetCookie()).toEqual(['outer=1', 'inner=1'])
    expect(headers.get('vary')).toBe('Origin, Cookie')
    expect(headers.get('x-both')).toBe('inner')
    expect(headers.get('x-outer')).toBe('stays')
  })

  test.each([
    ['a name once', [['X-Both', 'inner']], 'inner'],
    [
      'several of a name',
      [
        ['X-Both', 'one'],
        ['X-Both', 'two'],
      ],
      'one, two',
    ],
  ] as const)(
    'has all that the application gives of %s, whatever was set in front of it',
    async (_, given, both) => {
      const listener = toNodeListener((_environ, startResponse) => {
        startResponse('203 As told', [
          ['Content-Type', 'text/plain'],
          ...given.map(([name, value]): Header => [name, value]),
        ])
        return [Buffer.from('answered')]
      })
      await using server = await ListeningServer.start((request, response) => {
        response.setHeader('X-Both', 'outer')
        response.setHeader('X-Outer', 'stays')
        listener(request, response)
      })
      const answer = await server.fetch('/')
      expect([answer.status, answer.statusText, await answer.text()]).toEqual([203, 'As told', 'answered'])
      expect([answer.headers.get('x-both'), answer.headers.get('x-outer')]).toEqual([both, 'stays'])
    },
  )

  test('is given up when somebody in front has answered meanwhile, such as a timeout', async () => {
    const steps = new StepwiseApplication()
    const listener = toNodeListener(steps.application)
    await using server = await ListeningServer.start((request, response) => {
      listener(request, response)
      response.writeHead(503).end('too slow')
    })
    const answer = await server.fetch('/')
    expect(await answer.text()).toBe('too slow')
    steps.let(1)
    await until(
      () => steps.closes === 1,
      5000,
      () => 'the application was not closed',
    )
  })
})

describe('a request body through toNodeListener', () => {
  test('is read while it arrives, block by block (W15)', async () => {
    await using server = await ListeningServer.start(toNodeListener(echoes))
    using connection = await server.connect()
    connection.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n')
    for (const line of ['one\n', 'two\n', 'six\n']) {
      connection.send(line)
      expect(await connection.receive((received) => received.includes(line))).toBe(true)
    }
    const answer = await connection.readResponse('POST')
    expect(answer.body.toString()).toBe('one\ntwo\nsix\n')
  })

  test.each([
    ['with Content-Length', LARGE, String(LARGE.length)],
    ['chunked', undefined, 'unknown'],
  ])('of 20 MB arrives whole, %s (W16)', async (_name, body, length) => {
    await using server = await ListeningServer.start(toNodeListener(digests))
    const init = body === undefined ? { body: new Blob([LARGE]).stream(), duplex: 'half' as const } : { body }
    const answer = await server.fetch('/', { method: 'POST', ...init })
    expect(await answer.text()).toBe(`${LARGE.length} ${digestOf(LARGE)} ${length}`)
  })

  test('is not taken from the client faster than the application reads it', async () => {
    let received = (): number => 0
    const listener = toNodeListener(async (environ, startResponse) => {
      await environ['wsgi.input'].read(1)
      return new Promise(() => startResponse)
    })
    await using server = await ListeningServer.start((request, response) => {
      received = () => request.socket.bytesRead
      listener(request, response)
    })
    const request = httpRequest(`${server.url}/`, { method: 'POST' }).on('error', () => undefined)
    request.end(LARGE)
    expect(await settled(() => received())).toBeLessThan(LARGE.length / 2)
    request.destroy()
  })

  test('that nobody reads, or only half of, leaves the connection usable (W15)', async () => {
    const half: Application = async (environ, startResponse) => {
      if (environ.PATH_INFO === '/half') await environ['wsgi.input'].read(3)
      startResponse('200 OK', [])
      return [Buffer.from(environ.PATH_INFO)]
    }
    await using server = await ListeningServer.start(toNodeListener(half))
    using connection = await server.connect()
    const body = 'x'.repeat(200_000)
    for (const path of ['/none', '/half', '/none']) {
      const answer = await connection.request(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
      expect(answer.body.toString()).toBe(path)
    }
  })

  test('is waited for by a client that expects 100 Continue (W47)', async () => {
    await using server = await ListeningServer.start(toNodeListener(echoes))
    using connection = await server.connect()
    connection.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n')
    expect(await connection.receive((received) => received.includes('100 Continue\r\n\r\n'))).toBe(true)
    connection.take('HTTP/1.1 100 Continue\r\n\r\n'.length)
    connection.send('abc')
    expect((await connection.readResponse('POST')).body.toString()).toBe('abc')
  })

  test('that breaks off cancels the request, and its reader is thrown why (W48)', async () => {
    let thrown: unknown
    let wasCancelled = false
    const application: Application = async (environ, startResponse) => {
      try {
        await environ['wsgi.input'].read()
      } catch (error) {
        thrown = error
        wasCancelled = environ['gantry.request']?.signal.aborted === true
      }
      startResponse('200 OK', [])
      return []
    }
    await using server = await ListeningServer.start(toNodeListener(application))
    const connection = await server.connect()
    connection.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\nabc')
    connection.close()
    await until(
      () => thrown !== undefined,
      5000,
      () => 'the read goes on for ever',
    )
    expect(String(thrown)).toMatch(/^RequestCancelled/)
    expect(wasCancelled).toBe(true)
  })
})

describe('a failure through toNodeListener', () => {
  test('before the headers is logged and answered 500 without internals, with the headers for it (W49)', async () => {
    const log = new AdapterLogRecord()
    await using server = await ListeningServer.start(toNodeListener(fails, { log: log.print }))
    const answer = await server.fetch('/early?x=1')
    expect(answer.status).toBe(500)
    expect(await answer.text()).toBe('500 Internal Server Error\n')
    expect(answer.headers.get('x-seen')).toBe('yes')
    expect(log.text).toMatch(/error Error on request \w+ GET \/early\?x=1\n {4}Error: failed early\n {8}at /)
  })

  test('after the headers is logged, and the answer is cut (W49)', async () => {
    const log = new AdapterLogRecord()
    await using server = await ListeningServer.start(toNodeListener(fails, { log: log.print }))
    using connection = await server.connect()
    const answer = await connection.request('GET /late HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(answer.isComplete).toBe(false)
    expect(log.text).toContain('Error: failed late')
  })

  test('goes to next, where there is one, and is not logged here; so does what a worker failed with', async () => {
    const log = new AdapterLogRecord()
    const failure = new AnswerFailure(503, 'GANTRY_QUEUE_FULL')
    const listener = toNodeListener(
      () => {
        throw failure
      },
      { log: log.print },
    )
    const passed: unknown[] = []
    await using server = await ListeningServer.start((request, response) => {
      listener(request, response, (error) => {
        passed.push(error)
        response.writeHead((error as AnswerFailure).statusCode).end()
      })
    })
    expect((await server.fetch('/')).status).toBe(503)
    expect(passed).toEqual([failure])
    expect(log.text).toBe('')
  })

  test('of a worker, which has logged it, is answered with its status', async () => {
    const log = new AdapterLogRecord()
    const application: Application = () => Promise.reject(new AnswerFailure(503, 'GANTRY_QUEUE_FULL'))
    await using server = await ListeningServer.start(toNodeListener(application, { log: log.print }))
    const answer = await server.fetch('/')
    expect([answer.status, answer.headers.get('retry-after'), log.text]).toEqual([503, '1', ''])
  })

  test('text for wsgi.errors is logged line by line with the id of its request (W17)', async () => {
    const log = new AdapterLogRecord()
    const application: Application = (environ, startResponse) => {
      environ['gantry.request']!.id = 'named'
      environ['wsgi.errors'].write('one\ntwo')
      startResponse('200 OK', [])
      return []
    }
    await using server = await ListeningServer.start(toNodeListener(application, { log: log.print }))
    await server.fetch('/')
    expect(log.text.match(/error .*/g)).toEqual(['error [named] one', 'error [named] two'])
  })
})

describe('the listener', () => {
  test('answers 400 to a path whose percent-encoding is malformed or holds a NUL', async () => {
    await using server = await ListeningServer.start(toNodeListener(showsEnviron))
    for (const path of ['/%zz', '/%', '/%00']) expect((await server.fetch(path)).status).toBe(400)
  })

  test('refuses a mount prefix that is no path', () => {
    for (const scriptName of ['legacy', '/', '/legacy/', '/a?b'])
      expect(() => toNodeListener(showsEnviron, { scriptName })).toThrow(RangeError)
  })

  test('passes a request outside of its mount prefix on, or answers 404 without anybody to pass it to', async () => {
    const listener = toNodeListener(showsEnviron, { scriptName: '/legacy' })
    await using alone = await ListeningServer.start(listener)
    expect((await alone.fetch('/legacys')).status).toBe(404)
    await using chained = await ListeningServer.start((request, response) =>
      listener(request, response, (error) => response.end(error === undefined ? 'next' : 'error')),
    )
    expect(await (await chained.fetch('/legacys')).text()).toBe('next')
  })
})
