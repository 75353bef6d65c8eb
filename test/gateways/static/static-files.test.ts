// Static files over real sockets: what a client gets, and what of it the application never hears.

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { formatHttpDate } from '../../../src/http/date.ts'
import type { Exchange } from '../../../src/wsgi/exchange.ts'
import { getRequest } from '../../harness/fixtures.ts'
import { openFilesIn } from '../../harness/open-files.ts'
import type { RawConnection } from '../../harness/raw-connection.ts'
import type { RawResponse } from '../../harness/raw-response.ts'
import { numberedBytes } from '../../harness/spools.ts'
import { until } from '../../harness/until.ts'
import type { Variables } from '../clients/gateway-client.ts'
import { answerOver } from '../clients/whole-answer.ts'
import { TestGateway, answerWith } from '../gateway.ts'
import { LONG_AGO_S, Site } from './site.ts'

const DEADLINE_MS = 10_000
// More than is kept in memory.
const LARGE = numberedBytes(600_000)
const LONG_AGO = formatHttpDate(LONG_AGO_S * 1_000)
const APPLICATION = Buffer.from('the application')

const start = (...options: readonly string[]): Promise<TestGateway> =>
  TestGateway.start(options, (exchange) => answerWith(exchange, APPLICATION))

async function ask(gateway: TestGateway, target: string, ...fields: readonly string[]): Promise<RawResponse> {
  using connection = await gateway.connect()
  return await connection.request(getRequest(target, ...fields))
}

async function head(
  gateway: TestGateway,
  target: string,
  ...fields: readonly string[]
): Promise<RawResponse> {
  using connection = await gateway.connect()
  return await connection.request(getRequest(target, ...fields).replace('GET', 'HEAD'), 'HEAD')
}

const tagOf = (response: RawResponse): string => response.values('ETag')[0]!
const told = ({ status, text }: RawResponse): readonly unknown[] => [status, text]

