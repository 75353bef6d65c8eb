// What accessLog records of each way in which a request can end. Where the lines go is in access-log-target.test.ts.

import { describe, expect, test } from 'vitest'
import { accessLog, type AccessRecord, requestId, timeout } from '../../src/middleware/index.ts'
import { testClient } from '../../src/testing/index.ts'
import { AnswerFailure } from '../../src/wsgi/answer-failure.ts'
import { answerOf } from '../../src/wsgi/answer-of.ts'
import { compose } from '../../src/wsgi/application-parts.ts'
import type { Application, ApplicationResult, StartResponse } from '../../src/wsgi/application.ts'

const text = (value: string): Uint8Array => Buffer.from(value)

function start(startResponse: StartResponse, status = '200 OK'): ReturnType<StartResponse> {
  return startResponse(status, [['Content-Type', 'text/plain']])
}

const answering =
  (result: ApplicationResult, status?: string): Application =>
  (_, startResponse) => {
    start(startResponse, status)
    return result
  }

/** An application behind the log, and what was logged of it. */
function logged(application: Application): {
  readonly application: Application
  readonly records: AccessRecord[]
} {
  const records: AccessRecord[] = []
  const log = accessLog({ target: (record) => records.push(record) })
  return { application: log(application), records }
}

/** Status and bytes of the one record of a request that is answered to its end, or throws. */
async function recorded(application: Application, method = 'GET'): Promise<readonly [number, number]> {
  const log = logged(application)
  await testClient(log.application, { passthroughErrors: false })
    .request({ method })
    .catch(() => undefined)
  expect(log.records).toHaveLength(1)
  return [log.records[0]!.status, log.records[0]!.bodyBytes]
}

