// answerOf: an application's answer as a value, and W50 (errors reach the caller unchanged).

import { describe, expect, test } from 'vitest'
import { testClient } from '../../src/testing/index.ts'
import type { TestRequest } from '../../src/testing/index.ts'
import {
  answerOf,
  type Application,
  type ApplicationAnswer,
  type ApplicationResult,
  type Header,
  RequestCancelled,
} from '../../src/wsgi/index.ts'
import { bytes, OK } from './recorded-run.ts'

const returns =
  (result: unknown, headers: Header[] = []): Application =>
  (_environ, startResponse) => {
    startResponse('200 OK', headers)
    return result as ApplicationResult
  }

const environOf = (request: TestRequest = {}): ReturnType<ReturnType<typeof testClient>['environ']> =>
  testClient(() => null).environ(request)

const answered = (application: Application, request?: TestRequest): Promise<ApplicationAnswer> =>
  answerOf(application, environOf(request))

type Steps = AsyncIterableIterator<Uint8Array, undefined>

async function textOf({ body }: ApplicationAnswer): Promise<string> {
  const blocks: Uint8Array[] = []
  for await (const block of body) blocks.push(block)
  return Buffer.concat(blocks).toString('latin1')
}

async function* counted(
  closes: { count: number },
  error?: Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let number = 0; ; number++) {
      if (number === 2 && error !== undefined) throw error
      yield await Promise.resolve(bytes(String(number)))
    }
  } finally {
    closes.count++
  }
}

describe('the answer', () => {
  test('has status, reason, headers of its own and a body', async () => {
    const answer = await answered((_environ, startResponse) => {
      startResponse('404 Gone fishing', [['X-Name', 'value']])
      return [bytes('hel'), bytes('lo')]
    })
    expect([answer.status, answer.reason, answer.headers]).toEqual([
      404,
      'Gone fishing',
      [['X-Name', 'value']],
    ])
    expect(await textOf(answer)).toBe('hello')
    answer.headers.push(['X-More', 'yes'])
    const again = await answered(returns([], [['X-Name', 'value']]))
    expect(again.headers).not.toContainEqual(['X-More', 'yes'])
  })

  test('has a body of one block as an array, whatever its size, and knows its length', async () => {
    for (const size of [0, 5, 1_000_000]) {
      const answer = await answered(returns([Buffer.alloc(size)]))
      expect([Array.isArray(answer.body), answer.contentLength]).toEqual([true, size])
    }
  })

  test('comes with the first data, before the application has more (W44)', async () => {
    const closes = { count: 0 }
    const answer = await answered(returns(counted(closes)))
    const body = answer.body as Steps
    expect([answer.contentLength, String((await body.next()).value)]).toEqual([-1, '0'])
    expect(String((await body.next()).value)).toBe('1')
    await body.return?.()
    expect(closes.count).toBe(1)
  })

  test.each([
    ['HEAD', '200 OK'],
    ['GET', '204 No Content'],
    ['GET', '304 Not Modified'],
  ])('to %s has no body where its status is %s (W43)', async (method, status) => {
    const closes = { count: 0 }
    const application: Application = (_environ, startResponse) => {
      startResponse(status, [])
      return counted(closes)
    }
    expect(await textOf(await answered(application, { method }))).toBe('')
    expect(closes.count).toBe(1)
  })

  test('asks the application for no block that nobody has asked for (W44)', async () => {
    let given = 0
    function* blocks(): Generator<Uint8Array, void, undefined> {
      for (;;) yield bytes(String(++given))
    }
    const body = (await answered(returns(blocks()))).body as Steps
    for (let taken = 1; taken <= 3; taken++) {
      expect(String((await body.next()).value)).toBe(String(taken))
      expect(given).toBe(taken)
    }
    await body.return?.()
    expect(given).toBe(3)
  })

  test('gives blocks to several who ask at once, in their order', async () => {
    const body = (await answered(returns(['a', 'b', 'c'].map(bytes)))).body as Steps
    const steps = await Promise.all([body.next(), body.next(), body.next(), body.next()])
    expect(steps.map(({ value }) => (value === undefined ? 'end' : String(value)))).toEqual([
      'a',
      'b',
      'c',
      'end',
    ])
  })

  test('takes what write() gives, and lets it wait for the consumer (W30)', async () => {
    const written: string[] = []
    const answer = await answered(async (_environ, startResponse) => {
      const write = startResponse(...OK)
      for (const text of ['a', 'b']) {
        await write(Buffer.alloc(65_536, text))
        written.push(text)
      }
      return []
    })
    expect(written).toEqual([])
    expect(await textOf(answer)).toHaveLength(2 * 65_536)
    expect(written).toEqual(['a', 'b'])
  })
})

