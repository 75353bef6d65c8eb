// How long an application of this process may take, and what is its time.

import { describe, expect, test } from 'vitest'
import type { Application } from '../../src/wsgi/index.ts'
import { until } from '../harness/until.ts'
import { FakeStreamedBody } from '../workers/fake-exchange.ts'
import { ServedExchange, serve } from './served-exchange.ts'

const DEADLINE_MS = 10_000
const LIMIT_MS = 60
const REQUEST = { requestTimeoutMs: LIMIT_MS, responseIdleTimeoutMs: 0 }
// Of what pauses for half of LIMIT_MS, on a machine that is busy.
const IDLE = { requestTimeoutMs: 0, responseIdleTimeoutMs: 5 * LIMIT_MS }
const HELLO = Buffer.from('hello')

const never = (): Promise<never> => new Promise(() => undefined)
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Resolves when the exchange is over. */
const over = ({ events }: ServedExchange): Promise<void> =>
  until(
    () => /^(end|answer|abort|fail)/.test(events.at(-1) ?? ''),
    DEADLINE_MS,
    () => `only: ${events.join()}`,
  )

/** Gives `blocks`, and then nothing more. */
function stalling(blocks: number, closed: string[]): Application {
  return (_environ, startResponse) => {
    startResponse('200 OK', [])
    return (async function* () {
      try {
        for (let i = 0; i < blocks; i++) yield HELLO
        await pause(10 * LIMIT_MS)
      } finally {
        closed.push('closed')
      }
    })()
  }
}

describe('--request-timeout', () => {
  test('an application that does not answer is cancelled, and its client answered 504; once', async () => {
    const { exchange, environ, log } = serve(never, new ServedExchange(), REQUEST)
    const { signal } = environ['gantry.request']!
    await over(exchange)
    expect(exchange.failures).toEqual([[504, 'GANTRY_REQUEST_TIMEOUT', []]])
    expect(signal.reason).toMatchObject({
      name: 'RequestCancelled',
      message: 'the application did not answer within 60ms',
    })
    expect(log).toEqual([['requestTimeoutMs', false]])
  })

  test('an answer that has begun is cut, and its iterable ended', async () => {
    const closed: string[] = []
    const { exchange, log } = serve(stalling(1, closed), new ServedExchange(), REQUEST)
    await over(exchange)
    expect(exchange.events).toEqual(['begin', 'hello', 'abort GANTRY_REQUEST_TIMEOUT'])
    expect(log).toEqual([['requestTimeoutMs', true]])
    await until(
      () => closed.length === 1,
      DEADLINE_MS,
      () => 'the generator goes on',
    )
  })

  test('does not count the time in which the client takes nothing, sends nothing, or a worker works', async () => {
    const slow = new ServedExchange()
    slow.hasRoom = false
    const taken = serve(stalling(5, []), slow, REQUEST)
    const sent = serve(
      async ({ 'wsgi.input': input }) => await input.read().then(never),
      new ServedExchange(new FakeStreamedBody()),
      REQUEST,
    )
    let workerEnds = (): void => undefined
    const worked = serve(
      async (environ) => {
        const inner = environ['gantry.request']!.child()
        inner.workersBusy(1)
        await new Promise<void>((resolve) => (workerEnds = resolve))
        inner.workersBusy(-1)
        return await never()
      },
      new ServedExchange(),
      REQUEST,
    )
    await pause(4 * LIMIT_MS)
    expect([taken.log, sent.log, worked.log]).toEqual([[], [], []])
    workerEnds()
    await over(worked.exchange)
    expect(worked.log).toEqual([['requestTimeoutMs', false]])
    for (const { exchange } of [taken, sent]) exchange.leave()
  })

  test('leaves alone what is answered in time', async () => {
    const { exchange, log } = serve(
      async (_environ, startResponse) => {
        await pause(LIMIT_MS / 4)
        startResponse('200 OK', [])
        return [HELLO]
      },
      new ServedExchange(),
      { ...REQUEST, requestTimeoutMs: 5 * LIMIT_MS },
    )
    await over(exchange)
    await pause(6 * LIMIT_MS)
    expect([exchange.events.length, log]).toEqual([1, []])
  })

  test('a request is not charged for another one that holds up the event loop', async () => {
    const limits = { requestTimeoutMs: 1_500, responseIdleTimeoutMs: 0 }
    const { exchange, log } = serve(never, new ServedExchange(), limits)
    await pause(30)
    const endMs = performance.now() + 2_000
    while (performance.now() < endMs);
    await pause(250)
    expect(log).toEqual([])
    exchange.leave()
  })
})

describe('--response-idle-timeout', () => {
  test('counts from the last block', async () => {
    const { exchange, log } = serve(
      (_environ, startResponse) => {
        startResponse('200 OK', [])
        return (async function* () {
          for (let i = 0; i < 12; i++) {
            yield HELLO
            await pause(LIMIT_MS / 2)
          }
          await never()
        })()
      },
      new ServedExchange(),
      IDLE,
    )
    await over(exchange)
    const blocks = Array.from({ length: 12 }, () => 'hello')
    expect(exchange.events).toEqual(['begin', ...blocks, 'abort GANTRY_RESPONSE_IDLE_TIMEOUT'])
    expect(log).toEqual([['responseIdleTimeoutMs', true]])
  })

  test('says nothing of an answer that has not begun', async () => {
    const { exchange, log } = serve(never, new ServedExchange(), IDLE)
    await pause(7 * LIMIT_MS)
    expect(log).toEqual([])
    exchange.leave()
  })
})
