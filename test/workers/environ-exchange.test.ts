// A request of TypeScript's as the pool sees it, and what becomes of it in every order of events.

import { closeSync, fstatSync, openSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { testClient } from '../../src/testing/index.ts'
import { MAX_FRAME_BYTES } from '../../src/workers/frames.ts'
import { answerThrough } from '../../src/workers/environ-exchange.ts'
import type { Environ } from '../../src/wsgi/environ.ts'
import type { BlockQueue } from '../../src/wsgi/block-queue.ts'
import type { Exchange, FileBody } from '../../src/wsgi/exchange.ts'
import type { ApplicationResult, StartResponse } from '../../src/wsgi/index.ts'
import { RequestContext } from '../../src/wsgi/request-context.ts'
import type { ResponseHead } from '../../src/wsgi/response-head.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'
import { FakeExchange } from './fake-exchange.ts'

const DEADLINE_MS = 5_000
const HEAD: ResponseHead = {
  status: 200,
  hasDate: false,
  hasServer: false,
  contentLength: -1,
  bytes: Buffer.from('OK\0'),
  blockStart: 0,
  blockEnd: 3,
}

interface Asked {
  readonly exchange: Exchange
  readonly answer: Promise<ApplicationResult>
  readonly started: unknown[]
  readonly released: () => number
}

const environOf = (changes: object = {}): Environ => Object.assign(testClient(() => []).environ(), changes)

/** Hands over a request; `exchange` is what the pool got of it. */
function ask(environ: Environ, startResponse?: StartResponse): Asked {
  const started: unknown[] = []
  let exchange: Exchange | undefined
  let released = 0
  const start: StartResponse = (status) => {
    started.push(status)
    return () => undefined
  }
  const given = { body: Buffer.from('body'), release: () => released++ }
  const handler = { handle: (taken: Exchange) => (exchange = taken) }
  const answer = answerThrough(handler, environ, startResponse ?? start, given)
  return { exchange: exchange!, answer, started, released: () => released }
}

describe('an environ that no worker can be given', () => {
  test.each([
    ['characters outside latin-1', { 'shop.user': '\u1234' }],
    ['a key with NUL', { 'shop\0user': 'x' }],
    ['more than a frame holds', { 'shop.data': 'x'.repeat(MAX_FRAME_BYTES) }],
  ])('rejects, and its body is released: %s', async (_what, changes) => {
    const { answer, released } = ask(environOf(changes))
    await expect(answer).rejects.toThrow(/^environ holds/)
    expect(released()).toBeGreaterThan(0)
  })

  test('does without a context where middleware has put something else in its place', async () => {
    const { exchange, answer } = ask(environOf({ 'gantry.request': { id: 'x', onCancel: () => undefined } }))
    exchange.answer(HEAD, Buffer.from('hello'), 0, 5)
    expect(await answer).toEqual([Buffer.from('hello')])
  })
})

describe('the client of a request', () => {
  test('has ended where the gateway says so, so that it leaves the queue (W48)', () => {
    const outer = new FakeExchange()
    const origin = { exchange: outer, sharedPairs: [], own: ['GET', '/', '', '/'] }
    const { exchange, answer } = ask(environOf({ 'gantry.request': new RequestContext({ id: 'x' }, origin) }))
    void answer.catch(() => undefined)
    expect(exchange.client).toBe('here')
    outer.client = 'ended'
    expect(exchange.client).toBe('ended')
  })

  test('is gone when the request is cancelled; what a worker still says goes nowhere', async () => {
    const environ = environOf()
    const { exchange, answer, started, released } = ask(environ)
    environ['gantry.request']!.cancel()
    await expect(answer).rejects.toMatchObject({ name: 'RequestCancelled' })
    exchange.begin(HEAD)
    // Nobody takes anything: a link that waited for room would wait for ever.
    expect(exchange.write(Buffer.alloc(1_000_000))).toBe(true)
    exchange.end()
    expect([exchange.client, started]).toEqual(['gone', []])
    expect(released()).toBeGreaterThan(0)
  })
})

test('a file goes to who takes files in place of blocks, and ends where the worker says so (W46)', async () => {
  const file = { descriptor: -1, offset: 0, size: 7 }
  const { exchange, answer, released } = ask(environOf())
  exchange.begin(HEAD)
  const queue = (await answer) as BlockQueue
  const taken: FileBody[] = []
  queue.onFile = (offered) => taken.push(offered) > 0
  exchange.sendFile(file)
  expect([taken, queue.isOver]).toEqual([[file], false])
  exchange.end()
  expect(await queue.next()).toEqual({ done: true, value: undefined })
  expect(released()).toBeGreaterThan(0)
})

test('a file is read into blocks for everybody else (W46)', async () => {
  using directory = new TemporaryDirectory()
  writeFileSync(directory.join('file'), 'content')
  const { exchange, answer } = ask(environOf())
  exchange.begin(HEAD)
  exchange.sendFile({ descriptor: openSync(directory.join('file'), 'r'), offset: 3, size: 4 })
  exchange.end()
  const blocks: Uint8Array[] = []
  for await (const block of (await answer) as BlockQueue) blocks.push(block)
  expect(Buffer.concat(blocks).toString()).toBe('tent')
})

test('a file for an answer that startResponse refused is closed (W46)', async () => {
  using directory = new TemporaryDirectory()
  writeFileSync(directory.join('file'), 'content')
  const error = new Error('refused')
  const { exchange, answer } = ask(environOf(), () => {
    throw error
  })
  exchange.begin(HEAD)
  const descriptor = openSync(directory.join('file'), 'r')
  const { ino } = fstatSync(descriptor)
  exchange.sendFile({ descriptor, offset: 0, size: 7 })
  await expect(answer).rejects.toBe(error)
  await until(
    () => !isOpen(descriptor, ino),
    DEADLINE_MS,
    () => {
      closeSync(descriptor)
      return 'the descriptor is still open'
    },
  )
})

/** Whether the descriptor still is that file's. */
function isOpen(descriptor: number, ino: number): boolean {
  try {
    return fstatSync(descriptor).ino === ino
  } catch {
    return false
  }
}
