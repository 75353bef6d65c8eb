// Results that are streams: they are freed when the client leaves, also while they have nothing to give (W45, W48).

import { createReadStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { describe, expect, test } from 'vitest'
import { lint } from '../../src/testing/index.ts'
import type { Application, Blocks, Middleware } from '../../src/wsgi/index.ts'
import { stepperOf } from '../../src/wsgi/result-steps.ts'
import { watchedBlocks } from '../../src/wsgi/watched-blocks.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'
import { OK, RecordedRun, bytes } from './recorded-run.ts'

const DEADLINE_MS = 5_000

const returns =
  (result: Blocks): Application =>
  (_environ, startResponse) => {
    startResponse(...OK)
    return result
  }

/** A stream of the web's that has given `first` and will give nothing more; `reasons` grows when it is cancelled. */
function silentWebStream(first: string[]): { stream: ReadableStream<Uint8Array>; reasons: unknown[] } {
  const reasons: unknown[] = []
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => first.forEach((text) => controller.enqueue(bytes(text))),
    cancel: (reason) => void reasons.push(reason),
  })
  return { stream, reasons }
}

const watched: Middleware = (application) => async (environ, startResponse) => {
  const watcher = { block: () => undefined, ended: () => undefined, failed: () => undefined }
  return watchedBlocks(await application(environ, startResponse), watcher)!
}

describe.each([
  ['an application', (application: Application) => application],
  ['middleware that watches it', watched],
  ['lint', lint],
] satisfies [string, Middleware][])('W45 a client of %s that leaves', (_place, middleware) => {
  const runOf = async (result: Blocks, writes: number): Promise<RecordedRun> => {
    const run = new RecordedRun().run(middleware(returns(result)))
    const count = (): number => run.events.filter((event) => event.startsWith('write')).length
    // What comes is asynchronous in any case: the application is called, and its first block asked for.
    await new Promise((resolve) => setImmediate(resolve))
    await until(
      () => count() === writes,
      DEADLINE_MS,
      () => run.events.join(),
    )
    return run
  }

  test.each([[[]], [['first']]])("destroys a stream of Node's that has given only %j", async (first) => {
    const stream = new PassThrough()
    for (const text of first) stream.write(text)
    const run = await runOf(stream, first.length)
    run.leave()
    expect([stream.destroyed, run.thrown]).toEqual([true, []])
  })

  test.each([[[]], [['first']]])("cancels a stream of the web's that has given only %j", async (first) => {
    const { stream, reasons } = silentWebStream(first)
    const run = await runOf(stream, first.length)
    run.leave()
    await until(
      () => reasons.length === 1,
      DEADLINE_MS,
      () => 'not cancelled',
    )
    expect(run.thrown).toEqual([])
  })
})

describe('W45 a client that left before there was a result', () => {
  test('frees either kind that comes too late', async () => {
    const { stream, reasons } = silentWebStream([])
    const ofNode = new PassThrough()
    for (const late of [ofNode, stream] as Blocks[]) {
      let give: (result: Blocks) => void = () => undefined
      const promised = new Promise<Blocks>((resolve) => (give = resolve))
      const run = new RecordedRun().run((_environ, startResponse) => {
        startResponse(...OK)
        return promised
      })
      run.leave()
      give(late)
    }
    await until(
      () => ofNode.destroyed && reasons.length === 1,
      DEADLINE_MS,
      () => 'not freed',
    )
  })

  test('hears nothing of a file that could not be opened, and nor does the process', async () => {
    using directory = new TemporaryDirectory()
    const stream = createReadStream(directory.join('absent'))
    const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()))
    const run = new RecordedRun().run((_environ, startResponse) => {
      startResponse(...OK)
      return Promise.resolve(stream)
    })
    run.leave()
    // An 'error' event without a listener would fail this test as an uncaught exception.
    await closed
    expect(run.thrown).toEqual([])
  })
})

test.each([['text'], [5], [() => []]])('what is no result at all has nothing to free: %o', async (result) => {
  const run = new RecordedRun().run(returns(result as unknown as Blocks))
  await run.ended
  expect(run.events).toEqual(['over', 'failed'])
})

test("a stream of the web's is sent block by block, and its failure is the application's", async () => {
  const whole = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const text of ['a', 'b']) controller.enqueue(bytes(text))
      controller.close()
    },
  })
  const sent = new RecordedRun().run(returns(whole))
  await sent.ended
  expect(sent.events.filter((event) => event.startsWith('write'))).toEqual(['write a', 'write b'])
  const error = new Error('broken')
  const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(error) })
  const failed = new RecordedRun().run(returns(broken))
  await failed.ended
  expect(failed.thrown).toEqual([error])
})

test('W5 a function as result is most likely a factory or middleware that was not called: the message asks', () => {
  expect(() => stepperOf(() => [])).toThrow(
    'applications must return an iterable of bytes, not function: is it a factory, or middleware, that was not called?',
  )
})
