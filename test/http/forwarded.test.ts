// Whom trusted proxies name as the client. Trusted are all of 10.0.0.0/8; the fields come from one of them.

import { describe, expect, test } from 'vitest'
import { forwardedOf, said } from './forwarded-of.ts'

const MALFORMED = 'FORWARDED_MALFORMED'
const AMBIGUOUS = 'FORWARDED_AMBIGUOUS'
const client = (address: string, port = '0'): object => ({ client: { address, port } })
const xFor = (list: string): string => `X-Forwarded-For: ${list}`

describe('X-Forwarded-For', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7, 10.0.0.2', '192.0.2.7'],
    ['192.0.2.7,10.0.0.3 ,\t10.0.0.2', '192.0.2.7'],
    ['10.0.0.4, 10.0.0.3', '10.0.0.4'],
    ['2001:DB8::7', '2001:db8::7'],
    ['::ffff:192.0.2.7, ::ffff:10.0.0.2', '192.0.2.7'],
    [', 192.0.2.7,, ,10.0.0.2, ', '192.0.2.7'],
  ])('%j names %s: from the right, the first that is not trusted, or the last of all', (list, address) => {
    expect(forwardedOf(xFor(list))).toEqual(said(client(address)))
  })

  test.each([
    ['192.0.2.7:567', '192.0.2.7', '567'],
    ['[2001:db8::7]:567', '2001:db8::7', '567'],
    ['[2001:db8::7]', '2001:db8::7', '0'],
    ['192.0.2.7:567, 10.0.0.2:8', '192.0.2.7', '567'],
  ])('%j has a port where one is given', (list, address, port) => {
    expect(forwardedOf(xFor(list))).toEqual(said(client(address, port)))
  })

  test.each([
    ['1.1.1.1, 192.0.2.7', '192.0.2.7'],
    ['10.0.0.9, 192.0.2.7', '192.0.2.7'],
    ['127.0.0.1, ::1, 192.0.2.7, 10.0.0.2', '192.0.2.7'],
    ['rubbish, 192.0.2.7', '192.0.2.7'],
    ['", 192.0.2.7', '192.0.2.7'],
    ['"\\", 192.0.2.7, 10.0.0.2', '192.0.2.7'],
    [`${'1.1.1.1, '.repeat(1000)}192.0.2.7`, '192.0.2.7'],
  ])('%j does not let the client at its right end say who it is', (list, address) => {
    expect(forwardedOf(xFor(list))).toEqual(said(client(address)))
  })

  test.each([
    'unknown',
    'Unknown',
    '_hidden',
    'rubbish',
    'unix:',
    '192.0.2.256',
    '192.0.2.7:x',
    '192.0.2.7:65536',
  ])('ends at the nearest known hop where it says %j', (hop) => {
    expect(forwardedOf(xFor(`192.0.2.7, ${hop}, 10.0.0.3, 10.0.0.2`))).toEqual(said(client('10.0.0.3')))
    expect(forwardedOf(xFor(`192.0.2.7, ${hop}`))).toEqual(said({}))
  })

  test('is joined from all its lines (RFC 9110 §5.3)', () => {
    const lines = ['X-Forwarded-For: 1.1.1.1', 'x-forwarded-for: 192.0.2.7', 'X-FORWARDED-FOR: 10.0.0.2']
    expect(forwardedOf(...lines)).toEqual(said(client('192.0.2.7')))
  })
})

