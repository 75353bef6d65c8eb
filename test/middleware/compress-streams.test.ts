// Streams through compress: every block reaches the client before the application goes on, and nothing is left of what was broken off.

import * as zlib from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CODINGS, type ContentCoding } from '../../src/io/content-coding.ts'
import { compress } from '../../src/middleware/index.ts'
import { testClient } from '../../src/testing/index.ts'
import { answerOf } from '../../src/wsgi/answer-of.ts'
import type { Application, ApplicationResult } from '../../src/wsgi/application.ts'
import type { Environ } from '../../src/wsgi/environ.ts'
import { randomBetween, randomPieces, seededRandom } from '../harness/random.ts'
import { until } from '../harness/until.ts'

type Encoder = zlib.Gzip

// What was opened in zlib, to see that it is freed.
const encoders: Encoder[] = []
vi.mock('node:zlib', async (original) => {
  const real = await original<typeof zlib>()
  const createGzip = (options: zlib.ZlibOptions): Encoder => {
    const encoder = real.createGzip(options)
    encoders.push(encoder)
    return encoder
  }
  return { ...real, createGzip }
})

beforeEach(() => {
  encoders.length = 0
})
afterEach(async () => {
  await until(
    () => encoders.every((encoder) => encoder.closed),
    5000,
    () => 'zlib was not freed',
  )
})

/** An application whose blocks the test hands out one by one. */
class Stream {
  asked = 0
  closed = 0
  #give: ((step: IteratorResult<Uint8Array, undefined>) => void) | undefined
  #fail: ((error: Error) => void) | undefined

  readonly application: Application = (_, startResponse): ApplicationResult => {
    startResponse('200 OK', [['Content-Type', 'text/event-stream']])
    const next = (): Promise<IteratorResult<Uint8Array, undefined>> => {
      this.asked++
      return new Promise((give, fail) => {
        this.#give = give
        this.#fail = fail
      })
    }
    return { [Symbol.asyncIterator]: () => ({ next }), close: () => this.closed++ }
  }

  give(text: string): void {
    this.#give?.({ done: false, value: Buffer.from(text) })
  }

  end(): void {
    this.#give?.({ done: true, value: undefined })
  }

  fail(error: Error): void {
    this.#fail?.(error)
  }

  async askedFor(count: number): Promise<void> {
    await until(
      () => this.asked === count,
      5000,
      () => `asked for ${this.asked} blocks, not ${count}`,
    )
  }
}

/** What a client can read of an answer that is still on its way. */
class Reader {
  readonly #coding: ContentCoding
  readonly #received: Uint8Array[] = []

  constructor(coding: ContentCoding) {
    this.#coding = coding
  }

  take({ value }: IteratorResult<Uint8Array, undefined>): string {
    if (value !== undefined) this.#received.push(value)
    return decoded(this.#coding, Buffer.concat(this.#received))
  }
}

interface WithZstd {
  zstdDecompressSync(bytes: Uint8Array, options: { readonly finishFlush: number }): Buffer
  readonly constants: { readonly ZSTD_e_flush: number }
}

function decoded(coding: ContentCoding, bytes: Uint8Array): string {
  const { constants } = zlib
  const withZstd = zlib as unknown as WithZstd
  switch (coding) {
    case 'gzip':
      return zlib.gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString()
    case 'br':
      return zlib.brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH }).toString()
    case 'zstd':
      return withZstd.zstdDecompressSync(bytes, { finishFlush: withZstd.constants.ZSTD_e_flush }).toString()
  }
}

interface OpenAnswer {
  readonly status: number
  readonly environ: Environ
  readonly blocks: AsyncIterator<Uint8Array, undefined>
  readonly headers: readonly (readonly [string, string])[]
}

async function open(application: Application, coding: ContentCoding = 'gzip'): Promise<OpenAnswer> {
  const compressed = compress()(application)
  const environ = testClient(compressed).environ({ headers: { 'Accept-Encoding': coding } })
  const { status, headers, body } = await answerOf(compressed, environ)
  if (!(Symbol.asyncIterator in body)) throw new Error('a stream was expected')
  return { status, headers, environ, blocks: body }
}