describe('what the application throws (W50)', () => {
  const error = new RangeError('the very same')

  test('before the head rejects the answer, unchanged', async () => {
    const throwing: Application[] = [
      () => {
        throw error
      },
      () => Promise.reject(error),
      returns({
        *[Symbol.iterator]() {
          throw error
        },
      }),
    ]
    for (const application of throwing) {
      expect(await answered(application).catch((thrown: unknown) => thrown)).toBe(error)
      expect(
        await testClient(application)
          .get('/')
          .catch((thrown: unknown) => thrown),
      ).toBe(error)
    }
  })

  test('after the head is thrown by the body, unchanged, behind the data that came before', async () => {
    const closes = { count: 0 }
    const body = (await answered(returns(counted(closes, error)))).body as Steps
    expect([String((await body.next()).value), String((await body.next()).value)]).toEqual(['0', '1'])
    expect(await body.next().catch((thrown: unknown) => thrown)).toBe(error)
    expect(closes.count).toBe(1)
  })

  test('is thrown by the body even where it is no Error', async () => {
    const odd = Object.create(null) as Error
    const body = (await answered(returns(counted({ count: 0 }, odd)))).body as Steps
    await body.next()
    await body.next()
    expect(await body.next().catch((thrown: unknown) => thrown)).toBe(odd)
  })

  test('reaches the caller of the test client after the head, too', async () => {
    const client = testClient(returns(counted({ count: 0 }, error)))
    expect(await client.get('/').catch((thrown: unknown) => thrown)).toBe(error)
  })

  test('is a 500 where the test client is told not to pass errors on', async () => {
    const client = testClient(() => Promise.reject(error), { passthroughErrors: false })
    expect((await client.get('/')).status).toBe(500)
  })

  test('includes less data than declared (W41)', async () => {
    const answer = await answered(returns([bytes('hello')], [['Content-Length', '10']]))
    await expect(textOf(answer)).rejects.toThrow('5 bytes fewer than its Content-Length')
  })
})

describe('a request that is cancelled', () => {
  test('before the head rejects, and closes what comes later', async () => {
    const environ = environOf()
    let give: (result: ApplicationResult) => void = () => undefined
    const answer = answerOf(() => new Promise((resolve) => (give = resolve)), environ)
    environ['gantry.request']?.cancel()
    await expect(answer).rejects.toBeInstanceOf(RequestCancelled)
    let closed = 0
    give(Object.assign([bytes('late')], { close: () => closed++ }))
    await expect.poll(() => closed).toBe(1)
  })

  test('before it is run does not run', async () => {
    const environ = environOf()
    environ['gantry.request']?.cancel(new RangeError('too late'))
    let isRun = false
    const answer = answerOf(() => {
      isRun = true
      return []
    }, environ)
    await expect(answer).rejects.toThrow('too late')
    expect(isRun).toBe(false)
  })

  test('in the middle of the body throws its reason to who waits for a block, and closes', async () => {
    const environ = environOf()
    let closed = 0
    const steps = [bytes('begun')].values()
    const application = returns({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          const step = steps.next()
          return step.done === true ? new Promise(() => undefined) : Promise.resolve(step)
        },
      }),
      close: () => closed++,
    })
    const body = (await answerOf(application, environ)).body as Steps
    await body.next()
    const waiting = body.next()
    environ['gantry.request']?.cancel(new RangeError('time is up'))
    await expect(waiting).rejects.toThrow('time is up')
    expect(closed).toBe(1)
  })

  test('after the application has given everything takes nothing away', async () => {
    const environ = environOf()
    const application: Application = (_environ, startResponse) => {
      const write = startResponse(...OK)
      for (const text of ['hel', 'lo']) void write(bytes(text))
      return []
    }
    const answer = await answerOf(application, environ)
    environ['gantry.request']?.cancel()
    expect(await textOf(answer)).toBe('hello')
  })
})
