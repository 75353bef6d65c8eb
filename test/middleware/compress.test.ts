// What is compressed, and what an answer says of it. How streams are is in compress-streams.test.ts.

import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { CODINGS } from '../../src/io/content-coding.ts'
import { type CompressOptions, compress, etag } from '../../src/middleware/index.ts'
import { type TestAnswer, testClient } from '../../src/testing/index.ts'
import { compose } from '../../src/wsgi/application-parts.ts'
import type { Application } from '../../src/wsgi/application.ts'
import type { Header } from '../../src/wsgi/header.ts'
import { randomBetween, seededRandom } from '../harness/random.ts'

const PAGE = 'All work and no play makes Jack a dull boy.\n'.repeat(100)
const HTML: Header = ['Content-Type', 'text/html; charset=utf-8']

function answering(
  headers: readonly Header[],
  body: Uint8Array | string = PAGE,
  status = '200 OK',
): Application {
  return (_, startResponse) => {
    startResponse(status, [...headers])
    return [Buffer.from(body)]
  }
}

interface Asked {
  readonly accepts?: string
  readonly method?: string
  readonly options?: CompressOptions
  readonly headers?: Readonly<Record<string, string>>
}

function ask(
  application: Application,
  { accepts, method = 'GET', options, headers }: Asked = {},
): Promise<TestAnswer> {
  const accepting = accepts === undefined ? {} : { 'Accept-Encoding': accepts }
  return testClient(compress(options)(application)).request({ method, headers: { ...accepting, ...headers } })
}

const codingOf = (answer: TestAnswer): string | undefined => answer.header('Content-Encoding')