describe('a stream through compress', () => {
  test.each(CODINGS)(
    'W44 gives each block to the client before the application is asked for the next: %s',
    async (coding) => {
      const stream = new Stream()
      const opening = open(stream.application, coding)
      await stream.askedFor(1)
      stream.give('data: one\n\n')
      const { blocks, headers } = await opening
      const reader = new Reader(coding)
      expect(headers).toContainEqual(['Content-Encoding', coding])
      expect(reader.take(await blocks.next())).toBe('data: one\n\n')
      for (const [i, text] of ['data: two\n\n', 'data: three\n\n'].entries()) {
        expect(stream.asked).toBe(i + 1)
        const coming = blocks.next()
        await stream.askedFor(i + 2)
        stream.give(text)
        expect(reader.take(await coming)).toMatch(new RegExp(`${text}$`))
      }
      const last = blocks.next()
      await stream.askedFor(4)
      stream.end()
      expect(reader.take(await last)).toBe('data: one\n\ndata: two\n\ndata: three\n\n')
      expect(await blocks.next()).toEqual({ done: true, value: undefined })
      expect(stream.closed).toBe(1)
    },
  )

  test.each(CODINGS)('comes out as it went in, however it is cut into blocks: %s', async (coding) => {
    const random = seededRandom(7)
    const noise = Array.from({ length: 300_000 }, () => randomBetween(0, 40, random))
    const bytes = Buffer.concat([
      Buffer.from(noise),
      Buffer.alloc(700_000, 'again and again '),
      Buffer.from(noise),
    ])
    const pieces = [bytes, ...randomPieces(bytes, 50_000, random)]
    const application: Application = (_, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return pieces
    }
    const { body, headers } = await testClient(compress()(application)).get('/', {
      headers: { 'Accept-Encoding': coding },
    })
    expect(headers).toContainEqual(['Content-Encoding', coding])
    expect(decoded(coding, body)).toBe(Buffer.concat(pieces).toString())
  })

  test('is compressed whatever its first block is, as its length is not known', async () => {
    const application: Application = function* (_, startResponse) {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      yield Buffer.from('a')
    }
    const { blocks } = await open(application)
    expect(new Reader('gzip').take(await blocks.next())).toBe('a')
    await blocks.return?.()
  })

  test('that declares its length is one of unknown length when it is compressed', async () => {
    const application: Application = function* (_, startResponse) {
      startResponse('200 OK', [
        ['Content-Type', 'text/plain'],
        ['Content-Length', '2000'],
      ])
      yield Buffer.alloc(1000, 'a')
      yield Buffer.alloc(1000, 'b')
    }
    const { blocks, headers } = await open(application)
    expect(headers.map(([name]) => name)).not.toContain('Content-Length')
    await blocks.return?.()
  })

  test('asks for no more than its client takes', async () => {
    let made = 0
    const application: Application = function* (_, startResponse) {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      for (; made < 1000; made++) yield Buffer.alloc(65_536, made)
    }
    const { blocks } = await open(application)
    for (let taken = 0; taken < 10; taken++) await blocks.next()
    // The one that was taken last is counted when the next is asked for.
    expect(made).toBe(9)
    await blocks.return?.()
  })

  test('breaks off where the application throws', async () => {
    const stream = new Stream()
    const opening = open(stream.application)
    await stream.askedFor(1)
    stream.give('one')
    const { blocks } = await opening
    await blocks.next()
    const coming = blocks.next()
    await stream.askedFor(2)
    stream.fail(new Error('raised in mid-stream'))
    await expect(coming).rejects.toThrow('raised in mid-stream')
    expect(stream.closed).toBe(1)
  })

  test('breaks off where the application sends less than it declared (W41)', async () => {
    const application: Application = function* (_, startResponse) {
      startResponse('200 OK', [
        ['Content-Type', 'text/plain'],
        ['Content-Length', '2000'],
      ])
      yield Buffer.alloc(1000, 'a')
    }
    const { blocks } = await open(application)
    await blocks.next()
    await expect(blocks.next()).rejects.toThrow(/1000 bytes fewer/)
  })

  test('W45 is closed when its client takes no more of it, though its next block is not there yet', async () => {
    const stream = new Stream()
    const opening = open(stream.application)
    await stream.askedFor(1)
    stream.give('one')
    const { blocks } = await opening
    await blocks.next()
    const coming = blocks.next()
    await stream.askedFor(2)
    await blocks.return?.()
    expect(await coming).toEqual({ done: true, value: undefined })
    expect(stream.closed).toBe(1)
  })

  test('W48 is closed when its client leaves', async () => {
    const stream = new Stream()
    const opening = open(stream.application)
    await stream.askedFor(1)
    stream.give('one')
    const { blocks, environ } = await opening
    await blocks.next()
    const coming = blocks.next()
    environ['gantry.request']!.cancel()
    await expect(coming).rejects.toThrow(/client left/)
    expect(stream.closed).toBe(1)
  })

  test('W48 is closed when its client leaves before its first block', async () => {
    const stream = new Stream()
    const compressed = compress()(stream.application)
    const environ = testClient(compressed).environ({ headers: { 'Accept-Encoding': 'gzip' } })
    const answer = answerOf(compressed, environ)
    await stream.askedFor(1)
    environ['gantry.request']!.cancel()
    await expect(answer).rejects.toThrow(/client left/)
    expect([stream.closed, encoders.length]).toEqual([1, 0])
  })
})
