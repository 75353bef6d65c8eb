import { describe, expect, test } from 'vitest'
import { bodyLimit } from '../../src/middleware/body-limit.ts'
import { type TestRequest, testClient } from '../../src/testing/index.ts'
import type { TestAnswer } from '../../src/testing/test-answer.ts'
import type { Application } from '../../src/wsgi/application.ts'
import type { Environ } from '../../src/wsgi/environ.ts'
import { BodyInput, type ByteSource } from '../../src/wsgi/input-stream.ts'

/** Gives a body in small pieces, and never says how long it is. */
class Pieces implements ByteSource {
  readonly #pieces: string[]

  constructor(...pieces: string[]) {
    this.#pieces = pieces
  }

  pull(maxBytes: number): Uint8Array {
    const piece = this.#pieces.shift() ?? ''
    if (piece.length > maxBytes) this.#pieces.unshift(piece.slice(maxBytes))
    return Buffer.from(piece.slice(0, maxBytes))
  }
}

const streamed = (...pieces: string[]): Record<string, unknown> => ({
  'wsgi.input': new BodyInput(new Uint8Array(0), new Pieces(...pieces)),
})

const answering =
  (read: (environ: Environ) => Promise<readonly Buffer[]>): Application =>
  async (environ, startResponse) => {
    const pieces = await read(environ)
    startResponse('200 OK', [['X-Inner', '1']])
    return [Buffer.from(JSON.stringify(pieces.map(String)))]
  }

const whole = answering(async (environ) => [await environ['wsgi.input'].read()])
const ask = (application: Application, request: TestRequest): Promise<TestAnswer> =>
  testClient(bodyLimit({ maxBytes: 8 })(application)).request({ method: 'POST', ...request })

describe('bodyLimit', () => {
  test('answers 413 by the length of the body, and calls nobody (RFC 9110 §15.5.14)', async () => {
    const untouched: Application = () => {
      throw new Error('was called')
    }
    const answer = await ask(untouched, { body: '123456789' })
    expect([answer.status, answer.text]).toEqual([413, '413 Content Too Large\n'])
  })

  test('lets a body of exactly the limit through, and one of no length', async () => {
    expect((await ask(whole, { body: '12345678' })).json()).toEqual(['12345678'])
    expect((await ask(whole, {})).json()).toEqual([''])
  })

  test('does not touch the input of a body whose length is known: it can still be handed on whole', async () => {
    const body = Buffer.from('1234')
    const held: unknown[] = []
    const holding: Application = (environ, startResponse) => {
      const input = environ['wsgi.input']
      held.push(input instanceof BodyInput ? input.wholeBody : 'wrapped')
      return whole(environ, startResponse)
    }
    await ask(holding, { body })
    const spooled = { path: '/nowhere', size: 8 }
    await ask(holding, {
      environ: { 'wsgi.input': new BodyInput(Buffer.alloc(0), new Pieces('12345678'), spooled) },
    })
    await ask(holding, {})
    expect(held).toEqual([body, spooled, new Uint8Array(0)])
  })

  test('a body in a file counts by its size, without CONTENT_LENGTH too', async () => {
    const environ = { 'wsgi.input': new BodyInput(Buffer.alloc(0), undefined, { path: '/nowhere', size: 9 }) }
    expect((await ask(whole, { environ })).status).toBe(413)
  })

  test('a length that is none counts as unknown', async () => {
    const environ = { CONTENT_LENGTH: '-1', ...streamed('123456789') }
    expect((await ask(whole, { environ })).status).toBe(413)
  })
})

