import { describe, expect, test } from 'vitest'
import {
  httpEnvironBytes,
  writeFieldPairs,
  writeRequestLine,
} from '../../../src/gateways/http/http-environ.ts'
import { RequestParser } from '../../../src/http/request-parser.ts'
import { readCorpus } from '../../http/corpus.ts'
import { decodeOwnBlock } from '../../wsgi/environ-pairs.ts'
import { getRequest, PEER, SETTINGS, takeRequest } from './environs.ts'
import { DEFAULT_LIMITS } from '../../harness/default-limits.ts'

interface Environ {
  readonly pairs: Record<string, string>
  readonly underscoreFields: readonly string[]
}

/** The environ of the first request of `bytes`; undefined if it is refused. */
function tryEnvironOf(bytes: Buffer, { bodyBytes = 0, mount = '' } = {}): Environ | undefined {
  const parser = new RequestParser(DEFAULT_LIMITS)
  parser.receive(bytes)
  if (parser.next() !== 'head') return undefined
  const underscoreFields: string[] = []
  const settings = {
    ...SETTINGS,
    mount: Buffer.from(mount, 'latin1'),
    onUnderscoreField: (name: string): void => void underscoreFields.push(name),
  }
  const room = httpEnvironBytes(parser.head)
  const target = Buffer.alloc(3 + room, '#')
  const requestEnd = writeRequestLine(target, 3, parser.head, bodyBytes, settings.mount)
  const end = writeFieldPairs(target, requestEnd, parser.head, PEER, settings)
  // Beyond a buffer's end writing does nothing, so only this number tells of it.
  expect(end).toBeLessThanOrEqual(target.length)
  return { pairs: decodeOwnBlock(target.subarray(3, end)), underscoreFields }
}

function environOf(request: string, options?: { bodyBytes?: number; mount?: string }): Environ {
  const environ = tryEnvironOf(Buffer.from(request, 'latin1'), options)
  if (environ === undefined) throw new Error(`refused: ${request}`)
  return environ
}

const withFields = (fields: string): Environ => environOf(`GET / HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`)

