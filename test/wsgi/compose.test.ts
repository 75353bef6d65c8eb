import { describe, expect, test } from 'vitest'
import { testClient } from '../../src/testing/index.ts'
import { type Application, type Middleware, compose } from '../../src/wsgi/index.ts'

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return [Buffer.from('hello')]
}

const marks =
  (mark: string): Middleware =>
  (application) =>
  (environ, startResponse) =>
    application(environ, (status, headers, excInfo) =>
      startResponse(status, [...headers, ['X-Mark', mark]], excInfo),
    )

describe('compose', () => {
  test('puts the first middleware outermost', async () => {
    const answer = await testClient(compose(marks('outer'), marks('inner'))(hello)).get('/')
    expect(answer.headersOf('x-mark')).toEqual(['inner', 'outer'])
  })

  test.each([
    ['a promise of an application', (application: Application) => Promise.resolve(application), 'Promise'],
    ['nothing', () => undefined, 'undefined'],
  ])('refuses middleware that returns %s at once, by its name', (_what, wrong, type) => {
    const named = Object.defineProperty(wrong, 'name', { value: 'mistaken' }) as unknown as Middleware
    expect(() => compose(named)(hello)).toThrow(
      `the middleware mistaken returned no application but ${type}; middleware is (application) => application`,
    )
  })
})
