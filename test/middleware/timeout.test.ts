// Time stands still here until a test moves it: timers are vitest's.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type TimeoutOptions, timeout } from '../../src/middleware/index.ts'
import { testClient } from '../../src/testing/index.ts'
import { type ApplicationAnswer, answerOf } from '../../src/wsgi/answer-of.ts'
import type { Application, ApplicationResult } from '../../src/wsgi/application.ts'
import type { Header } from '../../src/wsgi/header.ts'
import type { RequestContext } from '../../src/wsgi/request-context.ts'

const TEXT: Header = ['Content-Type', 'text/plain']

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  const left = vi.getTimerCount()
  vi.useRealTimers()
  expect(left).toBe(0)
})

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

interface Asked {
  /** The request's own, as the server made it. */
  readonly context: RequestContext
  readonly answer: Promise<ApplicationAnswer>
  /** What was written to wsgi.errors. */
  readonly errors: readonly string[]
}

function ask(application: Application, options: TimeoutOptions = { after: '30s' }): Asked {
  const limited = timeout(options)(application)
  const environ = testClient(limited).environ()
  const errors: string[] = []
  environ['wsgi.errors'].write = (text) => errors.push(text)
  const context = environ['gantry.request']!
  const answer = answerOf(limited, environ)
  // A test that awaits it later must not fail for what it expects.
  answer.catch(() => undefined)
  return { context, answer, errors }
}

function blocksOf({ body }: ApplicationAnswer): AsyncIterator<Uint8Array, undefined> {
  if (!(Symbol.asyncIterator in body)) throw new Error('a stream was expected')
  return body
}

/** Never answers. */
class Silent {
  signal: AbortSignal | undefined
  readonly application: Application = (environ) => {
    this.signal = environ['gantry.request']?.signal
    return new Promise(() => undefined)
  }
}

/** Gives one block, and then none. */
class Stalling {
  closed = 0
  readonly application: Application = (_, startResponse) => {
    startResponse('200 OK', [TEXT])
    const blocks = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('one')
      await new Promise(() => undefined)
    }
    return { [Symbol.asyncIterator]: blocks, close: () => this.closed++ }
  }
}

const textOf = ({ body }: ApplicationAnswer): string => Buffer.concat(body as Uint8Array[]).toString()

