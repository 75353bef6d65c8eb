// wsgi.input: W15. How bodies lie in memory, in a file or on their way must not show.

import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  BodyInput,
  type ByteSource,
  type InputStream,
  emptyInput,
  inputStream,
} from '../../src/wsgi/input-stream.ts'

/** Gives `pieces`, at most `maxBytes` at a time, at once and later in turn. */
class Pieces implements ByteSource {
  closed = 0
  pulled = 0
  readonly #pieces: Buffer[]

  constructor(pieces: readonly string[]) {
    this.#pieces = pieces.filter((piece) => piece !== '').map((piece) => Buffer.from(piece, 'latin1'))
  }

  pull(maxBytes: number): Promise<Uint8Array> | Uint8Array {
    this.pulled++
    const piece = this.#pieces.shift() ?? Buffer.alloc(0)
    if (piece.length > maxBytes) this.#pieces.unshift(piece.subarray(maxBytes))
    const given = new Uint8Array(piece.subarray(0, maxBytes))
    return this.pulled % 2 === 0 ? Promise.resolve(given) : given
  }

  close(): void {
    this.closed++
  }
}

const inputOf = (...pieces: readonly string[]): BodyInput =>
  new BodyInput(Buffer.from(pieces[0] ?? '', 'latin1'), new Pieces(pieces.slice(1)))

/** What Python's `io.BytesIO` does, in strings. */
class Model {
  #left: string

  constructor(text: string) {
    this.#left = text
  }

  read(size = -1): string {
    return this.#take(size < 0 ? this.#left.length : size)
  }

  readline(size = -1): string {
    const lineBytes = this.#left.indexOf('\n') + 1 || this.#left.length
    return this.#take(size < 0 ? lineBytes : Math.min(size, lineBytes))
  }

  readlines(hint = -1): string[] {
    const lines: string[] = []
    let bytes = 0
    while (this.#left !== '' && (hint <= 0 || bytes < hint)) {
      lines.push(this.readline())
      bytes += lines.at(-1)!.length
    }
    return lines
  }

  #take(count: number): string {
    const taken = this.#left.slice(0, count)
    this.#left = this.#left.slice(count)
    return taken
  }
}

type Call = readonly ['read' | 'readline' | 'readlines', number | undefined]

const calls = fc.array(
  fc.tuple(
    fc.constantFrom('read' as const, 'readline' as const, 'readlines' as const),
    fc.option(fc.integer({ min: -2, max: 12 }), { nil: undefined }),
  ),
  { maxLength: 12 },
)
const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', '\xff'), maxLength: 9 }), {
  maxLength: 8,
})

const asTexts = (given: Buffer | Buffer[]): string | string[] =>
  Array.isArray(given) ? given.map((each) => each.toString('latin1')) : given.toString('latin1')

describe('reading (W15)', () => {
  test("gives what Python's BytesIO gives, however the body comes in", async () => {
    await fc.assert(
      fc.asyncProperty(pieces, calls, async (parts, made: readonly Call[]) => {
        const input = inputOf(...parts)
        const model = new Model(parts.join(''))
        for (const [name, size] of [...made, ['read', undefined] as const])
          expect(asTexts(await input[name](size))).toEqual(model[name](size))
      }),
      { numRuns: 500 },
    )
  })

  test('ends where the body ends, and does so again and again', async () => {
    for (const input of [inputOf('a'), inputOf('a', 'b'), emptyInput()]) {
      await input.read()
      const beyond = [
        await input.read(),
        await input.read(1),
        await input.readline(),
        await input.readSome(9),
      ]
      expect(beyond.map((piece) => piece.length)).toEqual([0, 0, 0, 0])
      expect(await input.readlines()).toEqual([])
      for await (const line of input) expect.unreachable(String(line))
    }
  })

  test('goes line by line, and may be left off in the middle', async () => {
    const input = inputOf('one\ntw', 'o\n', '\nlast')
    for await (const line of input) {
      expect(String(line)).toBe('one\n')
      break
    }
    expect((await input.readlines()).map(String)).toEqual(['two\n', '\n', 'last'])
  })

  test('of some bytes takes what is there, and pulls only when there is nothing', async () => {
    const source = new Pieces(['there', 'later'])
    const input = new BodyInput(Buffer.from('held'), source)
    expect(String(await input.readSome(100))).toBe('held')
    expect(source.pulled).toBe(0)
    expect(String(await input.readSome(3))).toBe('the')
    expect(String(await input.readSome(100))).toBe('re')
    expect(source.pulled).toBe(1)
  })

  test('rejects with what the source throws, sync and async', async () => {
    const failures = [
      () => {
        throw new RangeError('broken')
      },
      () => Promise.reject(new RangeError('broken')),
    ]
    for (const pull of failures)
      await expect(new BodyInput(Buffer.alloc(0), { pull }).read()).rejects.toThrow('broken')
  })

  test('of two at a time throws for the second, and the first has all its bytes', async () => {
    const input = inputOf('', 'first ', 'second')
    const both = await Promise.allSettled([input.read(12), input.read(5)])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(both[0].status === 'fulfilled' && String(both[0].value)).toBe('first second')
  })

  test('of no bytes touches nothing', async () => {
    const source = new Pieces(['there'])
    expect(await new BodyInput(Buffer.alloc(0), source).read(0)).toHaveLength(0)
    expect(source.pulled).toBe(0)
  })
})