describe('bodyLimit before a body of unknown length', () => {
  const readers: Record<string, Application> = {
    'read()': whole,
    'read(n)': answering(async (environ) => {
      const pieces: Buffer[] = []
      for (let piece = await read(environ, 3); piece.length > 0; piece = await read(environ, 3))
        pieces.push(piece)
      return [Buffer.concat(pieces)]
    }),
    'readline()': answering(async (environ) => {
      const pieces: Buffer[] = []
      for (let line = await environ['wsgi.input'].readline(); line.length > 0; ) {
        pieces.push(line)
        line = await environ['wsgi.input'].readline()
      }
      return [Buffer.concat(pieces)]
    }),
    'readlines()': answering(async (environ) => [Buffer.concat(await environ['wsgi.input'].readlines())]),
    iteration: answering(async (environ) => {
      const lines: Buffer[] = []
      for await (const line of environ['wsgi.input']) lines.push(line)
      return [Buffer.concat(lines)]
    }),
  }
  const read = (environ: Environ, size: number): Promise<Buffer> => environ['wsgi.input'].read(size)

  test.each(Object.keys(readers))('%s gives up to the limit', async (name) => {
    const answer = await ask(readers[name]!, { environ: streamed('12\n', '45', '6\n8') })
    expect([answer.json(), answer.header('X-Inner')]).toEqual([['12\n456\n8'], '1'])
  })

  test.each(Object.keys(readers))('%s of more is answered 413', async (name) => {
    const answer = await ask(readers[name]!, { environ: streamed('12\n', '45', '6\n89') })
    expect([answer.status, answer.header('X-Inner')]).toEqual([413, undefined])
  })

  test('lines are lines, with a size and a hint too (W15)', async () => {
    const lines = answering(async (environ) => {
      const input = environ['wsgi.input']
      return [
        await input.readline(1),
        await input.readline(),
        ...(await input.readlines(1)),
        await input.read(0),
      ]
    })
    expect((await ask(lines, { environ: streamed('12\n4\n6\n8') })).json()).toEqual(['1', '2\n', '4\n', ''])
  })

  test('no more than one byte beyond the limit is taken', async () => {
    const sizes: (number | undefined)[] = []
    class Asked extends BodyInput {
      override read(size?: number): Promise<Buffer> {
        sizes.push(size)
        return super.read(size)
      }
    }
    const environ = { 'wsgi.input': new Asked(new Uint8Array(0), new Pieces('x'.repeat(1000))) }
    expect((await ask(whole, { environ })).status).toBe(413)
    expect(sizes).toEqual([9])
  })

  test('an application that catches the error is answered 413 for all the same; its close() is called', async () => {
    let closed = 0
    const catching: Application = async (environ, startResponse) => {
      await environ['wsgi.input'].read().catch(() => undefined)
      startResponse('500 Oops', [])
      const blocks = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('one')
        await Promise.resolve()
        yield Buffer.from('two')
      }
      return { [Symbol.asyncIterator]: blocks, close: () => closed++ }
    }
    expect((await ask(catching, { environ: streamed('123456789') })).status).toBe(413)
    expect(closed).toBe(1)
  })

  test('an answer that has begun is cut', async () => {
    const late: Application = async function* (environ, startResponse) {
      startResponse('200 OK', [])
      yield Buffer.from('begun')
      yield await environ['wsgi.input'].read()
    } as Application
    await expect(ask(late, { environ: streamed('123456789') })).rejects.toMatchObject({
      name: 'BodyTooLarge',
      status: 413,
    })
  })

  test('other errors pass', async () => {
    const failing = answering(() => Promise.reject(new Error('on purpose')))
    await expect(ask(failing, { environ: streamed('1') })).rejects.toThrow('on purpose')
  })

  test('an application that reads nothing answers as it would', async () => {
    const lazy = answering(() => Promise.resolve([]))
    expect((await ask(lazy, { environ: streamed('123456789') })).status).toBe(200)
  })
})

describe('bodyLimit takes', () => {
  test.each([
    ['8', 8],
    ['1KiB', 1024],
    [0, 0],
  ])('maxBytes %j', async (maxBytes, bytes) => {
    const client = testClient(bodyLimit({ maxBytes })(whole))
    expect((await client.post('/', { body: 'x'.repeat(bytes) })).status).toBe(200)
    expect((await client.post('/', { body: 'x'.repeat(bytes + 1) })).status).toBe(413)
  })

  test.each(['', 'much', '1M', -1, 1.5, Number.NaN])('but not %j', (maxBytes) => {
    expect(() => bodyLimit({ maxBytes })).toThrow('bodyLimit: maxBytes takes a size')
  })
})
