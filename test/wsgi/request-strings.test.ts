// The environ's strings of a request that no gateway has read: W11, W12, W13, W16 and W18.

import { describe, expect, test } from 'vitest'
import { percentDecoded, type RequestFacts, requestStrings } from '../../src/wsgi/request-strings.ts'

const stringsOf = (facts: Partial<RequestFacts>): Record<string, string> =>
  requestStrings({ method: 'GET', target: '/', headers: [], ...facts })

describe('the path', () => {
  test('is decoded to bytes, a character each, once; the target stays as sent (W12)', () => {
    expect(stringsOf({ target: '/caf%C3%A9/a%2Fb%2541/a+b?q=%C3%A9&r' })).toMatchObject({
      SCRIPT_NAME: '',
      PATH_INFO: '/caf\u00c3\u00a9/a/b%41/a+b',
      QUERY_STRING: 'q=%C3%A9&r',
      REQUEST_URI: '/caf%C3%A9/a%2Fb%2541/a+b?q=%C3%A9&r',
      RAW_URI: '/caf%C3%A9/a%2Fb%2541/a+b?q=%C3%A9&r',
    })
  })

  test('is split behind the mount prefix as it stands in the target (W18)', () => {
    expect(stringsOf({ target: '/caf%C3%A9/x', scriptName: '/caf%C3%A9' })).toMatchObject({
      SCRIPT_NAME: '/caf\u00c3\u00a9',
      PATH_INFO: '/x',
    })
    expect(stringsOf({ target: '/shop', scriptName: '/shop' })).toMatchObject({ PATH_INFO: '' })
  })

  test('keeps what is no percent-encoding', () => {
    expect(percentDecoded('%zz%4%%41')).toBe('%zz%4%A')
  })

  test('may have an empty query, and question marks in it', () => {
    expect(stringsOf({ target: '/x?' })).toMatchObject({ PATH_INFO: '/x', QUERY_STRING: '' })
    expect(stringsOf({ target: '/x?a?b' })).toMatchObject({ PATH_INFO: '/x', QUERY_STRING: 'a?b' })
  })
})

describe('the fields', () => {
  test('become HTTP_ keys in upper case with - as _ (W11)', () => {
    expect(
      stringsOf({
        headers: [
          ['x-mIxed-Case', 'Some Value'],
          ['X-0.9!', ''],
        ],
      }),
    ).toMatchObject({
      HTTP_X_MIXED_CASE: 'Some Value',
      'HTTP_X_0.9!': '',
    })
  })

  test('that are repeated are joined with a comma, cookies with a semicolon (W13)', () => {
    const headers: RequestFacts['headers'] = [
      ['X-Many', '1'],
      ['Cookie', 'a=1'],
      ['x-many', '2'],
      ['cookie', 'b=2'],
    ]
    expect(stringsOf({ headers })).toMatchObject({ HTTP_X_MANY: '1,2', HTTP_COOKIE: 'a=1; b=2' })
  })

  test('that say what the body is have keys of their own; Transfer-Encoding has none (W16)', () => {
    const headers: RequestFacts['headers'] = [
      ['Content-Type', 'text/plain'],
      ['content-length', '5'],
      ['Transfer-Encoding', 'chunked'],
    ]
    const strings = stringsOf({ headers })
    expect(strings).toMatchObject({ CONTENT_TYPE: 'text/plain', CONTENT_LENGTH: '5' })
    expect(Object.keys(strings).filter((key) => key.startsWith('HTTP_'))).toEqual([])
    expect(stringsOf({ contentLength: 7, headers })['CONTENT_LENGTH']).toBe('7')
  })

  test.each(['X_Forged', 'Proxy', 'PROXY', 'Content_Length'])('never hold %s', (name) => {
    expect(stringsOf({ headers: [[name, 'evil']] })).toEqual(stringsOf({}))
  })
})

describe('client and server', () => {
  test('have what a request always has (W11)', () => {
    expect(stringsOf({})).toEqual({
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '',
      PATH_INFO: '/',
      QUERY_STRING: '',
      REQUEST_URI: '/',
      RAW_URI: '/',
      SERVER_NAME: 'localhost',
      SERVER_PORT: '80',
      SERVER_PROTOCOL: 'HTTP/1.1',
      'wsgi.url_scheme': 'http',
    })
  })

  test('say where the request came from, where that is known', () => {
    const facts = {
      scheme: 'https',
      remoteAddress: '192.0.2.1',
      remotePort: '50000',
      protocol: 'HTTP/1.0',
    } as const
    expect(stringsOf({ ...facts, serverName: 'shop.example', serverPort: '8443' })).toMatchObject({
      HTTPS: 'on',
      'wsgi.url_scheme': 'https',
      REMOTE_ADDR: '192.0.2.1',
      REMOTE_PORT: '50000',
      SERVER_NAME: 'shop.example',
      SERVER_PORT: '8443',
      SERVER_PROTOCOL: 'HTTP/1.0',
    })
    expect(stringsOf({ scheme: 'https' })['SERVER_PORT']).toBe('443')
  })
})