describe('a file', () => {
  test('is sent with what clients and caches have to know of it, the second time as the first', async () => {
    using site = new Site()
    site.write('css/site.css', 'body {}')
    await using gateway = await start('--static', `/static=${site.path}`)
    for (let times = 0; times < 2; times++) {
      const response = await ask(gateway, '/static/css/site.css?v=3')
      expect(told(response)).toEqual([200, 'body {}'])
      expect(response.fields.filter(([name]) => name !== 'Date')).toEqual([
        ['Content-Type', 'text/css; charset=utf-8'],
        ['Last-Modified', LONG_AGO],
        ['ETag', expect.stringMatching(/^"[0-9a-z]+-7"$/)],
        ['Cache-Control', 'max-age=60'],
        ['X-Content-Type-Options', 'nosniff'],
        ['Accept-Ranges', 'bytes'],
        ['Content-Length', '7'],
        ['Server', 'gantry'],
      ])
    }
    expect(gateway.records.map(({ target, status, bodyBytes }) => [target, status, bodyBytes])).toEqual([
      ['/static/css/site.css?v=3', 200, 7],
      ['/static/css/site.css?v=3', 200, 7],
    ])
  })

  test('is sent where --static says, of several paths the longest counting; all else is for the application', async () => {
    using site = new Site()
    site.write('a.txt', 'one')
    site.write('deep/a.txt', 'deep')
    site.write('other/a.txt', 'other')
    site.write('favicon.ico', 'icon')
    await using gateway = await start(
      ...['--static', `/s=${site.path}`, '--static', `/s/deep=${site.join('other')}`],
      ...['--static', '/s/deep max-age=2h', '--static', '/s/deep immutable=on'],
      ...['--static', `/favicon.ico=${site.join('favicon.ico')}`, '--static', '/favicon.ico max-age=0'],
    )
    expect((await ask(gateway, '/s/a.txt')).text).toBe('one')
    const deep = await ask(gateway, '/s/deep/a.txt')
    expect([deep.text, deep.values('Cache-Control')]).toEqual(['other', ['max-age=7200, immutable']])
    const icon = await ask(gateway, '/favicon.ico')
    expect([icon.text, icon.values('Cache-Control')]).toEqual(['icon', ['no-cache']])
    expect((await ask(gateway, '/favicon.ico/x')).status).toBe(404)
    for (const target of ['/', '/sa.txt', '/a.txt', '/%73/a.txt', '/x/s/a.txt'])
      expect((await ask(gateway, target)).text).toBe('the application')
    expect((await ask(gateway, 'http://test.example/s/a.txt')).text).toBe('one')
  })

  test('has the header fields that its path is given besides, a 304 and a part of it too', async () => {
    using site = new Site()
    site.write('a.woff2', 'font')
    await using gateway = await start(
      ...['--static', `/s=${site.path}`, '--static', '/s headers=Access-Control-Allow-Origin=*'],
      ...['--static', "/s headers=Content-Security-Policy=default-src 'self', x=y"],
    )
    const tag = tagOf(await ask(gateway, '/s/a.woff2'))
    for (const [status, field] of [
      [200, 'Accept: */*'],
      [206, 'Range: bytes=0-1'],
      [304, `If-None-Match: ${tag}`],
    ]) {
      const response = await ask(gateway, '/s/a.woff2', String(field))
      expect([response.status, response.values('Access-Control-Allow-Origin')]).toEqual([status, ['*']])
      expect(response.values('Content-Security-Policy')).toEqual(["default-src 'self', x=y"])
    }
    expect((await ask(gateway, '/s/missing')).values('Access-Control-Allow-Origin')).toEqual([])
  })

  test('under one path is never taken for one of another, however they are written', async () => {
    using site = new Site()
    site.write('a/b/c.txt', 'of /a')
    site.write('other/c.txt', 'of /a/b')
    await using gateway = await start(
      ...['--static', `/a=${site.join('a')}`, '--static', `/a/b=${site.join('other')}`],
    )
    for (let times = 0; times < 2; times++) {
      expect((await ask(gateway, '/a/%62/c.txt')).text).toBe('of /a')
      expect((await ask(gateway, '/a/b/c.txt')).text).toBe('of /a/b')
    }
  })

  test('of a name that is percent-encoded or a link within the directory is found', async () => {
    using site = new Site()
    site.write('caf\u00e9 au lait.txt', 'coffee')
    site.link('linked.txt', 'caf\u00e9 au lait.txt')
    site.write('releases/7/app.js', 'seven')
    site.link('current', 'releases/7')
    await using gateway = await start(
      '--static',
      `/s=${site.path}`,
      '--static',
      `/now=${site.join('current')}`,
    )
    site.link('linked.css', 'linked.txt')
    expect((await ask(gateway, '/s/linked.css')).values('Content-Type')).toEqual(['text/css; charset=utf-8'])
    for (const target of ['/s/caf%C3%A9%20au%20lait.txt', '/s/linked.txt', '/s/linked.css'])
      expect(told(await ask(gateway, target))).toEqual([200, 'coffee'])
    for (const target of ['/s/current/app.js', '/now/app.js'])
      expect(told(await ask(gateway, target))).toEqual([200, 'seven'])
  })

  test('without content is sent, too', async () => {
    using site = new Site()
    site.write('empty', '')
    await using gateway = await start('--static', `/s=${site.path}`)
    const response = await ask(gateway, '/s/empty', 'Range: bytes=0-')
    expect([...told(response), response.values('Content-Length')]).toEqual([200, '', ['0']])
  })

  test('of some size is sent from where it is kept, to clients that take it slowly too', async () => {
    using site = new Site()
    const content = numberedBytes(500_000)
    site.write('medium.bin', content)
    await using gateway = await start('--static', `/s=${site.path}`)
    using connection = await gateway.connect()
    connection.socket.pause()
    const count = 20
    connection.send(getRequest('/s/medium.bin').repeat(count))
    await until(
      () => gateway.server.stats.requests > 1,
      DEADLINE_MS,
      () => 'nothing is asked for',
    )
    connection.socket.resume()
    for (let times = 0; times < count; times++) {
      const response = await connection.readResponse()
      expect([response.isComplete, response.body.equals(content)]).toEqual([true, true])
    }
    const part = await ask(gateway, '/s/medium.bin', 'Range: bytes=1-499998')
    expect([part.status, part.body.equals(content.subarray(1, 499_999))]).toEqual([206, true])
    expect((await head(gateway, '/s/medium.bin')).values('Content-Length')).toEqual(['500000'])
  })

  test('that is larger than what is kept is read when it is sent, and closed', async () => {
    using site = new Site()
    site.write('large.bin', LARGE)
    await using gateway = await start('--static', `/s=${site.path}`)
    for (let times = 0; times < 2; times++) {
      const response = await ask(gateway, '/s/large.bin')
      expect([response.status, response.body.equals(LARGE)]).toEqual([200, true])
      expect(response.values('Content-Length')).toEqual(['600000'])
    }
    const part = await ask(gateway, '/s/large.bin', 'Range: bytes=100000-599998')
    expect([part.status, part.body.equals(LARGE.subarray(100_000, 599_999))]).toEqual([206, true])
    expect((await head(gateway, '/s/large.bin')).values('Content-Length')).toEqual(['600000'])
    expect((await ask(gateway, '/s/large.bin', `If-None-Match: ${tagOf(part)}`)).status).toBe(304)
    if (process.platform !== 'linux') return
    await until(
      () => openFilesIn(site.path).length === 0,
      DEADLINE_MS,
      () => openFilesIn(site.path).join(),
    )
  })
})

