// What becomes of a file that a worker hands over in place of blocks.

import { describe, expect, test } from 'vitest'
import type { Application, Header } from '../../src/wsgi/index.ts'
import { BlockQueue } from '../../src/wsgi/block-queue.ts'
import type { FileBody } from '../../src/wsgi/exchange.ts'
import { bytes, RecordedRun } from './recorded-run.ts'

const FILE: FileBody = { descriptor: 7, offset: 10, size: 100 }

/** A sink that can send files. */
class FileRun extends RecordedRun {
  readonly files: FileBody[] = []

  sendFile(file: FileBody): void {
    this.files.push(file)
    this.events.push('file')
  }
}

const returning =
  (queue: BlockQueue, status = '200 OK', headers: Header[] = []): Application =>
  (_environ, startResponse) => {
    startResponse(status, headers)
    return queue
  }

describe('a file in place of blocks', () => {
  test('is sent by the sink, as the whole body', async () => {
    const queue = new BlockQueue()
    const run = new FileRun().run(returning(queue))
    expect(queue.offerFile(FILE)).toBe(true)
    expect([run.files, run.events]).toEqual([[FILE], ['begin 200', 'file']])
    queue.end()
    await run.ended
    expect(run.events).toEqual(['begin 200', 'file', 'over', 'end'])
  })

  test('is sent as far as the Content-Length goes', async () => {
    const queue = new BlockQueue()
    const run = new FileRun().run(returning(queue, '200 OK', [['Content-Length', '99']]))
    expect(queue.offerFile(FILE)).toBe(true)
    queue.end()
    await run.ended
    expect(run.files).toEqual([{ ...FILE, size: 99 }])
    expect(run.events.slice(1)).toEqual([
      expect.stringContaining('1 or more bytes beyond'),
      'file',
      'over',
      'end',
    ])
  })

  test('cuts the answer where it is shorter than that', async () => {
    const queue = new BlockQueue()
    const run = new FileRun().run(returning(queue, '200 OK', [['Content-Length', '101']]))
    expect(queue.offerFile(FILE)).toBe(true)
    queue.end()
    await run.ended
    expect(run.events.slice(1)).toEqual(['file', 'over', 'failedLate', 'abort'])
  })

  test.each(['204 No Content', '304 Not Modified'])('is not taken where there is no body: %s', (status) => {
    const queue = new BlockQueue()
    const run = new FileRun().run(returning(queue, status))
    expect([queue.offerFile(FILE), run.files]).toEqual([false, []])
  })

  test('is not taken for HEAD', () => {
    const queue = new BlockQueue()
    const run = new FileRun().run(returning(queue), { method: 'HEAD' })
    expect([queue.offerFile(FILE), run.files]).toEqual([false, []])
  })

  test('is not taken behind written data, which may still wait for the client', () => {
    const queue = new BlockQueue()
    const run = new FileRun().run((_environ, startResponse) => {
      void startResponse('200 OK', [])(bytes('first'))
      return queue
    })
    expect([queue.offerFile(FILE), run.files]).toEqual([false, []])
  })

  test('is not taken by a sink that sends no files', () => {
    const queue = new BlockQueue()
    const run = new RecordedRun().run(returning(queue))
    expect([queue.offerFile(FILE), run.events]).toEqual([false, []])
  })

  test('is not taken where others look at the blocks on their way', () => {
    const queue = new BlockQueue()
    const run = new FileRun().run((_environ, startResponse) => {
      startResponse('200 OK', [])
      return (async function* () {
        yield* queue
      })()
    })
    expect([queue.offerFile(FILE), run.files]).toEqual([false, []])
  })

  test('is not taken when the client has left', () => {
    const queue = new BlockQueue()
    const run = new FileRun().run(returning(queue))
    run.leave()
    expect([queue.offerFile(FILE), run.files]).toEqual([false, []])
  })
})