describe('a long line', () => {
  const LONG = 200_000

  afterEach(() => {
    vi.restoreAllMocks()
  })

  test('that comes in small pieces is put together once', async () => {
    const input = inputOf('', ...Array.from({ length: LONG / 100 }, () => 'x'.repeat(100)), '\n')
    const concat = vi.spyOn(Buffer, 'concat')
    expect(await input.readline()).toHaveLength(LONG + 1)
    expect(concat).toHaveBeenCalledOnce()
  })

  test('that is read in small pieces is searched once', async () => {
    const input = inputOf('x'.repeat(LONG))
    let searchedBytes = 0
    const { indexOf } = Buffer.prototype as { indexOf: (this: Buffer, searched: unknown) => number }
    vi.spyOn(Buffer.prototype, 'indexOf').mockImplementation(function (this: Buffer, searched) {
      searchedBytes += this.length
      return indexOf.call(this, searched)
    })
    let pieceCount = 0
    while ((await input.readline(10)).length > 0) pieceCount++
    expect(pieceCount).toBe(LONG / 10)
    expect(searchedBytes).toBe(LONG)
  })
})

describe('the source', () => {
  test('is closed at its end, and never pulled again', async () => {
    const source = new Pieces(['a'])
    const input = new BodyInput(Buffer.alloc(0), source)
    await input.read()
    const { pulled } = source
    await input.read()
    expect([source.closed, source.pulled - pulled]).toEqual([1, 0])
  })

  test('is closed with the request; what is in memory can still be read', async () => {
    const source = new Pieces(['a'])
    const input = new BodyInput(Buffer.from('held'), source)
    input.close()
    expect([source.closed, String(await input.read(4))]).toEqual([1, 'held'])
  })
})

describe('the whole body', () => {
  test('is there until the first byte is asked for', async () => {
    const body = Buffer.from('body')
    const reading: ((input: BodyInput) => Promise<unknown>)[] = [
      (input) => input.read(0),
      (input) => input.readline(),
      (input) => input.readlines(),
      (input) => input.readSome(1),
      (input) => input[Symbol.asyncIterator]().next(),
    ]
    for (const read of reading) {
      const input = new BodyInput(body, undefined, body)
      expect(input.wholeBody).toBe(body)
      await read(input)
      expect(input.wholeBody).toBeUndefined()
    }
  })
})

describe('inputStream', () => {
  const text = async (input: InputStream): Promise<string> => (await input.read()).toString()

  test('reads bytes', async () => {
    const input = inputStream(Buffer.from('one\ntwo'))
    expect((await input.readline()).toString()).toBe('one\n')
    expect(await text(input)).toBe('two')
    expect(await text(input)).toBe('')
  })

  test('reads what comes, empty blocks and blocks of any size', async () => {
    async function* blocks(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(0)
      yield await Promise.resolve(Buffer.from('li'))
      yield Buffer.alloc(100_000, 'x')
      yield Buffer.from('\nrest')
    }
    const input = inputStream(blocks())
    expect(await input.readline()).toHaveLength(100_003)
    expect(await text(input)).toBe('rest')
    expect(await text(input)).toBe('')
  })
})