describe('what is no file', () => {
  test('is 404, and never waited for', async () => {
    using site = new Site()
    using outside = new Site()
    outside.write('secret.txt', 'secret')
    outside.write('public-not/secret.txt', 'secret')
    site.write('.env', 'secret')
    site.write('a.txt', 'a')
    site.link('out.txt', outside.join('secret.txt'))
    site.link('out', outside.path)
    site.link('up.txt', '../../../../../../../etc/passwd')
    site.link('loop', 'loop')
    site.link('dangling', 'nowhere')
    mkdirSync(site.join('directory'))
    execFileSync('mkfifo', [site.join('pipe')])
    await using gateway = await start('--static', `/s=${site.path}`)
    const names = [
      'missing',
      'a.txt/b',
      'directory',
      'directory/',
      '.env',
      '%2eenv',
      '../x',
      'out.txt',
      'up.txt',
    ]
    const more = ['out/secret.txt', 'loop', 'dangling', 'pipe', '', 'a.txt%5c', 'x'.repeat(300), '/a.txt']
    for (const name of [...names, ...more]) {
      const response = await ask(gateway, `/s/${name}`)
      expect([name, ...told(response)]).toEqual([name, 404, '404 Not Found\n'])
    }
    expect((await ask(gateway, '/s')).status).toBe(404)
    expect(gateway.reports).toEqual([])
  })

  test('is no directory beside that has its name as a beginning', async () => {
    using site = new Site()
    site.write('public/a.txt', 'a')
    site.write('public-not/secret.txt', 'secret')
    site.link('public/out', '../public-not')
    await using gateway = await start('--static', `/s=${site.join('public')}`)
    expect((await ask(gateway, '/s/out/secret.txt')).status).toBe(404)
  })

  test('that is GET and HEAD only is 405 for all others', async () => {
    using site = new Site()
    site.write('a.txt', 'a')
    await using gateway = await start('--static', `/s=${site.path}`)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      using connection = await gateway.connect()
      const request = getRequest('/s/a.txt', 'Content-Length: 2').replace('GET', method)
      const refused = await connection.request(`${request}hi`)
      expect([method, refused.status, refused.values('Allow')]).toEqual([method, 405, ['GET, HEAD']])
      expect((await connection.request(getRequest('/s/a.txt'))).text).toBe('a')
    }
  })

  test('but cannot be read is 500, and told', async () => {
    using site = new Site()
    site.write('uevent', 'a')
    chmodSync(site.join('uevent'), 0)
    // What root must not read either.
    const directory = process.getuid?.() === 0 ? '/sys/bus/cpu' : site.path
    await using gateway = await start('--static', `/s=${directory}`)
    expect((await ask(gateway, '/s/uevent')).status).toBe(500)
    expect(gateway.reports).toEqual([expect.stringMatching(/uevent: EACCES: permission denied/)])
    expect(gateway.records[0]?.code).toBe('GANTRY_STATIC_FILE_FAILED')
  })
})

