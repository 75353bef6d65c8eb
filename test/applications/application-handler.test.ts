// What a served request has that must be ended with it, and how its failures reach the client and the log.

import { describe, expect, test } from 'vitest'
import { AnswerFailure, answerOf, type Application } from '../../src/wsgi/index.ts'
import { RequestCancelled } from '../../src/wsgi/request-context.ts'
import { FakeStreamedBody } from '../workers/fake-exchange.ts'
import { ServedExchange, serve } from './served-exchange.ts'

const never = (): Promise<never> => new Promise(() => undefined)

describe('a request that fails', () => {
  const error = new RangeError('expected')

  test('is logged, and answered with 500 and the headers that middleware has left for it (W49)', () => {
    const { exchange, log } = serve((environ) => {
      environ['gantry.request']?.errorHeaders.push(['X-Request-ID', 'a1'])
      throw error
    })
    expect(exchange.failures).toEqual([[500, undefined, [['X-Request-ID', 'a1']]]])
    expect(log).toEqual([error])
  })

  test('elsewhere is answered with its own status and code, and was logged there', () => {
    const { exchange, log } = serve(() => {
      throw new AnswerFailure(504, 'GANTRY_CODE')
    })
    expect([exchange.failures, log]).toEqual([[[504, 'GANTRY_CODE', []]], []])
  })

  test('because its client has closed its side while it waited is dropped, and no news (W48)', () => {
    const exchange = new ServedExchange()
    exchange.client = 'ended'
    const { log } = serve(() => {
      throw new RequestCancelled('left the queue')
    }, exchange)
    expect([exchange.events, log]).toEqual([['drop'], []])
  })

  test('elsewhere after its head is cut, and was logged there', () => {
    const { exchange, log } = serve((_environ, startResponse) => {
      void startResponse('200 OK', [])(Buffer.from('begun'))
      throw new AnswerFailure(502, undefined)
    })
    expect([exchange.events, log]).toEqual([['begin', 'begun', 'abort'], []])
  })

  test('has what was written to wsgi.errors before it logged before it (W17)', () => {
    const { log } = serve((environ) => {
      environ['wsgi.errors'].write('a line begun')
      throw error
    })
    expect(log).toEqual(['a line begun', error])
  })

  test('stops the application behind middleware that failed in the middle of its answer (W45)', async () => {
    let closed = 0
    const inner: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      const endless = { next: () => ({ done: false, value: Buffer.from('x') }) }
      return { [Symbol.iterator]: () => endless, close: () => closed++ }
    }
    const { exchange } = serve(async (environ) => {
      await answerOf(inner, environ)
      throw error
    })
    await expect.poll(() => exchange.events).toEqual(['fail 500'])
    expect(closed).toBe(1)
  })
})

describe('a client that leaves (W48)', () => {
  test('cancels the request, and what waits for its body', async () => {
    const exchange = new ServedExchange(new FakeStreamedBody())
    let thrown: unknown
    const { environ, log } = serve(async ({ 'wsgi.input': input }) => {
      thrown = await input.read().catch((error: unknown) => error)
      throw thrown
    }, exchange)
    const { signal } = environ['gantry.request']!
    exchange.leave()
    expect(signal.aborted).toBe(true)
    await expect.poll(() => String(thrown)).toMatch(/^RequestCancelled: the client left/)
    expect([exchange.events, log]).toEqual([[], []])
  })

  test('lets close() write to the log', () => {
    const exchange = new ServedExchange()
    exchange.hasRoom = false
    const { log } = serve((environ, startResponse) => {
      startResponse('200 OK', [])
      const close = (): void => environ['wsgi.errors'].write('a line begun in close()')
      return { [Symbol.iterator]: () => [Buffer.from('x')].values(), close }
    }, exchange)
    exchange.leave()
    expect(log).toEqual(['a line begun in close()'])
  })
})

test('a request that was answered is not cancelled, but its body is gone', async () => {
  const exchange = new ServedExchange(new FakeStreamedBody())
  const { environ } = serve((_environ, startResponse) => {
    startResponse('200 OK', [])
    return [Buffer.from('hello')]
  }, exchange)
  expect([exchange.events, environ['gantry.request']?.isCancelled]).toEqual([['answer'], false])
  await expect(environ['wsgi.input'].read()).rejects.toThrow('the request is over')
})

test('the id in the log is the one that middleware gave the request', () => {
  const exchange = Object.assign(new ServedExchange(), { id: 'made' })
  serve((environ) => {
    environ['gantry.request']!.id = 'given'
    return never()
  }, exchange)
  expect(exchange.id).toBe('given')
})