describe('timeout', () => {
  test('leaves an answer that comes in time as it is', async () => {
    const headers: Header[] = [TEXT, ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']]
    const { answer } = ask((_, startResponse) => {
      startResponse('200 Fine', headers)
      return [Buffer.from('Hello')]
    })
    const { status, reason, headers: given } = await answer
    expect([status, reason, given.slice(0, 3)]).toEqual([200, 'Fine', headers])
    expect(textOf(await answer)).toBe('Hello')
  })

  test('answers 504 where there is none in time, and says so in the log', async () => {
    const { answer, errors } = ask(new Silent().application)
    await pass(29_999)
    expect(errors).toEqual([])
    await pass(1)
    const late = await answer
    expect([late.status, textOf(late)]).toEqual([504, '504 Gateway Timeout\n'])
    expect(errors).toEqual(['the application did not answer within 30s: answered 504\n'])
  })

  test('answers 503 where its options say so', async () => {
    const { answer } = ask(new Silent().application, { after: 500, status: 503 })
    await pass(500)
    expect((await answer).status).toBe(503)
  })

  test('cancels the application with the reason, and not the request itself', async () => {
    const silent = new Silent()
    const { context, answer } = ask(silent.application)
    await pass(30_000)
    await answer
    expect(silent.signal?.aborted).toBe(true)
    expect(String(silent.signal?.reason)).toBe('RequestCancelled: the application did not answer within 30s')
    expect(context.isCancelled).toBe(false)
  })

  test('headers that no data follows are no answer yet (W24)', async () => {
    const stalling = new Stalling()
    const late: Application = async function* (environ, startResponse) {
      const blocks = stalling.application(environ, startResponse) as AsyncIterable<Uint8Array>
      await new Promise(() => undefined)
      yield* blocks
    }
    const { answer } = ask(late)
    await pass(30_000)
    expect((await answer).status).toBe(504)
  })

  test('closes what the application returns too late (W45)', async () => {
    let closed = 0
    let finish: ((result: ApplicationResult) => void) | undefined
    const { answer } = ask((_, startResponse) => {
      startResponse('200 OK', [TEXT])
      return new Promise((resolve) => {
        finish = resolve
      })
    })
    await pass(30_000)
    expect((await answer).status).toBe(504)
    finish?.(Object.assign([Buffer.from('late')], { close: () => closed++ }))
    await pass(0)
    expect(closed).toBe(1)
  })

  test('closes a stream that has not given its first block in time (W45)', async () => {
    let closed = 0
    const { answer } = ask((_, startResponse) => {
      startResponse('200 OK', [TEXT])
      const next = (): Promise<never> => new Promise(() => undefined)
      return { [Symbol.asyncIterator]: () => ({ next }), close: () => closed++ }
    })
    await pass(30_000)
    expect([(await answer).status, closed]).toEqual([504, 1])
  })

  test('has no limit on the body unless it is asked to', async () => {
    const stalling = new Stalling()
    const blocks = blocksOf(await ask(stalling.application).answer)
    await blocks.next()
    const coming = blocks.next()
    await pass(3_600_000)
    expect(stalling.closed).toBe(0)
    await blocks.return?.()
    expect(await coming).toEqual({ done: true, value: undefined })
    expect(stalling.closed).toBe(1)
  })

  test('cuts an answer whose next block does not come in time, and closes it (W45)', async () => {
    const stalling = new Stalling()
    const blocks = blocksOf(await ask(stalling.application, { after: '30s', betweenBlocks: '5s' }).answer)
    // Who does not ask cannot complain.
    await pass(60_000)
    expect(Buffer.from((await blocks.next()).value ?? []).toString()).toBe('one')
    const coming = blocks.next()
    const cut = expect(coming).rejects.toThrow('the application gave no data within 5s')
    await pass(5000)
    await cut
    expect(stalling.closed).toBe(1)
  })

  test('what the application throws passes, before the head and after it (W49)', async () => {
    const raising = ask(() => Promise.reject(new Error('raised before the head')))
    await expect(raising.answer).rejects.toThrow('raised before the head')
    expect(raising.errors).toEqual([])
    const cutting: Application = async function* (_, startResponse) {
      startResponse('200 OK', [TEXT])
      yield Buffer.from('one')
      await Promise.resolve()
      throw new Error('raised in mid-stream')
    }
    const blocks = blocksOf(await ask(cutting, { after: '30s', betweenBlocks: '5s' }).answer)
    await blocks.next()
    await expect(blocks.next()).rejects.toThrow('raised in mid-stream')
  })

  test('a client that leaves is no late application (W48)', async () => {
    const silent = new Silent()
    const { context, answer, errors } = ask(silent.application)
    context.cancel()
    await expect(answer).rejects.toThrow(/client left/)
    expect([errors, silent.signal?.aborted]).toEqual([[], true])
  })

  test('of two limits the shorter one answers, once', async () => {
    const silent = new Silent()
    const inner = timeout({ after: '10s' })(silent.application)
    const { answer, errors } = ask(inner, { after: '5s', status: 503 })
    await pass(20_000)
    expect((await answer).status).toBe(503)
    expect(errors).toEqual(['the application did not answer within 5s: answered 503\n'])
  })

  test('does not keep the process alive', async () => {
    const started = vi.spyOn(globalThis, 'setTimeout')
    const { context, answer } = ask(new Silent().application)
    expect(started.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef())).toEqual([false])
    context.cancel()
    await expect(answer).rejects.toThrow()
  })

  test.each([
    [{ after: 'soon' }, /timeout: after/],
    [{ after: 0 }, /timeout: after/],
    [{ after: '1s', betweenBlocks: '-1s' }, /timeout: betweenBlocks/],
    [{ after: '1s', status: 500 }, /status is 503 or 504, not 500/],
  ])('%j is refused where it is given', (options, message) => {
    expect(() => timeout(options as TimeoutOptions)).toThrow(message)
  })
})
