import { describe, expect, test } from 'vitest'
import { cors, type CorsOptions } from '../../src/middleware/cors.ts'
import { testClient } from '../../src/testing/index.ts'
import type { TestAnswer } from '../../src/testing/test-answer.ts'
import type { Application } from '../../src/wsgi/application.ts'

const SHOP = 'https://shop.example'
const EVIL = 'https://evil.example'

const application: Application = (environ, startResponse) => {
  startResponse('200 OK', [
    ['X-Method', environ.REQUEST_METHOD],
    ['Vary', 'Cookie'],
    ['Access-Control-Allow-Origin', 'https://set-by-the.application'],
  ])
  return []
}
const failing: Application = () => {
  throw new Error('on purpose')
}

function ask(
  options: CorsOptions,
  fields: Record<string, string>,
  inner: Application = application,
  method = 'GET',
): Promise<TestAnswer> {
  const client = testClient(cors(options)(inner), { passthroughErrors: false })
  return client.request({ method, headers: fields })
}

const preflight = (
  options: CorsOptions,
  origin: string,
  fields: Record<string, string> = {},
): Promise<TestAnswer> =>
  ask(options, { Origin: origin, 'Access-Control-Request-Method': 'PUT', ...fields }, failing, 'OPTIONS')

function corsOf(answer: TestAnswer): Record<string, string> {
  const fields = answer.headers.filter(([name]) => /^access-control-|^vary$/i.test(name))
  return Object.fromEntries(fields.map(([name, value]) => [name.replace('Access-Control-', ''), value]))
}

describe('cors on a request of a page', () => {
  test('allows the origins of the list, and says that the answer depends on them (Fetch, CORS protocol)', async () => {
    const options = { origins: [SHOP, 'http://localhost:5173'] }
    const answer = await ask(options, { Origin: SHOP })
    expect(corsOf(answer)).toEqual({ 'Allow-Origin': SHOP, Vary: 'Cookie, Origin' })
    expect(answer.headersOf('Access-Control-Allow-Origin')).toHaveLength(1)
  })

  test.each([EVIL, 'null', 'http://shop.example', 'https://shop.example:8443', 'https://SHOP.example'])(
    'leaves %s without leave, and the application’s own leave with it',
    async (origin) => {
      const answer = await ask({ origins: [SHOP] }, { Origin: origin })
      expect([answer.status, corsOf(answer)]).toEqual([200, { Vary: 'Cookie, Origin' }])
    },
  )

  test('a request without Origin has Vary too, for the sake of caches', async () => {
    expect(corsOf(await ask({ origins: [SHOP] }, {}))).toEqual({ Vary: 'Cookie, Origin' })
  })

  test('every origin is one and the same answer', async () => {
    const answer = await ask({ origins: '*' }, { Origin: EVIL })
    expect(corsOf(answer)).toEqual({ 'Allow-Origin': '*', Vary: 'Cookie' })
  })

  test('credentials and exposed headers are told where the origin is allowed', async () => {
    const options: CorsOptions = { origins: SHOP, credentials: true, exposedHeaders: ['X-A', 'X-B'] }
    expect(corsOf(await ask(options, { Origin: SHOP }))).toEqual({
      'Allow-Origin': SHOP,
      'Allow-Credentials': 'true',
      'Expose-Headers': 'X-A, X-B',
      Vary: 'Cookie, Origin',
    })
    expect(corsOf(await ask(options, { Origin: EVIL }))).toEqual({ Vary: 'Cookie, Origin' })
  })

  test('an expression must match the whole origin, each time', async () => {
    const options = { origins: /https:\/\/(a|b)\.example/g }
    for (const origin of ['https://a.example', 'https://b.example', 'https://a.example'])
      expect(corsOf(await ask(options, { Origin: origin }))['Allow-Origin']).toBe(origin)
    for (const origin of ['https://a.example.evil.example', 'xhttps://a.example'])
      expect(corsOf(await ask(options, { Origin: origin }))['Allow-Origin']).toBeUndefined()
  })

  test('a function decides by the origin and the request', async () => {
    const options: CorsOptions = {
      origins: (origin, environ) => origin === SHOP && environ.PATH_INFO === '/',
    }
    expect(corsOf(await ask(options, { Origin: SHOP }))['Allow-Origin']).toBe(SHOP)
    expect(corsOf(await ask(options, { Origin: EVIL }))['Allow-Origin']).toBeUndefined()
  })

  test('the error pages of the server can be read as well', async () => {
    const answer = await ask({ origins: SHOP, credentials: true }, { Origin: SHOP }, failing)
    expect([answer.status, corsOf(answer)]).toEqual([
      500,
      { 'Allow-Origin': SHOP, 'Allow-Credentials': 'true', Vary: 'Origin' },
    ])
  })
})