describe('accessLog', () => {
  test('records the request as it came, and the id that it has at the end', async () => {
    const log = logged((environ, startResponse) => {
      environ['gantry.request']!.id = 'named-inside'
      environ.REQUEST_METHOD = 'CHANGED'
      delete environ.HTTP_REFERER
      start(startResponse)
      return [text('Hello')]
    })
    const headers = { Referer: 'https://page.example/', 'User-Agent': 'test/1' }
    const before = Date.now()
    await testClient(log.application, { remoteAddress: '192.0.2.7' }).get('/a%2Fb?c', { headers })
    const { timeMs, durationMs, applicationMs, ...rest } = log.records[0]!
    expect(rest).toEqual({
      id: 'named-inside',
      remoteAddress: '192.0.2.7',
      method: 'GET',
      target: '/a%2Fb?c',
      protocol: 'HTTP/1.1',
      queueMs: 0,
      transferMs: 0,
      servedBy: undefined,
      details: [],
      status: 200,
      bodyBytes: 5,
      referer: 'https://page.example/',
      userAgent: 'test/1',
      code: undefined,
    })
    expect(timeMs).toBeGreaterThanOrEqual(before)
    expect(durationMs).toBeGreaterThanOrEqual(0)
    expect(applicationMs).toBe(durationMs)
  })

  test.each([
    ['in front of', (log: Application) => compose(requestId())(log)],
    ['behind', (log: Application) => log],
  ])('has the id of a requestId %s it', async (place, around) => {
    const log = logged(place === 'behind' ? requestId()(answering([])) : answering([]))
    await testClient(around(log.application)).get('/', { headers: { 'X-Request-ID': 'given' } })
    expect(log.records[0]!.id).toBe('given')
  })

  test('an environ without REQUEST_URI has the target that its path makes', async () => {
    const log = logged(answering([]))
    const { application } = log
    const environ = testClient(application, { scriptName: '/shop' }).environ({ target: '/shop/a%20b?c' })
    delete environ.REQUEST_URI
    environ.SERVER_PROTOCOL = 'HTTP/1.0'
    await answerOf(application, environ)
    expect([log.records[0]!.target, log.records[0]!.protocol]).toEqual(['/shop/a%20b?c', 'HTTP/1.0'])
  })

  test('counts the bytes of every form of a body', async () => {
    const gives = function* (): Generator<Uint8Array> {
      yield text('Hel')
      yield text('')
      yield text('lo')
    }
    const givesLater = async function* (): AsyncGenerator<Uint8Array> {
      await Promise.resolve()
      yield* gives()
    }
    const writes: Application = async (_, startResponse) => {
      await start(startResponse)(text('Hel'))
      return [text('lo')]
    }
    const writesAll: Application = (_, startResponse) => {
      void start(startResponse)(text('Hello'))
      return null
    }
    const startsLate: Application = function* (_, startResponse) {
      start(startResponse, '201 Created')
      yield* gives()
    }
    expect(await recorded(answering([text('Hello')]))).toEqual([200, 5])
    expect(await recorded(answering([text('Hel'), text('lo')]))).toEqual([200, 5])
    expect(await recorded(answering(gives()))).toEqual([200, 5])
    expect(await recorded(answering(givesLater()))).toEqual([200, 5])
    expect(await recorded(writes)).toEqual([200, 5])
    expect(await recorded(writesAll)).toEqual([200, 5])
    expect(await recorded(startsLate)).toEqual([201, 5])
    expect(await recorded(answering([], '404 Not Found'))).toEqual([404, 0])
  })

  test('W43 HEAD, 204 and 304 have no bytes, whatever the application gives', async () => {
    expect(await recorded(answering([text('Hello')]), 'HEAD')).toEqual([200, 0])
    expect(await recorded(answering(new Set([text('a'), text('b')])), 'HEAD')).toEqual([200, 0])
    expect(await recorded(answering([text('Hello')], '304 Not Modified'))).toEqual([304, 0])
    expect(await recorded(answering([], '204 No Content'))).toEqual([204, 0])
  })

  test('W22 the status is the last one that was given', async () => {
    const replaces: Application = (_, startResponse) => {
      start(startResponse)
      startResponse('503 Sorry', [['Content-Type', 'text/plain']], new Error('caught'))
      return [text('sorry')]
    }
    expect(await recorded(replaces)).toEqual([503, 5])
  })

  test('W49 what the application throws before there is data is a 500', async () => {
    const throws = (): never => {
      throw new Error('raised')
    }
    const throwsAtFirst: Application = function* (_, startResponse) {
      start(startResponse)
      throws()
      yield text('')
    }
    expect(await recorded(throws)).toEqual([500, 0])
    expect(await recorded(() => Promise.reject(new Error('raised')))).toEqual([500, 0])
    expect(await recorded(throwsAtFirst)).toEqual([500, 0])
    expect(await recorded(() => [text('without a start')])).toEqual([500, 0])
  })

  test('an AnswerFailure brings its status and its code', async () => {
    const log = logged(() => Promise.reject(new AnswerFailure(503, 'GANTRY_QUEUE_FULL')))
    await expect(testClient(log.application).get('/')).rejects.toThrow(AnswerFailure)
    expect([log.records[0]!.status, log.records[0]!.code]).toEqual([503, 'GANTRY_QUEUE_FULL'])
  })

  test('W49 an answer that breaks off keeps its status, with the bytes until then', async () => {
    const breaks: Application = function* (_, startResponse) {
      start(startResponse)
      yield text('one')
      throw new Error('raised in mid-stream')
    }
    expect(await recorded(breaks)).toEqual([200, 3])
  })

  test('W5 an answer that holds no bytes is a 500', async () => {
    for (const wrong of ['text', ['text'], text('a').buffer, new Set(['text']), 7])
      expect(await recorded(answering(wrong as unknown as ApplicationResult))).toEqual([500, 0])
  })

  test('W48 a client that leaves before there is data is a 499, at once', async () => {
    const log = logged(() => new Promise(() => undefined))
    const environ = testClient(log.application).environ()
    const answer = answerOf(log.application, environ)
    environ['gantry.request']!.cancel()
    expect(log.records.map(({ status }) => status)).toEqual([499])
    await expect(answer).rejects.toThrow()
    expect(log.records).toHaveLength(1)
  })

  test('W48 one that leaves later leaves the status, and the bytes until then', async () => {
    const log = logged(async function* (_, startResponse) {
      start(startResponse)
      yield text('one')
      await new Promise(() => undefined)
    })
    const environ = testClient(log.application).environ()
    await answerOf(log.application, environ)
    environ['gantry.request']!.cancel()
    expect(log.records.map(({ status, bodyBytes }) => [status, bodyBytes])).toEqual([[200, 3]])
  })

  test('a timeout behind it is an answer, one in front of it a client that left', async () => {
    const silent: Application = () => new Promise(() => undefined)
    const behind = logged(timeout({ after: 1 })(silent))
    await testClient(behind.application).get('/')
    expect(behind.records.map(({ status }) => status)).toEqual([504])
    const inFront = logged(silent)
    await testClient(timeout({ after: 1 })(inFront.application)).get('/')
    expect(inFront.records.map(({ status }) => status)).toEqual([499])
  })

  test('W45 a stream is closed as without it, and recorded when it has ended', async () => {
    const ends: string[] = []
    const blocks = Object.assign(new Set([text('a'), text('b')]), { close: () => ends.push('closed') })
    const log = accessLog({ target: () => ends.push('recorded') })
    await testClient(log(answering(blocks))).get('/')
    expect(ends).toEqual(['recorded', 'closed'])
  })

  test('W42 a result with one block keeps the length that the server tells', async () => {
    const result = { length: 1, [Symbol.iterator]: () => [text('Hello')][Symbol.iterator]() }
    const answer = await testClient(logged(answering(result)).application).get('/')
    expect(answer.header('Content-Length')).toBe('5')
  })

  test('a target that throws costs no answer', async () => {
    const log = accessLog({
      target: () => {
        throw new Error('the disk is full')
      },
    })
    const answer = await testClient(log(answering([text('Hello')]))).get('/')
    expect([answer.text, answer.errors]).toEqual([
      'Hello',
      'accessLog: its target failed: Error: the disk is full\n',
    ])
  })
})
