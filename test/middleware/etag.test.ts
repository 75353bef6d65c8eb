import { describe, expect, test } from 'vitest'
import { type EtagOptions, etag } from '../../src/middleware/index.ts'
import { type TestAnswer, testClient } from '../../src/testing/index.ts'
import type { Application } from '../../src/wsgi/application.ts'
import type { Header } from '../../src/wsgi/header.ts'

const TEXT: Header = ['Content-Type', 'text/plain']
const EARLIER = 'Sat, 05 Nov 1994 08:49:37 GMT'
const THEN = 'Sun, 06 Nov 1994 08:49:37 GMT'

const answering =
  (headers: readonly Header[] = [TEXT], body = 'Hello', status = '200 OK'): Application =>
  (_, startResponse) => {
    startResponse(status, [...headers])
    return [Buffer.from(body)]
  }

/** Several blocks, of which the second waits until the test ends. */
class Stream {
  closed = 0
  readonly #headers: readonly Header[]

  constructor(headers: readonly Header[]) {
    this.#headers = headers
  }

  readonly application: Application = (_, startResponse) => {
    startResponse('200 OK', [...this.#headers])
    const blocks = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('one')
      await new Promise(() => undefined)
    }
    return { [Symbol.asyncIterator]: blocks, close: () => this.closed++ }
  }
}

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly options?: EtagOptions
}

function ask(
  application: Application,
  { method = 'GET', headers = {}, options }: Asked = {},
): Promise<TestAnswer> {
  return testClient(etag(options)(application)).request({ method, headers })
}