describe('cors on a preflight', () => {
  test('answers by itself, 204 without a body, with what is allowed', async () => {
    const answer = await preflight({ origins: SHOP }, SHOP)
    expect([answer.status, answer.text, corsOf(answer)]).toEqual([
      204,
      '',
      {
        Vary: 'Origin',
        'Allow-Origin': SHOP,
        'Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'Allow-Headers': 'Content-Type, Authorization',
      },
    ])
  })

  test('with methods, headers, credentials and the age given', async () => {
    const options: CorsOptions = {
      origins: SHOP,
      methods: ['PUT'],
      headers: ['X-A'],
      exposedHeaders: ['X-B'],
      credentials: true,
      maxAge: '10m',
    }
    expect(corsOf(await preflight(options, SHOP))).toEqual({
      Vary: 'Origin',
      'Allow-Origin': SHOP,
      'Allow-Methods': 'PUT',
      'Allow-Headers': 'X-A',
      'Allow-Credentials': 'true',
      'Max-Age': '600',
    })
  })

  test('an origin that is not allowed is told nothing', async () => {
    const answer = await preflight({ origins: SHOP }, EVIL)
    expect([answer.status, corsOf(answer)]).toEqual([204, { Vary: 'Origin' }])
  })

  test('all headers are those that are asked for, if they are names', async () => {
    const options: CorsOptions = { origins: '*', headers: '*' }
    const asked = (names: string): Promise<TestAnswer> =>
      preflight(options, EVIL, { 'Access-Control-Request-Headers': names })
    expect(corsOf(await asked('x-a,authorization'))).toMatchObject({
      'Allow-Headers': 'x-a,authorization',
      Vary: 'Access-Control-Request-Headers',
    })
    expect(corsOf(await asked('x-a: 1'))['Allow-Headers']).toBeUndefined()
    expect(corsOf(await preflight(options, EVIL))['Allow-Headers']).toBeUndefined()
  })

  test.each([
    ['without Origin', { 'Access-Control-Request-Method': 'PUT' }, 'OPTIONS'],
    ['without a method to ask for', { Origin: SHOP }, 'OPTIONS'],
    ['by another method', { Origin: SHOP, 'Access-Control-Request-Method': 'PUT' }, 'POST'],
  ])('is the application’s %s', async (_, fields, method) => {
    const answer = await ask({ origins: SHOP }, fields, application, method)
    expect([answer.status, answer.header('X-Method')]).toEqual([200, method])
  })
})

describe('cors refuses', () => {
  test('credentials for every origin', () => {
    expect(() => cors({ origins: '*', credentials: true })).toThrow('would give them to everybody')
  })

  test.each([
    ['https://shop.example/', 'such as https://shop.example;'],
    ['https://shop.example:443', 'such as https://shop.example;'],
    ['https://Shop.example', 'such as https://shop.example;'],
    ['shop.example', 'as browsers do'],
    ['null', 'as browsers do'],
    ['https://*.example', 'as browsers do'],
    ['', 'as browsers do'],
  ])('the origin "%s"', (origin, message) => {
    expect(() => cors({ origins: [origin] })).toThrow(message)
  })

  test('but no origin of an application', () => {
    expect(() => cors({ origins: ['capacitor://localhost', 'http://[::1]:3000'] })).not.toThrow()
  })

  test.each([
    [{ methods: ['GET', '*'] }, 'cors: methods'],
    [{ headers: ['X A'] }, 'cors: headers'],
    [{ exposedHeaders: ['X-A\r\nX-B: c'] }, 'cors: exposedHeaders'],
    [{ maxAge: 600 }, 'cors: maxAge is whole seconds'],
    [{ maxAge: 'long' }, 'cors: maxAge'],
  ])('%j', (options, message) => {
    expect(() => cors({ origins: SHOP, ...options })).toThrow(message)
  })
})