describe('Forwarded', () => {
  test.each([
    ['for="_gazonk"', {}],
    ['For="[2001:db8:cafe::17]:4711"', client('2001:db8:cafe::17', '4711')],
    [
      'for=192.0.2.60;proto=http;by=203.0.113.43',
      { ...client('192.0.2.60'), scheme: 'http', serverPort: '80' },
    ],
    ['for=192.0.2.43, for=198.51.100.17', client('198.51.100.17')],
    ['for=192.0.2.43, for="[2001:db8:cafe::17]"', client('2001:db8:cafe::17')],
    ['for=_hidden, for=_SEVKISEK', {}],
    ['for="192.0.2.43:47011"', client('192.0.2.43', '47011')],
    ['for=192.0.2.43;host="a.test:81"', { ...client('192.0.2.43'), host: 'a.test:81', serverPort: '81' }],
    ['for="192.0.2.43:_obf";secret=x', client('192.0.2.43')],
    ['FOR=192.0.2.43;PROTO=HTTPS', { ...client('192.0.2.43'), scheme: 'https', serverPort: '443' }],
    [';;for="192.0.2.\\43";', client('192.0.2.43')],
    ['for=UNKNOWN;proto=https', { scheme: 'https', serverPort: '443' }],
    ['host=a.test', { host: 'a.test' }],
  ])('%s is read (RFC 7239 §4, §6)', (list, expected) => {
    expect(forwardedOf(`Forwarded: ${list}`)).toEqual(said(expected))
  })

  test('says scheme and host in the element at which the walk ends', () => {
    const inner = 'for=10.0.0.2;proto=http;host=inner.test'
    const outer = 'for=192.0.2.7;proto=https;host=shop.example'
    const expected = { scheme: 'https', host: 'shop.example', serverPort: '443' }
    expect(forwardedOf(`Forwarded: ${outer}, ${inner}`)).toEqual(
      said({ ...client('192.0.2.7'), ...expected }),
    )
    const hidden = outer.replace('192.0.2.7', '_client')
    expect(forwardedOf(`Forwarded: ${hidden}, ${inner}`)).toEqual(
      said({ ...client('10.0.0.2'), ...expected }),
    )
  })

  test.each([
    'for=6.6.6.6;proto=http;host=evil.test, ',
    'for=10.0.0.9, ',
    'for=6.6.6.6;proto=gopher;host="/", ',
    'for="[::1',
    'for="x, ',
    'for="\\',
    'for="\\", ',
    '"',
    '\\',
    '=;,"",',
    'for="10.0.0.3, for=10.0.0.4;host=\\"evil.test\\", ',
  ])('lets nobody change what stands right of it: %j (RFC 7239 §8.1)', (left) => {
    const right = 'for="[2001:db8::7]:567";host="shop.example";proto=https'
    const expected = { host: 'shop.example', scheme: 'https', serverPort: '443' }
    const named = said({ ...client('2001:db8::7', '567'), ...expected })
    expect(forwardedOf(`Forwarded: ${left}`, `Forwarded: ${right}`)).toEqual(named)
    expect(forwardedOf(`Forwarded: ${left}, ${right}`)).toEqual(named)
    expect(forwardedOf(`Forwarded: ${left}, ${right}, for=10.0.0.2`)).toEqual(named)
  })

  test('ends at the nearest known hop where what stands left of it is rubbish', () => {
    const list = 'for="rubbish, for=10.0.0.2;proto=https'
    expect(forwardedOf(`Forwarded: ${list}`)).toEqual(
      said({ ...client('10.0.0.2'), scheme: 'https', serverPort: '443' }),
    )
  })

  test.each([
    ...[
      'for',
      'for=',
      '=192.0.2.7',
      'for=192.0.2.7 ;proto=http',
      'for=192.0.2.7; proto=http',
      'for = 192.0.2.7',
    ],
    ...['for=192.0.2.7:80', 'for=[2001:db8::7]', 'for=2001:db8::7', 'for="2001:db8::7"', 'for="[192.0.2.7]"'],
    ...['for="192.0.2.7', 'for=192.0.2.7"', 'for="192.0.2.7"x', "for='192.0.2.7'", 'for=localhost', 'for=""'],
    ...['for=192.0.2.7;for=192.0.2.8', 'for=192.0.2.7;For=192.0.2.7', 'for="192.0.2.7:123456"', 'for="[::1"'],
    ...[
      'for=192.0.2.7;by=',
      'for=192.0.2.7;by=a.test',
      'for="_"',
      'for=_a!',
      'for="[::1%eth0]"',
      'for=192.0.2.007',
    ],
    ...['for=192.0.2.7;proto', 'for=192.0.2.7/proto=http', 'for=192.0.2.7;"proto"=http', 'for="192.0.2.7\\"'],
  ])('%s is refused, as the peer itself wrote it (RFC 7239 §4, §6)', (element) => {
    expect(forwardedOf(`Forwarded: ${element}`)).toBe(MALFORMED)
    expect(forwardedOf(`Forwarded: for=1.1.1.1, ${element}`)).toBe(MALFORMED)
  })

  test('is nothing when it is empty (RFC 9110 §5.6.1)', () => {
    for (const list of ['', ' , ,\t']) expect(forwardedOf(`Forwarded: ${list}`)).toEqual(said({}))
  })
})

