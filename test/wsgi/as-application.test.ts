// Every form of an application: W1 and W2.

import { describe, expect, test } from 'vitest'
import { testClient } from '../../src/testing/index.ts'
import {
  type ApplicationLike,
  type ApplicationResult,
  asApplication,
  type Environ,
  type StartResponse,
} from '../../src/wsgi/index.ts'
import { isApplicationLike } from '../../src/wsgi/as-application.ts'
import { OK } from './recorded-run.ts'

function serve(environ: Environ, startResponse: StartResponse): ApplicationResult {
  startResponse(...OK)
  return [Buffer.from(environ.PATH_INFO)]
}

function* generate(environ: Environ, startResponse: StartResponse): Generator<Uint8Array, void, undefined> {
  yield* serve(environ, startResponse) as Uint8Array[]
}

class Answer {
  readonly #args: [Environ, StartResponse]

  constructor(...args: [Environ, StartResponse]) {
    this.#args = args
  }

  [Symbol.iterator](): Iterator<Uint8Array> {
    return generate(...this.#args)
  }
}

/** A class as compilers for old engines write it. */
function OldAnswer(this: { args: [Environ, StartResponse] }, ...args: [Environ, StartResponse]): void {
  this.args = args
}
OldAnswer.prototype = {
  [Symbol.iterator](this: { args: [Environ, StartResponse] }) {
    return generate(...this.args)
  },
}

class Site {
  call(environ: Environ, startResponse: StartResponse): ApplicationResult {
    return this.serve(environ, startResponse)
  }

  serve(environ: Environ, startResponse: StartResponse): ApplicationResult {
    return serve(environ, startResponse)
  }
}

const site = new Site()
const FORMS: Readonly<Record<string, ApplicationLike>> = {
  'a function': serve,
  'an arrow function': (environ, startResponse) => serve(environ, startResponse),
  'an async function': async (environ, startResponse) => {
    await Promise.resolve()
    return serve(environ, startResponse)
  },
  'a generator function': generate,
  'an async generator function': async function* (environ, startResponse) {
    await Promise.resolve()
    yield* generate(environ, startResponse)
  },
  'a bound method': site.serve.bind(site),
  'a class with an iterator': Answer,
  'a derived class': class Derived extends Answer {},
  'a class compiled to a function': OldAnswer,
  'an object with call': site,
  'a plain object with call': { call: serve },
}

describe('an application (W1)', () => {
  test.each(Object.entries(FORMS))('may be %s', async (_, like) => {
    expect(isApplicationLike(like)).toBe(true)
    const client = testClient(asApplication(like))
    // Called again for each request (W8).
    expect([(await client.get('/a')).text, (await client.get('/b')).text]).toEqual(['/a', '/b'])
  })

  test('that is a function stays itself', () => {
    expect(asApplication(serve)).toBe(serve)
  })

  test('is named in the log for what it was made of', () => {
    expect([asApplication(Answer).name, asApplication(site).name]).toEqual(['Answer', 'Site'])
  })

  test.each([
    ['a string', 'shop.wsgi:application', 'string'],
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['an object without call', { fetch: serve }, 'Object'],
    ['an object whose call is no function', { call: 'serve' }, 'Object'],
    ['a list', [serve], 'Array'],
  ])('is not %s, and the error names what it is', (_, like, name) => {
    expect(isApplicationLike(like)).toBe(false)
    expect(() => asApplication(like as unknown as ApplicationLike)).toThrow(
      `no WSGI application: a function, a class with an iterator or an object with call() is one, not ${name}`,
    )
  })
})
