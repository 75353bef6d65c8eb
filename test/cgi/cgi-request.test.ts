// What the variables of a web server become in an environ.

import { describe, expect, test } from 'vitest'
import { CgiRequest, type VariableSettings, readVariables } from '../../src/cgi/cgi-request.ts'
import { DEFAULT_LIMITS } from '../harness/default-limits.ts'

const removed: string[] = []
const SETTINGS: VariableSettings = {
  limits: {
    ...DEFAULT_LIMITS,
    maxHeaders: 3,
    maxHeaderBytes: 40,
    maxRequestLineBytes: 60,
    maxBodyBytes: 100,
  },
  scriptName: '',
  serverSoftware: 'gantry/test',
  trusts: (address) => address.startsWith('10.') || address === '',
  onForwardedFieldRemoved: (name, address) => removed.push(`${name} ${address}`),
}

type Variables = Readonly<Record<string, string>>

const pairsOf = (variables: Variables): string[] => Object.entries(variables).flat()
const read = (variables: Variables, settings = SETTINGS) =>
  readVariables(pairsOf({ REQUEST_METHOD: 'GET', ...variables }), settings)

/** The environ's strings. */
function environ(variables: Variables, settings = SETTINGS): Record<string, string> {
  const request = read(variables, settings)
  if (!(request instanceof CgiRequest)) throw new Error(request)
  const [REQUEST_METHOD = '', PATH_INFO = '', QUERY_STRING = '', REQUEST_URI = '', ...others] =
    request.own.split('\0')
  const strings: Record<string, string> = { REQUEST_METHOD, PATH_INFO, QUERY_STRING, REQUEST_URI }
  for (const pairs of [request.common.split('\0'), others])
    for (let i = 0; i + 1 < pairs.length; i += 2) strings[pairs[i]!] = pairs[i + 1]!
  return strings
}

describe('an environ', () => {
  test('has what the web server leaves out', () => {
    expect(environ({})).toEqual({
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '',
      PATH_INFO: '/',
      QUERY_STRING: '',
      REQUEST_URI: '/',
      SERVER_NAME: 'localhost',
      SERVER_PORT: '80',
      SERVER_PROTOCOL: 'HTTP/1.0',
      SERVER_SOFTWARE: 'gantry/test',
      'wsgi.url_scheme': 'http',
    })
  })

  test('has what it gives, each byte a character', () => {
    const given = {
      PATH_INFO: '/caf\xc3\xa9\xff',
      REQUEST_URI: '/caf%C3%A9%FF?a=1',
      QUERY_STRING: 'a=1',
      SERVER_NAME: 'shop.example',
      SERVER_PORT: '8080',
      SERVER_PROTOCOL: 'HTTP/2.0',
      SERVER_SOFTWARE: 'nginx/1.29',
      REMOTE_ADDR: '192.0.2.1',
      REMOTE_PORT: '4711',
      CONTENT_TYPE: 'text/plain',
      DOCUMENT_ROOT: '/srv/\xff',
      HTTP_HOST: 'shop.example',
      lower: 'as it is',
    }
    expect(environ(given)).toMatchObject(given)
  })

  test('has no empty names of the server, as PEP 3333 wants it', () => {
    expect(environ({ SERVER_NAME: '', SERVER_PORT: '' })).toMatchObject({
      SERVER_NAME: 'localhost',
      SERVER_PORT: '80',
    })
  })

  test('has the query of the target where it is not said', () => {
    expect(environ({ REQUEST_URI: '/a?b=%20?c' })).toMatchObject({ PATH_INFO: '/a', QUERY_STRING: 'b=%20?c' })
  })

  test('has a target made of the path where it is not said', () => {
    expect(environ({ SCRIPT_NAME: '/app', PATH_INFO: '/a b', QUERY_STRING: 'q' }).REQUEST_URI).toBe(
      '/app/a%20b?q',
    )
  })

  test('has the last of what stands twice', () => {
    const pairs = [
      ...pairsOf({ REQUEST_METHOD: 'GET', A: '1', QUERY_STRING: 'x' }),
      'A',
      '2',
      'QUERY_STRING',
      'y',
    ]
    const request = readVariables(pairs, SETTINGS)
    expect(request instanceof CgiRequest && request.common).toContain('A\x001\x00A\x002\x00')
    expect(request instanceof CgiRequest && request.own).toContain('\0y\0')
  })

  test.each([
    [{ HTTPS: 'on' }, 'https', '443'],
    [{ HTTPS: '1' }, 'https', '443'],
    [{ HTTPS: 'off' }, 'http', '80'],
    [{ HTTPS: '' }, 'http', '80'],
    [{ UWSGI_SCHEME: 'https' }, 'https', '443'],
    [{ UWSGI_SCHEME: 'http', HTTPS: 'on' }, 'http', '80'],
  ])('has the scheme of %j', (given, scheme, port) => {
    const { HTTPS, ...strings } = environ(given)
    expect(strings).toMatchObject({ 'wsgi.url_scheme': scheme, SERVER_PORT: port })
    expect(HTTPS).toBe(scheme === 'https' ? 'on' : undefined)
  })

  test('lacks what would be taken for something else', () => {
    const strings = environ({
      HTTP_PROXY: 'http://192.0.2.1',
      HTTP_CONTENT_LENGTH: '7',
      HTTP_TRANSFER_ENCODING: 'chunked',
      CONTENT_TYPE: '',
      'wsgi.input': 'a text',
      'gantry.request': 'a text',
      RAW_URI: '/other',
    })
    expect(
      Object.keys(strings).filter((key) => /PROXY|CONTENT|TRANSFER|input|gantry\.|RAW/.test(key)),
    ).toEqual([])
  })

  test('has the variables by which uWSGI is told what to run, which have no effect', () => {
    expect(environ({ UWSGI_SCRIPT: 'other', UWSGI_CHDIR: '/' })).toMatchObject({ UWSGI_SCRIPT: 'other' })
  })

  test('has the mount of --script-name', () => {
    const settings = { ...SETTINGS, scriptName: '/app' }
    expect(environ({ PATH_INFO: '/app/x' }, settings)).toMatchObject({ SCRIPT_NAME: '/app', PATH_INFO: '/x' })
  })
})

