// The environ as an object, and back to the blocks that a worker reads (protocol/link.md).

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EnvironBlocks, environBlocks } from '../../src/wsgi/environ-blocks.ts'
import { environObject, type EnvironObjects, environOf } from '../../src/wsgi/environ-object.ts'
import { environOrigin } from '../../src/wsgi/environ-origin.ts'
import { LineErrorStream } from '../../src/wsgi/error-stream.ts'
import type { Exchange } from '../../src/wsgi/exchange.ts'
import { type Environ, FileWrapper, RequestContext } from '../../src/wsgi/index.ts'
import { emptyInput } from '../../src/wsgi/input-stream.ts'
import { requestTarget } from '../../src/wsgi/request-target.ts'

type Pairs = readonly (readonly [string, string])[]

const OWN = ['POST', '/caf\u00c3\u00a9', 'q=1', '/caf%C3%A9?q=1'] as const
const SHARED: Pairs = [
  ['SERVER_NAME', 'shop.example'],
  ['SCRIPT_NAME', ''],
  ['wsgi.url_scheme', 'http'],
  ['REMOTE_ADDR', '192.0.2.1'],
]
const FIELDS: Pairs = [
  ['SERVER_PROTOCOL', 'HTTP/1.1'],
  ['HTTP_HOST', 'shop.example'],
  ['HTTP_X_NAME', 'value'],
]

const encoded = (strings: readonly string[]): Buffer =>
  Buffer.from(strings.map((string) => `${string}\0`).join(''), 'latin1')

function exchangeOf(shared: Pairs, fields: Pairs): Exchange {
  const own = encoded([...OWN, ...fields.flat()])
  const exchange: Pick<Exchange, 'sharedEnviron' | 'environBytes' | 'writeEnviron'> = {
    sharedEnviron: encoded(shared.flat()),
    environBytes: () => own.length,
    writeEnviron: (target, start) => start + own.copy(target, start),
  }
  return exchange as Exchange
}

function objects(context: RequestContext): EnvironObjects {
  return { input: emptyInput(), errors: new LineErrorStream(() => undefined), context, isMultiprocess: true }
}

function environ(shared: Pairs = SHARED, fields: Pairs = FIELDS): Environ {
  const origin = environOrigin(exchangeOf(shared, fields))
  return environObject(origin, objects(new RequestContext({ id: '-' }, origin)))
}

const blocksOf = (of: Environ): EnvironBlocks => environBlocks(of, of['gantry.request']?.origin)

/** The strings that a worker makes of the blocks: a pair that comes later counts. */
function asWorker({ shared, own }: EnvironBlocks): Record<string, string> {
  const [method = '', path = '', query = '', target = '', ...pairs] = own.split('\0')
  const strings = [...Buffer.from(shared).toString('latin1').split('\0').slice(0, -1), ...pairs.slice(0, -1)]
  const made: Record<string, string> = {}
  for (let i = 0; i < strings.length; i += 2) made[strings[i]!] = strings[i + 1]!
  const values = { REQUEST_METHOD: method, PATH_INFO: path, QUERY_STRING: query, REQUEST_URI: target }
  return { ...made, ...values }
}

/** What a worker must be told: its own two names for the target are one. */
function strings(of: Environ): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(of).filter(([key, value]) => typeof value === 'string' && key !== 'RAW_URI'),
  )
}

describe('an environ', () => {
  test('is a plain object with all strings and objects of PEP 3333 (W11, W14)', () => {
    const made = environ()
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype)
    expect(strings(made)).toEqual({
      REQUEST_METHOD: 'POST',
      PATH_INFO: '/caf\u00c3\u00a9',
      QUERY_STRING: 'q=1',
      REQUEST_URI: '/caf%C3%A9?q=1',
      ...Object.fromEntries([...SHARED, ...FIELDS]),
    })
    expect(made).toMatchObject({
      RAW_URI: '/caf%C3%A9?q=1',
      'wsgi.version': [1, 0],
      'wsgi.multithread': false,
      'wsgi.multiprocess': true,
      'wsgi.run_once': false,
      'wsgi.input_terminated': true,
    })
    expect(made['wsgi.file_wrapper']?.({ read: () => null })).toBeInstanceOf(FileWrapper)
  })

  test('belongs to its request, however alike two are (W10)', () => {
    const origin = environOrigin(exchangeOf(SHARED, FIELDS))
    const [one, other] = [1, 2].map(() =>
      environObject(origin, objects(new RequestContext({ id: '-' }, origin))),
    )
    one!['SERVER_NAME'] = 'spoilt'
    delete one!['HTTP_HOST']
    expect([other!.SERVER_NAME, other!.HTTP_HOST]).toEqual(['shop.example', 'shop.example'])
    expect(environ().SERVER_NAME).toBe('shop.example')
  })

  test('is read anew where a larger one came before', () => {
    const large: Pairs = [['HTTP_X_LARGE', 'x'.repeat(100_000)]]
    expect(environ(SHARED, large)['HTTP_X_LARGE']).toHaveLength(100_000)
    expect(strings(environ())).not.toHaveProperty('HTTP_X_LARGE')
  })

  test('of strings alone has the same objects', () => {
    const made = environOf(
      { REQUEST_METHOD: 'GET', HTTP_HOST: 'x' },
      objects(new RequestContext({ id: '-' })),
    )
    expect(made).toMatchObject({
      REQUEST_METHOD: 'GET',
      PATH_INFO: '',
      HTTP_HOST: 'x',
      'wsgi.version': [1, 0],
    })
  })
})