describe('the environ of a request', () => {
  test('has what CGI wants of it, and the target as sent (W11)', () => {
    const { pairs } = environOf(
      'POST /a%2Fb?x=%31&y HTTP/1.1\r\nHost: a.test:81\r\nAccept-Language: de\r\n\r\n',
    )
    expect(pairs).toEqual({
      REQUEST_METHOD: 'POST',
      PATH_INFO: '/a/b',
      QUERY_STRING: 'x=%31&y',
      REQUEST_URI: '/a%2Fb?x=%31&y',
      SERVER_PROTOCOL: 'HTTP/1.1',
      HTTP_HOST: 'a.test:81',
      HTTP_ACCEPT_LANGUAGE: 'de',
    })
  })

  test('has an empty QUERY_STRING without a query, and with an empty one (W11)', () => {
    expect(environOf('GET / HTTP/1.0\r\n\r\n').pairs).toMatchObject({
      QUERY_STRING: '',
      SERVER_PROTOCOL: 'HTTP/1.0',
    })
    expect(environOf('GET /? HTTP/1.0\r\n\r\n').pairs).toMatchObject({ QUERY_STRING: '', REQUEST_URI: '/?' })
  })

  test('has no HTTP_HOST without a Host field, and an empty one for an empty field (W11)', () => {
    expect(environOf('GET / HTTP/1.0\r\n\r\n').pairs).not.toHaveProperty('HTTP_HOST')
    expect(environOf('GET / HTTP/1.1\r\nHost:\r\n\r\n').pairs).toHaveProperty('HTTP_HOST', '')
  })

  test('has the authority of an absolute-form target as HTTP_HOST (RFC 9112 §3.2.2)', () => {
    const { pairs } = environOf('GET http://real.test?q HTTP/1.1\r\nHost: decoy.test\r\n\r\n')
    expect(pairs).toMatchObject({
      HTTP_HOST: 'real.test',
      PATH_INFO: '/',
      QUERY_STRING: 'q',
      REQUEST_URI: 'http://real.test?q',
    })
  })

  test('holds bytes as latin-1 characters (W12)', () => {
    const { pairs } = environOf('GET /%C3%A9?%E9 HTTP/1.1\r\nHost: a.test\r\nX-A: \xe9\r\n\r\n')
    expect(pairs).toMatchObject({ PATH_INFO: '/\xc3\xa9', QUERY_STRING: '%E9', HTTP_X_A: '\xe9' })
  })

  test('joins repeated fields in their order, in any case of the name; Cookie in its own way (W13)', () => {
    const { pairs } = withFields('X-A: 1\r\nCookie: a=1\r\nx-a: \r\nX-B: 3\r\ncOOKIE: b=2\r\nX-A: 2\r\n')
    expect(pairs).toMatchObject({ HTTP_X_A: '1,,2', HTTP_COOKIE: 'a=1; b=2', HTTP_X_B: '3' })
  })

  test('keeps apart names that merely look alike to the parser (W13)', () => {
    const names = Array.from({ length: 90 }, (_, i) => `X-${String.fromCharCode(97 + (i % 26))}${i}`)
    const { pairs } = withFields(names.map((name) => `${name}: ${name}\r\n`).join(''))
    for (const name of names) expect(pairs[`HTTP_${name.toUpperCase().replace('-', '_')}`]).toBe(name)
  })

  test('has CONTENT_TYPE and CONTENT_LENGTH only if the request has them, and never as HTTP_ (W11)', () => {
    const { pairs } = environOf(
      'POST / HTTP/1.1\r\nHost: a.test\r\nContent-TYPE: text/plain\r\ncontent-Length: 0005\r\n\r\n',
      {
        bodyBytes: 5,
      },
    )
    expect(pairs).toMatchObject({ CONTENT_TYPE: 'text/plain', CONTENT_LENGTH: '5' })
    expect(Object.keys(pairs)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^HTTP_CONTENT/)]))
    const without = withFields('').pairs
    expect(without).not.toHaveProperty('CONTENT_LENGTH')
    expect(without).not.toHaveProperty('CONTENT_TYPE')
  })

  test('has the decoded length of a chunked body and no Transfer-Encoding (W16)', () => {
    const { pairs } = environOf('POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n', {
      bodyBytes: 11,
    })
    expect(pairs['CONTENT_LENGTH']).toBe('11')
    expect(pairs).not.toHaveProperty('HTTP_TRANSFER_ENCODING')
  })

  test('has CONTENT_LENGTH 0 for a body that is declared empty, in either way (W16)', () => {
    expect(environOf('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n').pairs['CONTENT_LENGTH']).toBe(
      '0',
    )
    expect(
      environOf('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n').pairs['CONTENT_LENGTH'],
    ).toBe('0')
  })

  test('has no CONTENT_LENGTH while nobody knows the length of a body that is read as it arrives (W16)', () => {
    const { pairs } = environOf('POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n', {
      bodyBytes: -1,
    })
    expect(pairs).not.toHaveProperty('CONTENT_LENGTH')
  })

  test('takes nothing from a field with _ in its name, and says which it was (W11)', () => {
    const fields = 'X_Forwarded_For: 6.6.6.6\r\nContent_Length: 9\r\nX-A: 1\r\nX_A: 2\r\n_: 3\r\n'
    const { pairs, underscoreFields } = withFields(fields)
    expect(Object.keys(pairs).filter((key) => key.startsWith('HTTP_') || key.startsWith('CONTENT'))).toEqual([
      'HTTP_HOST',
      'HTTP_X_A',
    ])
    expect(pairs['HTTP_X_A']).toBe('1')
    expect(underscoreFields).toEqual(['X_Forwarded_For', 'Content_Length', 'X_A', '_'])
  })

  test('has no HTTP_PROXY, which client libraries trust (CVE-2016-5385)', () => {
    const { pairs } = withFields('pRoXy: http://evil.test\r\nProxy-X: 1\r\n')
    expect(pairs).not.toHaveProperty('HTTP_PROXY')
    expect(pairs['HTTP_PROXY_X']).toBe('1')
  })

  test('splits SCRIPT_NAME off PATH_INFO, and leaves the target whole (W18)', () => {
    const { pairs } = environOf('GET /shop/a?b HTTP/1.1\r\nHost: a.test\r\n\r\n', { mount: '/shop' })
    expect(pairs).toMatchObject({ PATH_INFO: '/a', QUERY_STRING: 'b', REQUEST_URI: '/shop/a?b' })
  })

  test('needs no more room than it asks for, whatever the corpus holds', () => {
    const environs = readCorpus('http1').map(({ request }) =>
      tryEnvironOf(request, { bodyBytes: Number.MAX_SAFE_INTEGER }),
    )
    expect(environs.filter((environ) => environ !== undefined).length).toBeGreaterThan(60)
  })

  test('needs no more room than it asks for with as many fields as may be, repeated ones too', () => {
    const fields = (name: (i: number) => string): string =>
      Array.from({ length: 99 }, (_, i) => `${name(i)}:\r\n`).join('')
    expect(Object.keys(withFields(fields((i) => `x${i}`)).pairs)).toHaveLength(6 + 99)
    expect(withFields(fields(() => 'c')).pairs['HTTP_C']).toBe(','.repeat(98))
    expect(withFields(fields(() => 'cookie')).pairs['HTTP_COOKIE']).toBe('; '.repeat(98))
  })
})

describe('fields with _ that are allowed', () => {
  const underscore = (
    allowed: readonly string[],
    ...fields: string[]
  ): Record<string, string> & { dropped: string } => {
    const dropped: string[] = []
    const settings = {
      allowedUnderscoreFields: new Set(allowed),
      onUnderscoreField: (name: string): void => void dropped.push(name),
    }
    return { ...takeRequest(getRequest(fields), {}, settings).environ, dropped: dropped.join(' ') }
  }

  test('come through in any case of their letters, others do not (W11)', () => {
    const environ = underscore(['x_account'], 'X_Account: 1', 'X_Other: 2', 'X_ACCOUNT: 3')
    expect(environ).toMatchObject({ HTTP_X_ACCOUNT: '1,3', dropped: 'X_Other' })
    expect(environ).not.toHaveProperty('HTTP_X_OTHER')
  })

  test.each([
    ['X_A: wins', 'X-A: loses'],
    ['X-A: loses', 'X_A: wins'],
    ['X-A: loses', 'X_A: wins', 'x-a: loses'],
  ])('win over the field with - that has the same key: %s, %s', (...fields) => {
    expect(underscore(['x_a'], ...fields)).toMatchObject({ HTTP_X_A: 'wins', dropped: '' })
  })

  test('leave the field with - alone where they are not sent', () => {
    expect(underscore(['x_a'], 'X-A: 1')).toMatchObject({ HTTP_X_A: '1' })
  })
})
