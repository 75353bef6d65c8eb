import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { getRequest, PEER, takeRequest, takeRequests } from './environs.ts'

const NO_PEER_KEYS = /^(SERVER_(NAME|PORT|SOFTWARE)|SCRIPT_NAME|REMOTE_.*|wsgi\.url_scheme)$/

describe('the environ of a connection', () => {
  test('names the server and the client (W11)', () => {
    const { environ, clientAddress } = takeRequest(getRequest(), { scheme: 'https' }, { scriptName: '/shop' })
    expect(environ).toMatchObject({
      SERVER_NAME: '127.0.0.1',
      SERVER_PORT: '8000',
      SERVER_SOFTWARE: 'gantry/test',
      SCRIPT_NAME: '/shop',
      REMOTE_ADDR: '10.0.0.1',
      REMOTE_PORT: '50000',
      'wsgi.url_scheme': 'https',
    })
    expect(clientAddress).toBe('10.0.0.1')
  })

  test('shares the fields of a request that repeats those of the one before', () => {
    const cookie = ['Cookie: a=1']
    const [first, second, third] = takeRequests(
      ['/1', '/2', '/3'].map((target) => getRequest(cookie, target)),
    )
    const fields = { HTTP_HOST: 'a.test', HTTP_COOKIE: 'a=1', SERVER_PROTOCOL: 'HTTP/1.1' }
    expect(first!.environ).toMatchObject({ ...fields, PATH_INFO: '/1' })
    expect(first!.ownKeys).toEqual(expect.arrayContaining(Object.keys(fields)))
    expect(first!.ownKeys).not.toEqual(expect.arrayContaining([expect.stringMatching(NO_PEER_KEYS)]))
    for (const later of [second!, third!]) {
      expect(later.environ).toMatchObject(fields)
      expect(later.ownKeys).toEqual(['REQUEST_METHOD', 'PATH_INFO', 'QUERY_STRING', 'REQUEST_URI'])
    }
    expect(third!.environ['PATH_INFO']).toBe('/3')
  })

  test('gives each request the fields that it has, whatever came before', () => {
    const requests = [
      getRequest(['Cookie: a=1'], '/1'),
      getRequest(['Cookie: a=1'], '/2'),
      getRequest(['Cookie: a=2'], '/3'),
      getRequest(['Cookie: a=1'], '/4'),
      getRequest([], '/5'),
      getRequest([], '/6'),
      'GET /7 HTTP/1.0\r\n\r\n',
      getRequest([], '/8'),
      getRequest(['Cookie: a=1', 'X-A: 1'], '/9'),
      getRequest(['Cookie: a=1', 'X-A: 1'], '/10').replace('a.test', 'b.test'),
      getRequest([`X-Long: ${'x'.repeat(3000)}`], '/11'),
      getRequest([`X-Long: ${'x'.repeat(3000)}`], '/12'),
    ]
    const alone = requests.map((request) => takeRequest(request).environ)
    expect(takeRequests(requests).map(({ environ }) => environ)).toEqual(alone)
  })

  test('takes the host from a target in absolute form also when the fields are repeated (RFC 9112 §3.2.2)', () => {
    const targets = ['/', 'http://real.test/', '/', '/']
    const taken = takeRequests(targets.map((target) => getRequest([], target)))
    expect(taken.map(({ environ }) => environ['HTTP_HOST'])).toEqual([
      'a.test',
      'real.test',
      'a.test',
      'a.test',
    ])
  })

  test('tells the protocol of each request, also when the fields are repeated (W11)', () => {
    const request = getRequest(['Connection: keep-alive'])
    const older = request.replace('HTTP/1.1', 'HTTP/1.0')
    const taken = takeRequests([request, request, older, older, request])
    const protocols = taken.map(({ environ }) => environ['SERVER_PROTOCOL'])
    expect(protocols).toEqual(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.0', 'HTTP/1.1'])
  })

  test('counts the body of each request anew', () => {
    const [, second] = takeRequests([getRequest(['Content-Length: 0']), getRequest(['Content-Length: 0'])])
    expect(second!.ownKeys).toContain('CONTENT_LENGTH')
    expect(second!.environ['CONTENT_LENGTH']).toBe('0')
  })
})

const TRUSTED = { isTrusted: true }
const trusts = (address: string): boolean => address.startsWith('10.') || address === ''

describe('the environ of a connection from a trusted proxy', () => {
  const said = ['X-Forwarded-For: 192.0.2.7', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.example']
  const seen = {
    REMOTE_ADDR: '192.0.2.7',
    REMOTE_PORT: '0',
    'wsgi.url_scheme': 'https',
    HTTP_HOST: 'shop.example',
    SERVER_PORT: '443',
    SERVER_NAME: '127.0.0.1',
    SCRIPT_NAME: '/caf\xe9/shop',
    HTTP_X_FORWARDED_FOR: '192.0.2.7',
  }

  test('is that of the client it speaks for, each time, and the fields stay in it', () => {
    const request = getRequest([...said, 'X-Forwarded-Prefix: /caf%E9/'])
    const taken = takeRequests([request, request, request], TRUSTED, { trusts, scriptName: '/shop' })
    for (const { environ, clientAddress } of taken) {
      expect(environ).toMatchObject(seen)
      expect(clientAddress).toBe('192.0.2.7')
    }
    expect(taken.map(({ ownKeys }) => ownKeys.includes('REMOTE_ADDR'))).toEqual([true, false, false])
  })

  test('is never that of the client before', () => {
    const requests = [
      getRequest(said),
      getRequest(said),
      getRequest(),
      getRequest(said),
      getRequest(['X-Forwarded-For: 192.0.2.8']),
      getRequest(['X-Forwarded-For: 192.0.2.8'], 'http://real.test/'),
      getRequest(['X-Forwarded-For: 192.0.2.8']),
      'GET / HTTP/1.0\r\n\r\n',
      getRequest(said),
    ]
    const alone = requests.map((request) => takeRequest(request, TRUSTED, { trusts }))
    const together = takeRequests(requests, TRUSTED, { trusts })
    expect(together.map(({ environ }) => environ)).toEqual(alone.map(({ environ }) => environ))
    expect(together.map(({ clientAddress }) => clientAddress)).toEqual(
      ['7', '7', '', '7', '8', '8', '8', '', '7'].map((end) =>
        end === '' ? PEER.remoteAddress : `192.0.2.${end}`,
      ),
    )
  })

  test('is its own when it says nothing, and when it says that the client is unknown', () => {
    for (const fields of [[], ['Forwarded: for=unknown'], ['X-Forwarded-For:'], ['X-Forwarded-Prefix: /']]) {
      const { environ, clientAddress } = takeRequest(getRequest(fields), TRUSTED, { trusts })
      const expected = { REMOTE_ADDR: '10.0.0.1', REMOTE_PORT: '50000', HTTP_HOST: 'a.test', SCRIPT_NAME: '' }
      expect(environ).toMatchObject(expected)
      expect(clientAddress).toBe('10.0.0.1')
    }
  })

  test('has the host that it names in place of an absolute-form target and of none', () => {
    const fields = ['X-Forwarded-Host: shop.example:8443']
    const absolute = getRequest(fields, 'http://real.test/')
    const hostless = `GET / HTTP/1.0\r\n${fields[0]!}\r\n\r\n`
    for (const request of [absolute, hostless]) {
      const { environ } = takeRequest(request, TRUSTED, { trusts })
      expect(environ).toMatchObject({ HTTP_HOST: 'shop.example:8443', SERVER_PORT: '8443' })
    }
  })

  test('refuses what is malformed, again when it is repeated', () => {
    const request = getRequest(['X-Forwarded-Proto: gopher'])
    expect(takeRequest(request, TRUSTED, { trusts }).violation).toBe('FORWARDED_MALFORMED')
    const [first, second] = takeRequests([getRequest(), request], TRUSTED, { trusts })
    expect([first!.violation, second!.violation]).toEqual([undefined, 'FORWARDED_MALFORMED'])
  })
})

describe('the environ of a connection from anybody else', () => {
  const fields = [
    ...['Forwarded: for=1.1.1.1;proto=gopher', 'X-Forwarded-For: 2.2.2.2', 'x-forwarded-proto: https'],
    ...[
      'X-FORWARDED-HOST: evil.test',
      'X-Forwarded-Port: 1',
      'X-Forwarded-Prefix: //evil',
      'X-Forwarded-: a',
    ],
    ...['X-Forwarded-Whatever: b', 'X-Forwarded: c', 'X-Forward: d', 'Xorwarded: e', 'Y-Forwarded-For: f'],
  ]

  test('has none of the fields that say who the client is, and says which were left out', () => {
    const removed: string[] = []
    const onForwardedFieldRemoved = (name: string, address: string): void =>
      void removed.push(`${name} ${address}`)
    const request = getRequest([...fields, 'Cookie: a=1'])
    const taken = takeRequests([request, request, request], {}, { onForwardedFieldRemoved, trusts })
    for (const { environ } of taken) {
      const keys = Object.keys(environ).filter((key) => key.startsWith('HTTP_'))
      const left = ['X_FORWARDED', 'X_FORWARD', 'XORWARDED', 'Y_FORWARDED_FOR', 'COOKIE']
      expect(keys).toEqual(['HTTP_HOST', ...left.map((name) => `HTTP_${name}`)])
      expect(environ).toMatchObject({ REMOTE_ADDR: '10.0.0.1', HTTP_HOST: 'a.test', SERVER_PORT: '8000' })
    }
    const names = fields.slice(0, 8).map((line) => `${line.split(':')[0]!} 10.0.0.1`)
    expect(removed).toEqual([...names, ...names])
  })

  test('is what it would be without them, whatever they say', () => {
    const names = [
      'Forwarded',
      ...['For', 'Proto', 'Host', 'Port', 'Prefix', 'X'].map((name) => `X-Forwarded-${name}`),
    ]
    const values = ['10.0.0.9', 'for=10.0.0.9', 'https', 'evil.test', '/evil', '1', 'for="', '']
    const line = fc
      .tuple(fc.constantFrom(...names), fc.constantFrom(...values))
      .map((parts) => parts.join(': '))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const plain = getRequest(['Cookie: a=1'])
        const spoofed = getRequest([...lines, 'Cookie: a=1'])
        const [first, second, third] = takeRequests([spoofed, spoofed, plain], {}, { trusts })
        const { environ, clientAddress } = takeRequest(plain)
        for (const taken of [first!, second!, third!]) expect(taken).toMatchObject({ environ, clientAddress })
        expect(Object.keys(first!.environ).sort()).toEqual(Object.keys(environ).sort())
      }),
    )
  })
})