describe('what is said besides the address', () => {
  test.each([
    [['X-Forwarded-Proto: https'], { scheme: 'https', serverPort: '443' }],
    [['X-Forwarded-Proto: HTTP'], { scheme: 'http', serverPort: '80' }],
    [['X-Forwarded-Host: shop.example'], { host: 'shop.example' }],
    [['X-Forwarded-Host: shop.example:'], { host: 'shop.example:' }],
    [['X-Forwarded-Host: [::1]'], { host: '[::1]' }],
    [
      ['X-Forwarded-Host: [::1]:8443', 'X-Forwarded-Proto: https'],
      { host: '[::1]:8443', scheme: 'https', serverPort: '8443' },
    ],
    [['X-Forwarded-Host: a:81', 'X-Forwarded-Port: 82'], { host: 'a:81', serverPort: '82' }],
    [['X-Forwarded-Port: 65535', 'X-Forwarded-Proto: https'], { scheme: 'https', serverPort: '65535' }],
    [['X-Forwarded-Port: 1'], { serverPort: '1' }],
    [['X-Forwarded-Proto:', 'X-Forwarded-Host: ,', 'X-Forwarded-Port:', 'X-Forwarded-Prefix:'], {}],
    [['X-Forwarded-Server: a', 'X-Forwarded-By: b', 'X-Real-IP: c'], undefined],
    [[], undefined],
  ])('%j counts', (fields, expected) => {
    expect(forwardedOf(...fields)).toEqual(expected === undefined ? undefined : said(expected))
  })

  test.each([
    ...[
      'Proto: ftp',
      'Proto: wss',
      'Proto: https://',
      'Proto: "https"',
      'Proto: http https',
      'Proto: http\xff',
    ],
    ...['Host: a b', 'Host: a/b', 'Host: user@a', 'Host: a:b', 'Host: a:65536', 'Host: a:0', 'Host: a:080'],
    ...['Host: "a"', 'Host: :80', 'Host: http://a', 'Host: [::1', 'Host: a\\b', 'Host: a#b', 'Host: a?b'],
    ...[
      'Port: 0',
      'Port: 65536',
      'Port: -1',
      'Port: 080',
      'Port: 0x50',
      'Port: 80 81',
      'Port: 8e1',
      'Port: 99999999',
    ],
  ])('X-Forwarded-%s is refused, never repaired', (field) => {
    expect(forwardedOf(`X-Forwarded-${field}`)).toBe(MALFORMED)
    expect(forwardedOf(xFor('192.0.2.7'), `X-Forwarded-${field}`)).toBe(MALFORMED)
  })

  test.each(['proto=ftp', 'proto=""', 'host="a b"', 'host=""', 'host="a:0"', 'host="/"'])(
    'Forwarded: %s is refused where the walk ends, and only there',
    (pair) => {
      expect(forwardedOf(`Forwarded: for=192.0.2.7;${pair}`)).toBe(MALFORMED)
      expect(forwardedOf(`Forwarded: ${pair}`)).toBe(MALFORMED)
      expect(forwardedOf(`Forwarded: for=6.6.6.6;${pair}, for=192.0.2.7`)).toEqual(said(client('192.0.2.7')))
      expect(forwardedOf(`Forwarded: for=192.0.2.7, for=10.0.0.2;${pair}`)).toEqual(said(client('192.0.2.7')))
    },
  )

  const lists = ['X-Forwarded-Proto: ftp, https, http', 'X-Forwarded-Host: a b, b.test, c.test']
  const rest = ['X-Forwarded-Port: x, 2, 3', 'X-Forwarded-Prefix: x, /b, /c']

  test.each([
    ['6.6.6.6, 192.0.2.7', { scheme: 'http', host: 'c.test', serverPort: '3', prefix: '/c' }],
    ['6.6.6.6, 192.0.2.7, 10.0.0.2', { scheme: 'https', host: 'b.test', serverPort: '2', prefix: '/b' }],
    ['6.6.6.6, _hidden, 10.0.0.2', { scheme: 'https', host: 'b.test', serverPort: '2', prefix: '/b' }],
    ['6.6.6.6, rubbish, 10.0.0.2', { scheme: 'http', host: 'c.test', serverPort: '3', prefix: '/c' }],
  ])('is taken from the place that the client has in X-Forwarded-For: %s', (list, expected) => {
    expect(forwardedOf(xFor(list), ...lists, ...rest)).toMatchObject(expected)
  })

  test('is refused at that place alone', () => {
    expect(forwardedOf(xFor('192.0.2.7, 10.0.0.3, 10.0.0.2'), ...lists)).toBe(MALFORMED)
  })

  test('is the leftmost of a list that is shorter than X-Forwarded-For', () => {
    const fields = ['X-Forwarded-Proto: https', 'X-Forwarded-Host: a.test, b.test']
    expect(forwardedOf(xFor('192.0.2.7, 10.0.0.3, 10.0.0.2'), ...fields)).toMatchObject({
      scheme: 'https',
      host: 'a.test',
    })
  })

  test('is the nearest proxy’s word where no X-Forwarded-For counts its place', () => {
    expect(forwardedOf('X-Forwarded-Proto: https, http')).toMatchObject({ scheme: 'http' })
  })
})