describe('a request with conditions', () => {
  const SIX_BYTES = 'abcdef'
  const EARLIER = formatHttpDate(LONG_AGO_S * 1_000 - 1_000)

  test('is answered as RFC 9110 §13.2.2 says', async () => {
    using site = new Site()
    site.write('a.txt', SIX_BYTES)
    await using gateway = await start('--static', `/s=${site.path}`)
    const tag = tagOf(await ask(gateway, '/s/a.txt'))
    const table: readonly (readonly [status: number, ...fields: string[]])[] = [
      [304, `If-None-Match: ${tag}`],
      [304, `If-None-Match: "other", W/${tag}`],
      [304, 'If-None-Match: *'],
      [200, 'If-None-Match: "other"'],
      [304, `If-Modified-Since: ${LONG_AGO}`],
      [200, `If-Modified-Since: ${EARLIER}`],
      [200, `If-None-Match: "other"`, `If-Modified-Since: ${LONG_AGO}`],
      [200, 'If-Modified-Since: yesterday'],
      [200, `If-Match: ${tag}`],
      [412, 'If-Match: "other"'],
      [412, `If-Match: W/${tag}`],
      [200, `If-Unmodified-Since: ${LONG_AGO}`],
      [412, `If-Unmodified-Since: ${EARLIER}`],
      [304, `If-Match: ${tag}`, `If-None-Match: ${tag}`],
      // Conditions come before ranges.
      [304, `If-None-Match: ${tag}`, 'Range: bytes=0-1'],
      [412, 'If-Match: "other"', 'Range: bytes=0-1'],
    ]
    for (const [status, ...fields] of table) {
      expect([fields, (await ask(gateway, '/s/a.txt', ...fields)).status]).toEqual([fields, status])
      expect([fields, (await head(gateway, '/s/a.txt', ...fields)).status]).toEqual([fields, status])
    }
    const unchanged = await ask(gateway, '/s/a.txt', `If-None-Match: ${tag}`)
    const names = unchanged.fields.map(([name]) => name)
    expect([unchanged.text, names]).toEqual(['', ['ETag', 'Cache-Control', 'Date', 'Server']])
  })

  test('for a range gets it, or all where it may not (RFC 9110 §14.2, §13.1.5)', async () => {
    using site = new Site()
    site.write('a.txt', SIX_BYTES)
    await using gateway = await start('--static', `/s=${site.path}`)
    const tag = tagOf(await ask(gateway, '/s/a.txt'))
    const table: readonly (readonly [
      status: number,
      text: string,
      contentRange: string[],
      ...fields: string[],
    ])[] = [
      [206, 'bc', ['bytes 1-2/6'], 'Range: bytes=1-2'],
      [206, 'ef', ['bytes 4-5/6'], 'Range: bytes=-2'],
      [206, 'f', ['bytes 5-5/6'], 'Range: bytes=5-100'],
      [200, SIX_BYTES, [], 'Range: bytes=0-1,3-4'],
      [200, SIX_BYTES, [], 'Range: lines=1-2'],
      [416, '416 Range Not Satisfiable\n', ['bytes */6'], 'Range: bytes=6-'],
      [206, 'a', ['bytes 0-0/6'], 'Range: bytes=0-0', `If-Range: ${tag}`],
      [206, 'a', ['bytes 0-0/6'], 'Range: bytes=0-0', `If-Range: ${LONG_AGO}`],
      [200, SIX_BYTES, [], 'Range: bytes=0-0', 'If-Range: "other"'],
      [200, SIX_BYTES, [], 'Range: bytes=0-0', `If-Range: W/${tag}`],
      [200, SIX_BYTES, [], 'Range: bytes=0-0', `If-Range: ${EARLIER}`],
      [200, SIX_BYTES, [], 'Range: bytes=6-', 'If-Range: "other"'],
    ]
    for (const [status, text, contentRange, ...fields] of table) {
      const response = await ask(gateway, '/s/a.txt', ...fields)
      expect([fields, ...told(response), response.values('Content-Range')]).toEqual([
        fields,
        status,
        text,
        contentRange,
      ])
    }
    const part = await ask(gateway, '/s/a.txt', 'Range: bytes=1-2')
    expect(part.values('Content-Length')).toEqual(['2'])
    expect([tagOf(part), part.values('Last-Modified')]).toEqual([tag, [LONG_AGO]])
    const whole = await head(gateway, '/s/a.txt', 'Range: bytes=1-2')
    expect([whole.status, whole.values('Content-Length')]).toEqual([200, ['6']])
  })
})