describe('etag', () => {
  test('gives a whole answer the hash of its body: the same for the same bytes (RFC 9110 §8.8.3)', async () => {
    const tag = (await ask(answering())).header('ETag')
    expect(tag).toMatch(/^"[\w-]{27}"$/)
    expect((await ask(answering())).header('ETag')).toBe(tag)
    expect((await ask(answering([TEXT], 'Hello!'))).header('ETag')).not.toBe(tag)
  })

  test('weak tags are what its options may ask for', async () => {
    expect((await ask(answering(), { options: { weak: true } })).header('ETag')).toMatch(/^W\/"[\w-]{27}"$/)
  })

  test("leaves the application's own tag", async () => {
    expect((await ask(answering([TEXT, ['etag', '"own"']]))).headersOf('ETag')).toEqual(['"own"'])
  })

  const untagged: readonly (readonly [string, Application, Asked])[] = [
    ['a stream', answeringInBlocks(), {}],
    ['what must not be stored', answering([TEXT, ['Cache-Control', 'private, no-store']]), {}],
    ['what is longer than maxBytes', answering([TEXT], 'x'.repeat(1025)), { options: { maxBytes: '1KiB' } }],
    ['other statuses than 200', answering([TEXT], 'Hello', '404 Not Found'), {}],
    ['other methods than GET', answering(), { method: 'POST' }],
    ['HEAD, which has no body to hash', answering(), { method: 'HEAD' }],
  ]
  test.each(untagged)('gives %s no tag', async (_, application, asked) => {
    expect((await ask(application, asked)).headersOf('ETag')).toEqual([])
  })

  test('answers 304 without the body to who has the answer (RFC 9110 §13.1.2)', async () => {
    const tag = (await ask(answering())).header('ETag')!
    for (const list of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const answer = await ask(answering(), { headers: { 'If-None-Match': list } })
      expect([answer.status, answer.reason, answer.text]).toEqual([304, 'Not Modified', ''])
      expect(answer.header('ETag')).toBe(tag)
    }
    expect((await ask(answering(), { headers: { 'If-None-Match': '"other"' } })).text).toBe('Hello')
  })

  test('a 304 keeps what a cache may need, and nothing that speaks of the content (RFC 9110 §15.4.5)', async () => {
    const kept: Header[] = [
      ['ETag', '"own"'],
      ['Cache-Control', 'max-age=60'],
      ['Content-Location', '/other'],
      ['Expires', THEN],
      ['Vary', 'Cookie'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ]
    const dropped: Header[] = [
      ['Content-Type', 'text/plain'],
      ['Content-Length', '5'],
      ['Content-Encoding', 'gzip'],
      ['content-language', 'de'],
      ['Last-Modified', THEN],
    ]
    const answer = await ask(answering([...dropped, ...kept]), { headers: { 'If-None-Match': '"own"' } })
    expect(answer.headers).toEqual(kept)
  })

  test('answers 304 by If-Modified-Since where there is no If-None-Match (RFC 9110 §13.1.3)', async () => {
    const page = answering([TEXT, ['Last-Modified', THEN]])
    const since = async (headers: Asked['headers'] & {}): Promise<number> =>
      (await ask(page, { headers })).status
    expect(await since({ 'If-Modified-Since': THEN })).toBe(304)
    expect(await since({ 'If-Modified-Since': EARLIER })).toBe(200)
    expect(await since({ 'If-Modified-Since': THEN, 'If-None-Match': '"other"' })).toBe(200)
  })

  test('a 304 without a tag keeps Last-Modified', async () => {
    const page = answering([TEXT, ['Last-Modified', THEN], ['Cache-Control', 'no-store']])
    const answer = await ask(page, { headers: { 'If-Modified-Since': THEN } })
    expect([answer.status, answer.headers]).toEqual([
      304,
      [
        ['Last-Modified', THEN],
        ['Cache-Control', 'no-store'],
      ],
    ])
  })

  test('answers 412 where the answer is not the one that was asked for (RFC 9110 §13.1.1, §13.1.4)', async () => {
    const page = answering([TEXT, ['ETag', '"own"'], ['Last-Modified', THEN]])
    for (const headers of [{ 'If-Match': '"other"' }, { 'If-Unmodified-Since': EARLIER }]) {
      const answer = await ask(page, { headers })
      expect([answer.status, answer.header('ETag'), answer.text]).toEqual([
        412,
        '"own"',
        '412 Precondition Failed\n',
      ])
    }
    expect((await ask(page, { headers: { 'If-Match': '"own"' } })).status).toBe(200)
  })

  test('judges HEAD as GET, by what the application says of itself', async () => {
    const page = answering([TEXT, ['ETag', '"own"'], ['Content-Length', '5']])
    const fresh = await ask(page, { method: 'HEAD', headers: { 'If-None-Match': '"own"' } })
    expect([fresh.status, fresh.header('ETag'), fresh.headersOf('Content-Length')]).toEqual([
      304,
      '"own"',
      [],
    ])
    const stale = await ask(page, { method: 'HEAD', headers: { 'If-None-Match': '"other"' } })
    expect([stale.status, stale.header('Content-Length')]).toEqual([200, '5'])
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'leaves the conditions of %s to the application',
    async (method) => {
      const page = answering([TEXT, ['ETag', '"own"']])
      const headers = { 'If-Match': '"other"', 'If-None-Match': '"own"' }
      expect((await ask(page, { method, headers })).status).toBe(200)
    },
  )

  test("a stream with the application's own tag is answered 304 as well, and closed (W45)", async () => {
    const stream = new Stream([TEXT, ['ETag', '"own"']])
    const answer = await ask(stream.application, { headers: { 'If-None-Match': '"own"' } })
    expect([answer.status, answer.text, stream.closed]).toEqual([304, '', 1])
  })

  test('a stream passes block by block (W44)', async () => {
    const stream = new Stream([TEXT])
    const { body } = await testClient(etag()(stream.application)).open({})
    if (!(Symbol.asyncIterator in body)) throw new Error('a stream was expected')
    expect(Buffer.from((await body.next()).value ?? []).toString()).toBe('one')
    await body.return?.()
    expect(stream.closed).toBe(1)
  })

  test('what the application changes in its environ changes no condition', async () => {
    const inner = answering([TEXT, ['ETag', '"own"']])
    const forgetful: Application = (environ, startResponse) => {
      delete environ.HTTP_IF_NONE_MATCH
      return inner(environ, startResponse)
    }
    expect((await ask(forgetful, { headers: { 'If-None-Match': '"own"' } })).status).toBe(304)
  })

  test('options out of their range are refused where they are given', () => {
    expect(() => etag({ maxBytes: 'much' })).toThrow(/etag: maxBytes/)
  })
})

function answeringInBlocks(): Application {
  return function* (_, startResponse) {
    startResponse('200 OK', [TEXT])
    yield Buffer.from('Hel')
    yield Buffer.from('lo')
  }
}