describe('X-Forwarded-Prefix', () => {
  test.each([
    ['/shop', '/shop'],
    ['/shop/', '/shop'],
    ['/', ''],
    ['/a/b.c/..d/', '/a/b.c/..d'],
    ['/caf%C3%A9%20x', '/caf\xc3\xa9 x'],
    ['/a%2Fb', '/a/b'],
  ])('%s is %j, decoded as SCRIPT_NAME is (PEP 3333)', (prefix, decoded) => {
    expect(forwardedOf(`X-Forwarded-Prefix: ${prefix}`)).toEqual(said({ prefix: decoded }))
  })

  test.each([
    ...[
      'shop',
      '//evil.test',
      '//',
      '/\\evil.test',
      '/%5Cevil.test',
      '/a//b',
      '/a//',
      '/.',
      '/..',
      '/a/../b',
      '/a/./b',
      '/%2e%2e/a',
    ],
    ...[
      '/a%2F..',
      '/%2Fevil.test',
      '/a%2F/',
      '/a%',
      '/a%2',
      '/a%zz',
      '/a%00',
      '/a%0d%0aSet-Cookie:x',
      '/a%7f',
      '/a b',
    ],
    ...['/a?b', '/a#b', 'http://evil.test/', '/a\tb', '/a"', '/a<'],
  ])('%j is refused: no path, or more than a path', (prefix) => {
    expect(forwardedOf(`X-Forwarded-Prefix: ${prefix}`)).toBe(MALFORMED)
  })
})

describe('Forwarded beside X-Forwarded fields', () => {
  test.each([
    ['Forwarded: for=192.0.2.7', [xFor('192.0.2.8')]],
    ['Forwarded: for=10.0.0.2', [xFor('192.0.2.8')]],
    ['Forwarded: for=192.0.2.7;proto=http', [xFor('192.0.2.7'), 'X-Forwarded-Proto: https']],
    ['Forwarded: proto=https', ['X-Forwarded-Proto: http']],
    ['Forwarded: host=evil.test', ['X-Forwarded-Host: a.test']],
    ['Forwarded: host="a.test:443"', ['X-Forwarded-Host: a.test']],
  ])('is ambiguous where they differ: %s, %j', (standard, common) => {
    expect(forwardedOf(standard, ...common)).toBe(AMBIGUOUS)
    expect(forwardedOf(...common, standard)).toBe(AMBIGUOUS)
  })

  test.each([
    ['Forwarded: for="[2001:db8:0::7]"', [xFor('2001:DB8::7')], client('2001:db8::7')],
    ['Forwarded: for=192.0.2.7', [xFor('192.0.2.7:99')], client('192.0.2.7', '99')],
    ['Forwarded: host=A.test', ['X-Forwarded-Host: a.test'], { host: 'a.test' }],
    ['Forwarded: for=192.0.2.7', ['X-Forwarded-Host: a.test'], { ...client('192.0.2.7'), host: 'a.test' }],
    [
      'Forwarded: for=_x;proto=https',
      [xFor('192.0.2.7')],
      { ...client('192.0.2.7'), scheme: 'https', serverPort: '443' },
    ],
    [
      'Forwarded: for=192.0.2.7',
      [xFor('unknown'), 'X-Forwarded-Port: 81'],
      { ...client('192.0.2.7'), serverPort: '81' },
    ],
  ])('is added to them where they agree: %s, %j', (standard, common, expected) => {
    expect(forwardedOf(standard, ...common)).toEqual(said(expected))
  })
})