describe('its blocks', () => {
  test('are those that it was made of where nothing was changed, and only the change besides where something was', () => {
    const made = environ()
    expect(blocksOf(made).own).toBe(encoded([...OWN, ...FIELDS.flat()]).toString('latin1'))
    made['HTTP_X_ADDED'] = 'new'
    expect(blocksOf(made).own.endsWith('value\0HTTP_X_ADDED\0new\0')).toBe(true)
    expect(blocksOf(made).shared).toBe(made['gantry.request']?.origin?.exchange.sharedEnviron)
  })

  test.each([true, false])(
    "leave a worker's own objects alone (W14), whether they have an origin (%j) or not",
    (hasOrigin) => {
      const made = environ()
      if (!hasOrigin) delete made['gantry.request']
      Object.assign(made, { 'wsgi.multithread': 'text', 'wsgi.mine': 'text', 'wsgi.url_scheme': 'https' })
      const { own } = blocksOf(made)
      expect(own).toContain('wsgi.url_scheme\0https\0')
      expect(own).not.toContain('text')
    },
  )

  test.each<[string, (made: Environ) => void]>([
    ['a shared key changed', (made) => (made.SCRIPT_NAME = '/shop')],
    [
      'the values changed',
      (made) => Object.assign(made, { REQUEST_METHOD: 'GET', PATH_INFO: '/x', QUERY_STRING: '' }),
    ],
    ['a shared key deleted', (made) => Reflect.deleteProperty(made, 'REMOTE_ADDR')],
    ['a field deleted', (made) => Reflect.deleteProperty(made, 'HTTP_HOST')],
    ['the last field deleted', (made) => Reflect.deleteProperty(made, 'HTTP_X_NAME')],
    ['all fields deleted', (made) => FIELDS.forEach(([key]) => Reflect.deleteProperty(made, key))],
    ['a string replaced by an object', (made) => (made['HTTP_HOST'] = undefined)],
    ['a key that sorts before all others', (made) => (made['0'] = 'first')],
  ])('tell a worker the same strings: %s', (_, change) => {
    const made = environ()
    change(made)
    expect(asWorker(blocksOf(made))).toEqual(strings(made))
  })

  const keys = fc.constantFrom(...[...SHARED, ...FIELDS].map(([key]) => key), 'HTTP_X_NEW', 'shop.user', '7')
  const edit = fc.tuple(
    keys,
    fc.option(fc.constantFrom('', 'value', 'caf\u00e9', 'HTTP/1.1'), { nil: undefined }),
  )

  test('tell a worker the same strings whatever was changed, added, deleted and put back elsewhere', () => {
    fc.assert(
      fc.property(
        fc.subarray([...SHARED]),
        fc.subarray([...FIELDS, ['REMOTE_ADDR', '198.51.100.7'] as const]),
        fc.array(edit, { maxLength: 8 }),
        (shared, fields, edits) => {
          const made = environ(shared, fields)
          for (const [key, value] of edits) {
            if (value === undefined) Reflect.deleteProperty(made, key)
            else made[key] = value
          }
          expect(asWorker(blocksOf(made))).toEqual(strings(made))
          // Middleware may hand a copy on, whose keys stand in another order.
          const copy = Object.assign(Object.fromEntries(Object.entries(made).reverse()), made)
          expect(asWorker(blocksOf(copy))).toEqual(strings(copy))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('are made of the strings alone where nobody knows what the environ was made of', () => {
    const { shared, own } = environBlocks(environ(), undefined)
    expect(shared).toHaveLength(0)
    expect(asWorker({ shared, own })).toEqual(strings(environ()))
  })

  test('take what an application has deleted for empty', () => {
    const made = environ()
    for (const key of ['PATH_INFO', 'QUERY_STRING', 'SCRIPT_NAME', 'REQUEST_URI'])
      Reflect.deleteProperty(made, key)
    expect(asWorker(blocksOf(made))).toMatchObject({ PATH_INFO: '', QUERY_STRING: '', REQUEST_URI: '/' })
  })

  test.each([
    ['a value with NUL, which would forge a key', 'HTTP_X', 'a\0HTTP_Y'],
    ['a key with NUL', 'HTTP_X\0HTTP_Y', 'a'],
    ['a value outside latin-1', 'HTTP_X', '\u2603'],
    ['a path outside latin-1', 'PATH_INFO', '/\u2603'],
  ])('are refused for %s', (_, key, value) => {
    const made = environ()
    made[key] = value
    expect(() => blocksOf(made)).toThrow(
      /^environ holds a string with NUL or with characters outside latin-1/,
    )
  })
})

test('a target is made of the path where an environ has none (RFC 3986 §3.3)', () => {
  const made = environOf(
    { SCRIPT_NAME: '/caf\xc3\xa9', PATH_INFO: '/a b/%/@:', QUERY_STRING: 'q=%20' },
    objects(new RequestContext({ id: '-' })),
  )
  expect(requestTarget(made)).toBe('/caf%C3%A9/a%20b/%25/@:?q=%20')
})
