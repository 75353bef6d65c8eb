// What a run says to whoever sends the answer. The rules of PEP 3333 as a client sees them are in test/conformance/.

import { describe, expect, test } from 'vitest'
import {
  RequestCancelled,
  type Application,
  type ApplicationResult,
  type Write,
} from '../../src/wsgi/index.ts'
import { bytes, OK, RecordedRun } from './recorded-run.ts'

const returns =
  (result: unknown): Application =>
  (_environ, startResponse) => {
    startResponse(...OK)
    return result as ApplicationResult
  }

describe('a whole answer', () => {
  test('is given at once where it is small, when nothing of the application runs any more', () => {
    expect(new RecordedRun().run(returns([bytes('hello')])).events).toEqual(['over', 'answer 200 hello'])
  })

  test('is given at once where the application promised it', async () => {
    const run = new RecordedRun().run(returns(Promise.resolve([bytes('hello')])))
    await run.ended
    expect(run.events).toEqual(['over', 'answer 200 hello'])
  })

  test('is not copied where it is large, and has its length (W42)', () => {
    const run = new RecordedRun().run(returns([Buffer.alloc(16_385)]))
    expect(run.events).toEqual(['begin 200', 'write 16385 bytes', 'over', 'end'])
    expect(run.heads[0]?.contentLength).toBe(16_385)
  })

  test('without data has the length 0 (W24, W42)', () => {
    const run = new RecordedRun().run(returns([]))
    expect(run.events).toEqual(['begin 200', 'over', 'end'])
    expect(run.heads[0]?.contentLength).toBe(0)
  })

  test.each([['an empty block', [bytes('')]] as const, ['nothing', []] as const])(
    'to HEAD says nothing of the length where it is %s (W43)',
    (_, result) => {
      const run = new RecordedRun().run(returns(result), { method: 'HEAD' })
      expect(run.events).toEqual(['begin 200', 'over', 'end'])
      expect(run.heads[0]?.contentLength).toBe(-1)
    },
  )

  test('to HEAD has the length that GET would have (W43)', () => {
    const run = new RecordedRun().run(returns([bytes('hello')]), { method: 'HEAD' })
    expect(run.events).toEqual(['begin 200', 'over', 'end'])
    expect(run.heads[0]?.contentLength).toBe(5)
  })
})

describe('an answer in blocks', () => {
  test('asks for the next block only when the one before was taken (W44)', async () => {
    const asked: number[] = []
    function* blocks(): Generator<Uint8Array, void, undefined> {
      for (let number = 1; number <= 3; number++) {
        asked.push(number)
        yield bytes(String(number))
      }
    }
    const run = new RecordedRun()
    run.hasRoom = false
    run.run(returns(blocks()))
    expect(asked).toEqual([1])
    run.onDrain?.()
    await Promise.resolve()
    expect(asked).toEqual([1, 2])
    run.drain()
    await run.ended
    expect(run.events).toEqual(['begin 200', 'write 1', 'write 2', 'write 3', 'over', 'end'])
  })

  test('has the length of its only block added, sync and async (W42)', async () => {
    const single = Object.assign([bytes('hello')].values(), { length: 1 })
    expect(new RecordedRun().run(returns(single)).heads[0]?.contentLength).toBe(5)
    async function* blocks(): AsyncGenerator<Uint8Array, void, undefined> {
      yield await Promise.resolve(bytes('hello'))
    }
    const run = new RecordedRun().run(returns(Object.assign(blocks(), { length: 1 })))
    await run.ended
    expect(run.heads[0]?.contentLength).toBe(5)
  })

  test.each(['HEAD', 'GET'])(
    'to %s that has no body asks for nothing after the block that made the head final (W43)',
    async (method) => {
      const status = method === 'HEAD' ? '200 OK' : '304 Not Modified'
      let asked = 0
      const application: Application = (_environ, startResponse) => {
        startResponse(status, [])
        const next = (): Promise<IteratorResult<Uint8Array>> =>
          ++asked === 1 ? Promise.resolve({ value: bytes('x') }) : new Promise(() => undefined)
        return { [Symbol.asyncIterator]: () => ({ next }) }
      }
      const run = new RecordedRun().run(application, { method })
      await run.ended
      expect([asked, run.events.at(-1)]).toEqual([1, 'end'])
    },
  )

  test('with less data than a 304 declares is whole (RFC 9110 §15.4.5)', () => {
    const application: Application = (_environ, startResponse) => {
      startResponse('304 Not Modified', [['Content-Length', '16']])
      return []
    }
    expect(new RecordedRun().run(application).events).toEqual(['begin 304', 'over', 'end'])
  })

  test('is told of its excess once (W41)', () => {
    const application: Application = (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Length', '3']])
      return [bytes('he'), bytes('llo'), bytes('more')]
    }
    const [begin, first, excess, second, ...rest] = new RecordedRun().run(application).events
    expect([begin, first, second, rest]).toEqual(['begin 200', 'write he', 'write l', ['over', 'end']])
    expect(excess).toMatch(/^error: the application wrote 2 or more bytes beyond/)
  })
})