describe('compress', () => {
  test('sends a whole body in the coding that the client takes, with its length (RFC 9110 §8.4)', async () => {
    const answer = await ask(answering([HTML, ['Content-Length', String(PAGE.length)]]), { accepts: 'gzip' })
    expect(codingOf(answer)).toBe('gzip')
    expect(gunzipSync(answer.body).toString()).toBe(PAGE)
    expect(answer.headersOf('Content-Length')).toEqual([])
    expect(answer.blocks).toHaveLength(1)
  })

  test('prefers br to gzip, or what its options say', async () => {
    const accepts = 'gzip, br'
    const usual = await ask(answering([HTML]), { accepts })
    expect(brotliDecompressSync(usual.body).toString()).toBe(PAGE)
    const encodings = ['gzip', 'br'] as const
    expect(codingOf(await ask(answering([HTML]), { accepts, options: { encodings } }))).toBe('gzip')
    expect(codingOf(await ask(answering([HTML]), { accepts, options: { encodings: ['br'] } }))).toBe('br')
  })

  test('goes by the weights of Accept-Encoding (RFC 9110 §12.5.3)', async () => {
    expect(codingOf(await ask(answering([HTML]), { accepts: 'gzip;q=1.0, br;q=0.5' }))).toBe('gzip')
    expect(codingOf(await ask(answering([HTML]), { accepts: 'br;q=0, *' }))).not.toBe('br')
    expect(codingOf(await ask(answering([HTML]), { accepts: 'identity, gzip;q=0.5' }))).toBeUndefined()
  })

  test('says Vary where another client would be sent something else (RFC 9110 §12.5.5)', async () => {
    expect((await ask(answering([HTML]))).headersOf('Vary')).toEqual(['Accept-Encoding'])
    expect((await ask(answering([HTML]), { accepts: 'gzip' })).headersOf('Vary')).toEqual(['Accept-Encoding'])
    const varies: Header = ['Vary', 'Cookie']
    expect((await ask(answering([HTML, varies]))).headersOf('Vary')).toEqual(['Cookie, Accept-Encoding'])
    expect((await ask(answering([['Content-Type', 'image/png']]))).headersOf('Vary')).toEqual([])
  })

  test.each([['accept-encoding'], ['Cookie, Accept-Encoding'], ['*']])(
    'does not repeat Vary: %s',
    async (vary) => {
      const answer = await ask(answering([HTML, ['Vary', vary]]), { accepts: 'gzip' })
      expect(answer.headersOf('Vary')).toEqual([vary])
    },
  )

  test.each([
    'text/plain',
    'TEXT/HTML',
    'text/event-stream',
    'application/json',
    'application/problem+json; charset=utf-8',
    'image/svg+xml',
    'application/javascript',
    'application/wasm',
    'font/ttf',
  ])('compresses %s', async (type) => {
    expect(codingOf(await ask(answering([['Content-Type', type]]), { accepts: 'gzip' }))).toBe('gzip')
  })

  test.each([
    'image/png',
    'font/woff2',
    'video/mp4',
    'application/zip',
    'application/octet-stream',
    'text',
    '',
  ])('leaves %j as it is', async (type) => {
    expect(codingOf(await ask(answering([['Content-Type', type]]), { accepts: 'gzip' }))).toBeUndefined()
  })

  test('goes by types of its options in place of the usual ones', async () => {
    const options = { types: ['image/bmp', 'model/*', '*+cbor'] }
    const coding = async (type: string): Promise<string | undefined> =>
      codingOf(await ask(answering([['Content-Type', type]]), { accepts: 'gzip', options }))
    expect(await coding('model/obj')).toBe('gzip')
    expect(await coding('application/senml+cbor')).toBe('gzip')
    expect(await coding('text/html')).toBeUndefined()
  })

  const asItIs: readonly (readonly [string, readonly Header[], string])[] = [
    ['without a type', [], '200 OK'],
    ['that has a coding', [HTML, ['Content-Encoding', 'br']], '200 OK'],
    ['that has said it has none', [HTML, ['content-encoding', 'identity']], '200 OK'],
    ['that is a part', [HTML, ['Content-Range', 'bytes 0-9/10']], '206 Partial Content'],
    [
      'that says of which range it is none',
      [HTML, ['Content-Range', 'bytes */10']],
      '416 Range Not Satisfiable',
    ],
    ['that no one may transform', [HTML, ['Cache-Control', 'public, no-transform']], '200 OK'],
    ['whose bytes are signed', [HTML, ['Repr-Digest', 'sha-256=:AA==:']], '200 OK'],
  ]
  test.each(asItIs)('leaves an answer %s as it is', async (_, headers, status) => {
    const answer = await ask(answering(headers, PAGE, status), { accepts: 'gzip' })
    expect([answer.text, answer.headersOf('Vary')]).toEqual([PAGE, []])
    expect(answer.headers).toEqual(headers)
  })

  test('leaves bodies below minBytes as they are, unless the client refuses that', async () => {
    const body = 'x'.repeat(1023)
    expect(codingOf(await ask(answering([HTML], body), { accepts: 'gzip' }))).toBeUndefined()
    expect(codingOf(await ask(answering([HTML], `${body}x`), { accepts: 'gzip' }))).toBe('gzip')
    const minBytes = '2KiB'
    expect(
      codingOf(await ask(answering([HTML], body.repeat(2)), { accepts: 'gzip', options: { minBytes } })),
    ).toBeUndefined()
    const refused = await ask(answering([HTML], 'abc'), { accepts: 'gzip, identity;q=0' })
    expect(gunzipSync(refused.body).toString()).toBe('abc')
  })

  test('leaves a body as it is that would only get longer', async () => {
    const random = seededRandom(4)
    const noise = Buffer.from(Array.from({ length: 2048 }, () => randomBetween(0, 255, random)))
    const answer = await ask(answering([HTML, ['ETag', '"a"']], noise), { accepts: 'gzip' })
    expect(codingOf(answer)).toBeUndefined()
    expect(answer.body.equals(noise)).toBe(true)
    expect([answer.header('ETag'), answer.header('Vary')]).toEqual(['"a"', 'Accept-Encoding'])
  })

  test('compresses answers of every method and status that have a body', async () => {
    const refused = answering([HTML], PAGE, '422 Unprocessable Content')
    const answer = await ask(refused, { accepts: 'gzip', method: 'POST' })
    expect([answer.status, codingOf(answer)]).toEqual([422, 'gzip'])
    const empty = await ask(answering([HTML], '', '204 No Content'), { accepts: 'gzip, identity;q=0' })
    expect([empty.status, empty.body.length, codingOf(empty)]).toEqual([204, 0, undefined])
  })

  test('keeps several Set-Cookie, and takes Accept-Ranges away, as ranges would be of other bytes', async () => {
    const headers: Header[] = [HTML, ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'], ['Accept-Ranges', 'bytes']]
    const answer = await ask(answering(headers), { accepts: 'gzip' })
    expect(answer.headersOf('Set-Cookie')).toEqual(['a=1', 'b=2'])
    expect(answer.headersOf('Accept-Ranges')).toEqual([])
  })

  test('what is written and what is returned is one body', async () => {
    const writing: Application = async (_, startResponse) => {
      const write = startResponse('200 OK', [HTML, ['Content-Length', String(PAGE.length)]])
      await write(Buffer.from(PAGE.slice(0, 1000)))
      return [Buffer.from(PAGE.slice(1000))]
    }
    const answer = await ask(writing, { accepts: 'gzip' })
    expect(gunzipSync(answer.body).toString()).toBe(PAGE)
  })
})

describe('compress and HEAD', () => {
  const page = answering([HTML, ['Content-Length', String(PAGE.length)], ['ETag', '"a"']])

  test('has no Content-Length where GET would be compressed, as it would be another (RFC 9110 §8.6)', async () => {
    const answer = await ask(page, { accepts: 'gzip', method: 'HEAD' })
    expect(answer.headersOf('Content-Length')).toEqual([])
    expect([answer.header('ETag'), answer.header('Vary')]).toEqual(['W/"a"', 'Accept-Encoding'])
  })

  test('keeps it where GET would go as it is', async () => {
    const answer = await ask(page, { method: 'HEAD' })
    expect(answer.header('Content-Length')).toBe(String(PAGE.length))
    const short = answering([HTML, ['Content-Length', '12'], ['ETag', '"a"']], 'x'.repeat(12))
    const shortAnswer = await ask(short, { accepts: 'gzip', method: 'HEAD' })
    expect([shortAnswer.header('Content-Length'), shortAnswer.header('ETag')]).toEqual(['12', '"a"'])
  })
})

describe('compress and ETag', () => {
  const page = answering([HTML, ['ETag', '"a"']])

  test('makes a strong tag weak where it changes the bytes, and nowhere else (RFC 9110 §8.8.1)', async () => {
    expect((await ask(page, { accepts: 'gzip' })).header('ETag')).toBe('W/"a"')
    expect((await ask(page)).header('ETag')).toBe('"a"')
    const weak = answering([HTML, ['ETag', 'W/"a"']])
    expect((await ask(weak, { accepts: 'gzip' })).header('ETag')).toBe('W/"a"')
  })

  test('a 304 has the weak tag of the answer that it freshens (RFC 9111 §4.3.4)', async () => {
    const notModified = answering([['ETag', '"a"']], '', '304 Not Modified')
    for (const method of ['GET', 'HEAD']) {
      const answer = await ask(notModified, { accepts: 'gzip', method })
      expect([answer.status, answer.header('ETag'), answer.header('Vary')]).toEqual([
        304,
        'W/"a"',
        'Accept-Encoding',
      ])
    }
    expect((await ask(notModified)).header('ETag')).toBe('"a"')
  })

  test.each([
    ['in front of etag', [compress(), etag()]],
    ['behind etag', [etag(), compress()]],
  ] as const)('%s, a client that comes back gets 304', async (_, layers) => {
    const client = testClient(compose(...layers)(answering([HTML])))
    const headers = { 'Accept-Encoding': 'gzip' }
    const first = await client.get('/', { headers })
    const tag = first.header('ETag')!
    expect([first.status, codingOf(first)]).toEqual([200, 'gzip'])
    const second = await client.get('/', { headers: { ...headers, 'If-None-Match': tag } })
    expect([second.status, second.header('ETag'), second.header('Vary')]).toEqual([
      304,
      tag,
      'Accept-Encoding',
    ])
    expect([second.body.length, second.headersOf('Content-Encoding')]).toEqual([0, []])
  })

  test('behind etag, each coding has a strong tag of its own; in front of it all share a weak one', async () => {
    const tags = async (application: Application): Promise<readonly (string | undefined)[]> => {
      const answers = ['gzip', 'br', ''].map((accepts) =>
        testClient(application).get('/', { headers: { 'Accept-Encoding': accepts } }),
      )
      return (await Promise.all(answers)).map((answer) => answer.header('ETag'))
    }
    const behind = await tags(compose(etag(), compress())(answering([HTML])))
    expect(new Set(behind).size).toBe(3)
    expect(behind.filter((tag) => tag?.startsWith('"'))).toHaveLength(3)
    const [gzip, br, plain] = await tags(compose(compress(), etag())(answering([HTML])))
    expect([gzip, br]).toEqual([`W/${plain}`, `W/${plain}`])
  })
})

describe('options of compress', () => {
  test.each([
    [{ encodings: ['deflate'] }, /encodings are zstd, br and gzip, not "deflate"/],
    [{ minBytes: 'much' }, /compress: minBytes/],
    [{ types: ['html'] }, /a type is like text\/html.*"html"/],
    [{ levels: { gzip: 10 } }, /level of gzip is a whole number from 1 to 9, not 10/],
    [{ levels: { zstd: 20 } }, /level of zstd is a whole number from 1 to 19, not 20/],
  ])('%j is refused where it is given', (options, message) => {
    expect(() => compress(options as CompressOptions)).toThrow(message)
  })

  test('a coding that Node does not have is passed over', async () => {
    const options: CompressOptions = { encodings: ['zstd', 'gzip'] }
    const answer = await ask(answering([HTML]), { accepts: 'zstd, gzip', options })
    expect(codingOf(answer)).toBe(CODINGS.includes('zstd') ? 'zstd' : 'gzip')
  })

  test('a higher level makes shorter answers', async () => {
    const size = async (level: number): Promise<number> => {
      const options = { levels: { gzip: level } }
      const words = Array.from({ length: 5000 }, (_, i) => `${(i * 7919) % 613}`).join(' ')
      return (await ask(answering([HTML], words), { accepts: 'gzip', options })).body.length
    }
    expect(await size(9)).toBeLessThan(await size(1))
  })
})
