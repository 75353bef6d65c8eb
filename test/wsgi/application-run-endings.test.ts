// close() is called exactly once in whatever way a run ends (W45), and everything that can happen in the middle of something else.

import { describe, expect, test } from 'vitest'
import type { Application, ApplicationResult, Header, StartResponse } from '../../src/wsgi/index.ts'
import { bytes, OK, RecordedRun } from './recorded-run.ts'

/** A body that counts its closes. `return` counts how often its iterator was ended early. */
class Body {
  closed = 0
  returned = 0
  readonly #steps: Iterator<unknown> | AsyncIterator<unknown>

  constructor(steps: Iterator<unknown> | AsyncIterator<unknown>) {
    this.#steps = steps
  }

  [Symbol.asyncIterator](): { next(): unknown; return(): unknown } {
    return {
      next: () => this.#steps.next(),
      return: () => {
        this.returned++
        return this.#steps.return?.()
      },
    }
  }

  close(): void {
    this.closed++
  }
}

const list = (...texts: readonly unknown[]): Iterator<unknown> =>
  texts.map((text) => (typeof text === 'string' ? bytes(text) : text)).values()

function* begunAndThrown(): Generator<unknown, void, undefined> {
  yield bytes('begun')
  throw new RangeError('expected')
}

function* thrown(): Generator<unknown, void, undefined> {
  throw new RangeError('expected')
}

interface Ending {
  readonly text: string
  readonly steps: () => Iterator<unknown> | AsyncIterator<unknown>
  readonly method?: string
  readonly status?: string
  readonly headers?: Header[]
  readonly last: string
}

const ENDINGS: readonly Ending[] = [
  { text: 'its normal end', steps: () => list('a', 'b'), last: 'end' },
  { text: 'an empty answer', steps: () => list(), last: 'end' },
  { text: 'an error before the head', steps: thrown, last: 'failed' },
  { text: 'an error after the head', steps: begunAndThrown, last: 'abort' },
  { text: 'a block that is no bytes', steps: () => list('a', 5), last: 'abort' },
  { text: 'too little data', steps: () => list('a'), headers: [['Content-Length', '2']], last: 'abort' },
  { text: 'too much data', steps: () => list('ab'), headers: [['Content-Length', '1']], last: 'end' },
  { text: 'HEAD', steps: () => list('a', 'b'), method: 'HEAD', last: 'end' },
  { text: 'a 304', steps: () => list('a', 'b'), status: '304 Not Modified', last: 'end' },
  { text: 'no startResponse', steps: () => list('a'), status: '', last: 'failed' },
]

const asynchronous = (steps: Iterator<unknown> | AsyncIterator<unknown>): AsyncIterator<unknown> => ({
  next: async () => await steps.next(),
})

describe('close() is called exactly once (W45)', () => {
  for (const { text, steps, method = 'GET', status = '200 OK', headers = [], last } of ENDINGS) {
    test.each(['sync', 'async'])(`after ${text} (%s)`, async (kind) => {
      const body = new Body(kind === 'sync' ? steps() : asynchronous(steps()))
      const run = new RecordedRun().run(
        (_environ, startResponse) => {
          if (status !== '') startResponse(status, headers)
          return body as ApplicationResult
        },
        { method },
      )
      await run.ended
      expect([body.closed, run.events.at(-1)]).toEqual([1, last])
      run.leave()
      run.onDrain?.()
      expect(body.closed).toBe(1)
      expect(run.events.filter((event) => event === 'over')).toHaveLength(1)
    })
  }

  test('when the client leaves while a block is awaited, whatever comes of that later', async () => {
    for (const settle of ['resolve', 'reject'] as const) {
      const pending: { resolve(step: unknown): void; reject(error: Error): void }[] = []
      const body = new Body({
        next: () => new Promise((resolve, reject) => pending.push({ resolve, reject })),
      } as AsyncIterator<unknown>)
      const run = new RecordedRun().run(startsAndReturns(body))
      run.leave()
      expect([body.closed, body.returned]).toEqual([1, 1])
      if (settle === 'resolve') pending[0]?.resolve({ done: false, value: bytes('late') })
      else pending[0]?.reject(new RangeError('late'))
      await Promise.resolve()
      await Promise.resolve()
      expect([run.events, body.closed, pending.length]).toEqual([['over'], 1, 1])
    }
  })

  test('when the client leaves while there is no room', async () => {
    for (const steps of [list('a', 'b'), asynchronous(list('a', 'b'))]) {
      const run = new RecordedRun()
      run.hasRoom = false
      const body = new Body(steps)
      run.run(startsAndReturns(body))
      await expect.poll(() => run.events).toEqual(['begin 200', 'write a'])
      run.leave()
      await Promise.resolve()
      expect([body.closed, run.events]).toEqual([1, ['begin 200', 'write a', 'over']])
    }
  })

  test('when the result comes after the client has left', async () => {
    const body = new Body(list('a'))
    let give: (result: ApplicationResult) => void = () => undefined
    const run = new RecordedRun().run((_environ, startResponse) => {
      startResponse(...OK)
      return new Promise((resolve) => (give = resolve))
    })
    run.leave()
    give(body as ApplicationResult)
    await Promise.resolve()
    await Promise.resolve()
    expect([body.closed, run.events]).toEqual([1, ['over']])
  })

  test('and a stream that comes after the client has left is destroyed, as it has no close()', async () => {
    let isDestroyed = false
    const stream = { [Symbol.asyncIterator]: () => list(), destroy: () => (isDestroyed = true) }
    const run = new RecordedRun().run(() => Promise.resolve(stream as unknown as ApplicationResult))
    run.leave()
    await expect.poll(() => isDestroyed).toBe(true)
  })
})