describe('write()', () => {
  test('has handed the data on when it returns, and asks for patience only where there is no room (W30)', async () => {
    const run = new RecordedRun()
    const seen: unknown[] = []
    const application: Application = async (_environ, startResponse) => {
      const write = startResponse(...OK)
      seen.push(write(bytes('a')), run.events.at(-1))
      run.hasRoom = false
      const room = write(bytes('b'))
      seen.push(room instanceof Promise, run.events.at(-1))
      await room
      seen.push('goes on')
      return []
    }
    run.run(application)
    expect(seen).toEqual([undefined, 'write a', true, 'write b'])
    run.drain()
    await run.ended
    expect(seen.at(-1)).toBe('goes on')
  })

  test('after the end throws, and sends nothing', () => {
    let write: Write = () => undefined
    const run = new RecordedRun().run((_environ, startResponse) => {
      write = startResponse(...OK)
      return [bytes('hello')]
    })
    expect(() => write(bytes('more'))).toThrow('write() after the end of the request')
    expect(run.events).toEqual(['over', 'answer 200 hello'])
  })

  test('throws when the client has left, after it let go on who waited for room', async () => {
    const run = new RecordedRun()
    run.hasRoom = false
    let thrown: unknown
    run.run(async (_environ, startResponse) => {
      const write = startResponse(...OK)
      await write(bytes('a'))
      try {
        await write(bytes('b'))
      } catch (error) {
        thrown = error
        throw error
      }
      return []
    })
    run.leave()
    await expect.poll(() => thrown).toBeInstanceOf(RequestCancelled)
    expect(run.events).toEqual(['begin 200', 'write a', 'over'])
  })
})

describe('startResponse', () => {
  test('throws what it is given, unchanged, when the headers are sent, and the answer is cut (W23)', () => {
    const caught = { no: 'error object' }
    const run = new RecordedRun().run((_environ, startResponse) => {
      void startResponse(...OK)(bytes('begun'))
      startResponse('500 Internal Server Error', [], caught)
      return []
    })
    expect(run.thrown).toEqual([caught])
    expect(run.thrown[0]).toBe(caught)
    expect(run.events).toEqual(['begin 200', 'write begun', 'over', 'failedLate', 'abort'])
  })

  test('with an error replaces a head that could not be sent, and without one does not (W21, W22)', () => {
    const messages: string[] = []
    const run = new RecordedRun().run((_environ, startResponse) => {
      for (const error of [undefined, undefined, new Error('caught')]) {
        try {
          startResponse('200 OK', [['Bad Name', '']], error)
        } catch (thrown) {
          messages.push((thrown as Error).message)
        }
      }
      startResponse('404 Not Found', [], new Error('caught'))
      return []
    })
    expect(messages).toEqual([
      expect.stringContaining('is not a header name'),
      'Headers already set',
      expect.stringContaining('is not a header name'),
    ])
    expect(run.events[0]).toBe('begin 404')
  })

  test('lets the application have its list back (W28)', () => {
    const headers: [string, string][] = [['X-Name', 'sent']]
    const run = new RecordedRun().run((_environ, startResponse) => {
      startResponse('200 OK', headers)
      headers[0]![1] = 'changed\r\n'
      headers.push(['X-More', 'yes'])
      return [bytes('hello')]
    })
    expect(run.heads[0]?.headers).toEqual([['X-Name', 'sent']])
  })
})

describe('what an application throws', () => {
  test.each([
    ['an Error', new RangeError('x')],
    ['undefined', undefined],
    ['an object without a prototype', Object.create(null) as unknown],
  ])('reaches the owner unchanged (%s), thrown, rejected or by the iterator', async (_, error) => {
    const rejected = (): Promise<never> =>
      Promise.resolve().then(() => {
        throw error
      })
    const throwing: Application[] = [
      () => {
        throw error
      },
      rejected,
      returns({
        *[Symbol.iterator]() {
          throw error
        },
      }),
      returns({ [Symbol.asyncIterator]: () => ({ next: rejected }) }),
    ]
    for (const application of throwing) {
      const run = new RecordedRun().run(application)
      await run.ended
      expect(run.events).toEqual(['over', 'failed'])
      expect(run.thrown[0]).toBe(error)
    }
  })
})

describe('a thenable that is no promise', () => {
  const thenable = (then: (resolve: (value: unknown) => void) => void): Application => returns({ then })

  test('may promise the result', async () => {
    const run = new RecordedRun().run(thenable((resolve) => resolve([bytes('hello')])))
    await run.ended
    expect(run.events).toEqual(['over', 'answer 200 hello'])
  })

  test('that calls back twice answers once', async () => {
    const run = new RecordedRun().run(
      thenable((resolve) => {
        resolve([bytes('first')])
        resolve([bytes('second')])
      }),
    )
    await run.ended
    await Promise.resolve()
    expect(run.events).toEqual(['over', 'answer 200 first'])
  })

  test('that throws fails the request', async () => {
    const run = new RecordedRun().run(
      thenable(() => {
        throw new RangeError('no promise')
      }),
    )
    await run.ended
    expect(run.events).toEqual(['over', 'failed'])
  })
})