describe('a compressed copy beside a file', () => {
  test('is sent to who takes it, under a tag of its own', async () => {
    using site = new Site()
    site.write('a.js', 'x'.repeat(100))
    site.write('a.js.gz', 'g'.repeat(50))
    site.write('a.js.br', 'b'.repeat(40))
    site.write('a.js.zst', 'z'.repeat(45))
    site.write('plain.js', 'plain')
    await using gateway = await start('--static', `/s=${site.path}`)
    const table: readonly (readonly [accepted: string | undefined, coding: string[], first: string])[] = [
      [undefined, [], 'x'],
      ['', [], 'x'],
      ['gzip', ['gzip'], 'g'],
      ['gzip, deflate, br', ['br'], 'b'],
      ['gzip, zstd', ['zstd'], 'z'],
      ['br;q=0.5, gzip', ['gzip'], 'g'],
      ['br;q=0, *', ['zstd'], 'z'],
      ['identity;q=1, *;q=0', [], 'x'],
      ['deflate', [], 'x'],
    ]
    const tags = new Set<string>()
    for (const [accepted, coding, first] of table) {
      const fields = accepted === undefined ? [] : [`Accept-Encoding: ${accepted}`]
      const response = await ask(gateway, '/s/a.js', ...fields)
      tags.add(tagOf(response))
      expect([accepted, response.values('Content-Encoding'), response.text[0]]).toEqual([
        accepted,
        coding,
        first,
      ])
      expect(response.values('Vary')).toEqual(['Accept-Encoding'])
      expect(response.values('Content-Type')).toEqual(['text/javascript; charset=utf-8'])
      const again = await ask(gateway, '/s/a.js', ...fields, `If-None-Match: ${tagOf(response)}`)
      expect([again.status, again.values('Vary')]).toEqual([304, ['Accept-Encoding']])
    }
    expect(tags.size).toBe(4)
    const part = await ask(gateway, '/s/a.js', 'Accept-Encoding: br', 'Range: bytes=0-1')
    expect([part.text, part.values('Content-Encoding'), part.values('Content-Range')]).toEqual([
      'bb',
      ['br'],
      ['bytes 0-1/40'],
    ])
    expect((await ask(gateway, '/s/plain.js', 'Accept-Encoding: br')).values('Vary')).toEqual([])
    expect((await ask(gateway, '/s/a.js.gz')).values('Content-Encoding')).toEqual([])
  })

  test('is none where it is older, no smaller, no file, or leads out', async () => {
    using site = new Site()
    using outside = new Site()
    outside.write('x.br', 'o')
    site.write('a.js', 'x'.repeat(100))
    site.write('a.js.gz', 'old', LONG_AGO_S - 1)
    site.write('a.js.br', 'x'.repeat(100))
    mkdirSync(site.join('a.js.zst'))
    site.write('b.js', 'x'.repeat(100))
    site.link('b.js.br', outside.join('x.br'))
    site.write('c.png', 'x'.repeat(100))
    site.write('c.png.gz', 'g')
    await using gateway = await start('--static', `/s=${site.path}`)
    for (const target of ['/s/a.js', '/s/b.js', '/s/c.png']) {
      const response = await ask(gateway, target, 'Accept-Encoding: gzip, br, zstd')
      expect([target, response.body.length, response.values('Vary')]).toEqual([target, 100, []])
    }
  })

  test('may be large', async () => {
    using site = new Site()
    site.write('a.json', 'x'.repeat(700_000))
    site.write('a.json.zst', LARGE)
    await using gateway = await start('--static', `/s=${site.path}`)
    const response = await ask(gateway, '/s/a.json', 'Accept-Encoding: zstd')
    expect([response.body.equals(LARGE), response.values('Content-Encoding')]).toEqual([true, ['zstd']])
  })
})