const startsAndReturns =
  (result: unknown): Application =>
  (_environ, startResponse) => {
    startResponse(...OK)
    return result as ApplicationResult
  }

describe('a client whose leaving shows in the middle of a call', () => {
  test.each(['begin', 'write'])('(%s) lets nothing more be asked for, and the generator end', (call) => {
    let ended = 0
    let asked = 0
    function* blocks(): Generator<Uint8Array, void, undefined> {
      try {
        for (;;) {
          asked++
          yield bytes('x')
        }
      } finally {
        ended++
      }
    }
    const run: RecordedRun = new RecordedRun({ [call]: () => run.leave() })
    run.run(startsAndReturns(blocks()))
    expect([asked, ended]).toEqual([1, 1])
    expect(run.events.slice(0, 2)).toEqual(
      call === 'begin' ? ['begin 200', 'over'] : ['begin 200', 'write x'],
    )
    expect(run.events.filter((event) => event === 'over')).toHaveLength(1)
  })

  test('lets a generator that writes end, which cannot be ended while it runs', () => {
    let ended = 0
    function* application(
      _environ: unknown,
      startResponse: StartResponse,
    ): Generator<Uint8Array, void, undefined> {
      const write = startResponse(...OK)
      try {
        void write(bytes('written'))
        yield bytes('x')
      } finally {
        ended++
      }
    }
    const run: RecordedRun = new RecordedRun({ write: () => run.leave() })
    run.run(application)
    expect([ended, run.events]).toEqual([1, ['begin 200', 'write written', 'over']])
  })

  test('holds nobody up who would wait for room that nobody makes', async () => {
    const run: RecordedRun = new RecordedRun({ write: () => run.leave() })
    run.hasRoom = false
    let went = ''
    run.run(async (_environ, startResponse) => {
      await startResponse(...OK)(bytes('x'))
      went = 'on'
      return []
    })
    await expect.poll(() => went).toBe('on')
  })

  test('closes the result of an application that only returns afterwards', () => {
    const body = new Body(list('a'))
    const run: RecordedRun = new RecordedRun({ begin: () => run.leave() })
    run.run((_environ, startResponse) => {
      void startResponse(...OK)(bytes('x'))
      return body as ApplicationResult
    })
    expect(body.closed).toBe(1)
  })

  test('is no end of its own when it shows at the head of an empty answer', () => {
    const run: RecordedRun = new RecordedRun({ begin: () => run.leave() })
    expect(run.run(startsAndReturns([])).events).toEqual(['begin 200', 'over'])
  })
})

describe('close()', () => {
  const closing = (close: () => unknown): ApplicationResult => ({
    [Symbol.iterator]: () => [bytes('x')].values(),
    close,
  })

  test('that throws cuts the answer (W49)', () => {
    const run = new RecordedRun().run(
      startsAndReturns(
        closing(() => {
          throw new RangeError('in close')
        }),
      ),
    )
    expect(run.events).toEqual(['begin 200', 'write x', 'over', 'failedLate', 'abort'])
  })

  test('that rejects is told of, and the answer is whole', async () => {
    const run = new RecordedRun().run(
      startsAndReturns(closing(() => Promise.reject(new RangeError('later')))),
    )
    expect(run.events).toEqual(['begin 200', 'write x', 'over', 'end'])
    await expect.poll(() => run.events.at(-1)).toMatch(/^error: close\(\) .* failed: RangeError: later/)
  })

  test.each([
    ['an Error', new RangeError('in close'), 'RangeError: in close'],
    ['what has no text', Object.create(null) as unknown, 'object'],
  ])('that throws %s after a failure hides nothing of the failure', (_, error, told) => {
    const steps = {
      [Symbol.iterator]: thrown,
      close() {
        throw error
      },
    }
    const run = new RecordedRun().run(startsAndReturns(steps))
    expect(run.events).toEqual([
      `error: close() of the application's result failed as well: ${told}`,
      'over',
      'failed',
    ])
    expect(run.thrown).toEqual([new RangeError('expected')])
  })

  test('that throws when the client has left is no news', () => {
    const run = new RecordedRun()
    run.hasRoom = false
    run.run(
      startsAndReturns(
        closing(() => {
          throw new RangeError('in close')
        }),
      ),
    )
    run.leave()
    expect(run.events).toEqual(['begin 200', 'write x', 'over'])
  })

  test('may not start the answer anew, nor start one that has none (W21, W26)', () => {
    const messages: string[] = []
    const application =
      (isStarted: boolean): Application =>
      (_environ, startResponse) => {
        if (isStarted) startResponse(...OK)
        const close = (): void => {
          try {
            startResponse('202 Accepted', [])
          } catch (error) {
            messages.push((error as Error).message)
          }
        }
        return { [Symbol.iterator]: () => list() as Iterator<Uint8Array>, close }
      }
    expect(new RecordedRun().run(application(true)).events).toEqual(['begin 200', 'over', 'end'])
    expect(messages).toEqual(['Headers already set'])
    expect(new RecordedRun().run(application(false)).events).toEqual(['over', 'failed'])
  })

  test('in which the client leaves ends the run once', () => {
    const run = new RecordedRun()
    run.run(startsAndReturns(closing(() => run.leave())))
    expect(run.events).toEqual(['begin 200', 'write x', 'over'])
  })

  test('may write to the log before the request is over, also when the client leaves', () => {
    const run = new RecordedRun()
    run.hasRoom = false
    run.run(startsAndReturns(closing(() => run.warned('error', 'released'))))
    run.leave()
    expect(run.events).toEqual(['begin 200', 'write x', 'error: released', 'over'])
  })
})