describe('what proxies in front of the web server say', () => {
  const FORWARDED = { HTTP_X_FORWARDED_FOR: '192.0.2.7', HTTP_X_FORWARDED_PROTO: 'https', HTTP_FORWARDED: '' }

  test('counts if the last of them is trusted', () => {
    const { HTTP_FORWARDED, ...said } = FORWARDED
    expect(environ({ ...said, REMOTE_ADDR: '10.0.0.1', REMOTE_PORT: '1' })).toMatchObject({
      REMOTE_ADDR: '192.0.2.7',
      REMOTE_PORT: '0',
      'wsgi.url_scheme': 'https',
      HTTPS: 'on',
      HTTP_X_FORWARDED_FOR: '192.0.2.7',
    })
    expect(HTTP_FORWARDED).toBe('')
  })

  test('counts on a Unix socket of the web server, which nginx calls unix:, if those are trusted', () => {
    const request = read({ HTTP_X_FORWARDED_FOR: '192.0.2.7', REMOTE_ADDR: 'unix:' })
    expect(request instanceof CgiRequest && request.remoteAddress).toBe('192.0.2.7')
  })

  test('is removed otherwise, and told', () => {
    removed.length = 0
    const strings = environ({ ...FORWARDED, REMOTE_ADDR: '192.0.2.1' })
    expect(strings).toMatchObject({ REMOTE_ADDR: '192.0.2.1', 'wsgi.url_scheme': 'http' })
    expect(Object.keys(strings).filter((key) => key.includes('FORWARDED'))).toEqual([])
    expect(removed).toEqual([
      'X-FORWARDED-FOR 192.0.2.1',
      'X-FORWARDED-PROTO 192.0.2.1',
      'FORWARDED 192.0.2.1',
    ])
  })

  test('is removed where the web server does not say who sent it', () => {
    expect(environ({ HTTP_X_FORWARDED_FOR: '192.0.2.7' })).not.toHaveProperty('HTTP_X_FORWARDED_FOR')
  })
})

describe('a request is refused', () => {
  test.each([
    ['METHOD_MISSING', { REQUEST_METHOD: '' }],
    ['METHOD_UNUSUAL', { REQUEST_METHOD: 'get' }],
    ['VARIABLE_MALFORMED', { A: 'one\0HTTP_HOST\0two' }],
    ['VARIABLE_MALFORMED', { 'A\0': 'x' }],
    ['VARIABLE_MALFORMED', { 'A B': 'x' }],
    ['VARIABLE_MALFORMED', { 'A=B': 'x' }],
    ['VARIABLE_MALFORMED', { '': 'x' }],
    ['CONTENT_LENGTH_MALFORMED', { CONTENT_LENGTH: '1x' }],
    ['CONTENT_LENGTH_MALFORMED', { CONTENT_LENGTH: '-1' }],
    ['BODY_TOO_LARGE', { CONTENT_LENGTH: '101' }],
    ['REQUEST_LINE_TOO_LONG', { REQUEST_URI: `/${'x'.repeat(60)}` }],
    ['FIELD_TOO_LONG', { HTTP_A: 'x'.repeat(40) }],
    ['TOO_MANY_FIELDS', { HTTP_A: '', HTTP_B: '', HTTP_C: '', HTTP_D: '' }],
    ['FORWARDED_MALFORMED', { REMOTE_ADDR: '10.0.0.1', HTTP_X_FORWARDED_PROTO: 'ftp' }],
  ])('with %s', (code, variables) => {
    expect(read(variables as Variables)).toBe(code)
  })
})

test('fields and variables are found by their names, for the access log', () => {
  const request = read({
    HTTP_REFERER: 'HTTP_USER_AGENT',
    HTTP_USER_AGENT: 'curl',
    CONTENT_TYPE: 'text/plain',
  })
  if (!(request instanceof CgiRequest)) throw new Error(request)
  expect(['referer', 'user-agent', 'content-type', 'absent'].map((name) => request.field(name))).toEqual([
    'HTTP_USER_AGENT',
    'curl',
    'text/plain',
    undefined,
  ])
})