describe('a file that changes', () => {
  /** Begins to fetch a large file, and takes nothing after its head. */
  async function halfSent(gateway: TestGateway): Promise<RawConnection> {
    const connection = await gateway.connect()
    connection.send(getRequest('/s/large.bin'))
    await connection.receive((received) => received.includes('\r\n\r\n'))
    connection.socket.pause()
    return connection
  }
  // More than the buffers of two sockets hold.
  const HUGE = numberedBytes(16_000_000)

  test('while it is sent: replaced or grown, it goes out as it was; cut short, its answer is cut', async () => {
    using site = new Site()
    await using gateway = await start('--static', `/s=${site.path}`)
    site.write('large.bin', HUGE)
    using replaced = await halfSent(gateway)
    site.write('new', 'new')
    renameSync(site.join('new'), site.join('large.bin'))
    replaced.socket.resume()
    const whole = await replaced.readResponse()
    expect([whole.isComplete, whole.body.equals(HUGE)]).toEqual([true, true])

    site.write('grown.bin', HUGE)
    renameSync(site.join('grown.bin'), site.join('large.bin'))
    await until(
      async () => (await head(gateway, '/s/large.bin')).values('Content-Length')[0] === '16000000',
      DEADLINE_MS,
      () => 'the new file is not seen',
    )
    using grown = await halfSent(gateway)
    site.write('large.bin', Buffer.concat([HUGE, LARGE]))
    grown.socket.resume()
    const before = await grown.readResponse()
    expect([before.isComplete, before.body.length]).toEqual([true, HUGE.length])

    await until(
      async () => (await head(gateway, '/s/large.bin')).values('Content-Length')[0] === '16600000',
      DEADLINE_MS,
      () => 'the grown file is not seen',
    )
    using shortened = await halfSent(gateway)
    truncateSync(site.join('large.bin'), 1_000)
    shortened.socket.resume()
    expect((await shortened.readResponse()).isComplete).toBe(false)
  })

  test('between a look and its opening is sent as it is then, with the head of that', async () => {
    using site = new Site()
    await using gateway = await start('--static', `/s=${site.path}`)
    site.write('large.bin', LARGE)
    const before = await ask(gateway, '/s/large.bin')
    const other = Buffer.alloc(550_000, 'o')
    site.write('large.bin', other, LONG_AGO_S + 5)
    const whole = await ask(gateway, '/s/large.bin')
    expect([whole.body.equals(other), whole.values('Content-Length')]).toEqual([true, ['550000']])
    expect(tagOf(whole)).not.toBe(tagOf(before))
    rmSync(site.join('large.bin'))
    expect((await ask(gateway, '/s/large.bin')).status).toBe(404)
  })

  test('with the directory that a link leads to is looked for where that leads now', async () => {
    using site = new Site()
    site.write('7/large.bin', LARGE)
    site.write('8/large.bin', Buffer.from(LARGE.toReversed()))
    site.link('current', '7')
    await using gateway = await start('--static', `/s=${site.join('current')}`)
    expect((await ask(gateway, '/s/large.bin')).body.equals(LARGE)).toBe(true)
    site.link('next', '8')
    renameSync(site.join('next'), site.join('current'))
    rmSync(site.join('7'), { recursive: true })
    expect((await ask(gateway, '/s/large.bin')).body.equals(LARGE.toReversed())).toBe(true)
  })
})

describe.each(['fcgi', 'scgi', 'uwsgi'] as const)('over %s', (protocol) => {
  test('a web server gets files by the target of its request', async () => {
    using site = new Site()
    site.write('a.js', 'x'.repeat(100))
    site.write('a.js.br', 'br')
    site.write('large.bin', LARGE)
    const application = (exchange: Exchange): void => answerWith(exchange, APPLICATION)
    await using gateway = await TestGateway.start(['--static', `/s=${site.path}`], application, protocol)
    const sent = async (target: string, variables: Variables = {}): Promise<readonly unknown[]> => {
      const { status, body, isWhole } = await answerOver(`${protocol}://127.0.0.1:${gateway.port}`, {
        ...{ REQUEST_METHOD: 'GET', SERVER_PROTOCOL: 'HTTP/1.1', REQUEST_URI: target },
        // As a web server says it that has a mount of its own: only the target counts.
        ...{ SCRIPT_NAME: '/s', PATH_INFO: '/a.js', QUERY_STRING: '' },
        ...variables,
      })
      return [status, body.toString('latin1'), isWhole]
    }
    expect(await sent('/s/a.js?v=1')).toEqual([200, 'x'.repeat(100), true])
    expect(await sent('/s/a.js', { HTTP_ACCEPT_ENCODING: 'br' })).toEqual([200, 'br', true])
    expect(await sent('/s/a.js', { HTTP_RANGE: 'bytes=1-2' })).toEqual([206, 'xx', true])
    expect(await sent('/s/a.js', { HTTP_IF_NONE_MATCH: '*' })).toEqual([304, '', true])
    expect(await sent('/s/a.js', { REQUEST_METHOD: 'HEAD' })).toEqual([200, '', true])
    expect(await sent('/s/large.bin')).toEqual([200, LARGE.toString('latin1'), true])
    expect((await sent('/s/../a.js'))[0]).toBe(404)
    expect(await sent('/a.js')).toEqual([200, 'the application', true])
  })
})
