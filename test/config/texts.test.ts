import { describe, expect, test } from 'vitest'
import {
  parseAddedField,
  parseEnvironmentEntry,
  parseUnderscoreField,
  parsePath,
  parseRoute,
  parseScriptName,
  parseServerHeader,
  parseSwitch,
  parseText,
} from '../../src/config/texts.ts'

const place = { startDirectory: '/srv/shop', temporaryDirectory: '/tmp' }

describe('parseScriptName', () => {
  test.each(['', '/shop', '/shop/admin', '/größe', '/gr%C3%B6%C3%9Fe', '/a.b', '/...'])(
    'takes %j',
    (text) => {
      expect(parseScriptName(text)).toEqual({ ok: true, value: text })
    },
  )

  test.each([
    '/',
    'shop',
    '/shop/',
    '//shop',
    '/shop//a',
    '/a/../b',
    '/.',
    '/a?b',
    '/a#b',
    '/a\nb',
    '/a\0',
    '/100%',
    '/%FF',
  ])('refuses %j', (text) => {
    expect(parseScriptName(text).ok).toBe(false)
  })
})

describe('parseServerHeader', () => {
  test.each(['', 'gantry', 'gantry/0.1 (it works)'])('takes %j', (text) => {
    expect(parseServerHeader(text)).toEqual({ ok: true, value: text })
  })

  test.each(['a\r\nSet-Cookie: b=c', 'a\n', ' a', 'a ', 'ä', '\0', '\x7f'])(
    'refuses %j (RFC 9110 §5.5)',
    (text) => {
      expect(parseServerHeader(text).ok).toBe(false)
    },
  )
})

describe('parseEnvironmentEntry', () => {
  test('splits at the first equals sign', () => {
    expect(parseEnvironmentEntry('A=b=c')).toEqual({ ok: true, value: { name: 'A', value: 'b=c' } })
    expect(parseEnvironmentEntry('A=')).toEqual({ ok: true, value: { name: 'A', value: '' } })
  })

  test.each(['', 'A', '=b', 'A\0=b', 'A=b\0'])('refuses %j', (text) => {
    expect(parseEnvironmentEntry(text).ok).toBe(false)
  })
})

describe('parsePath', () => {
  test('makes a path absolute from the directory gantry was started in', () => {
    expect(parsePath('site', place)).toEqual({ ok: true, value: '/srv/shop/site' })
    expect(parsePath('/site/', place)).toEqual({ ok: true, value: '/site' })
  })

  test('refuses nothing, and NUL', () => {
    expect(parsePath('', place).ok).toBe(false)
    expect(parsePath('a\0b', place).ok).toBe(false)
  })
})

describe('parseText', () => {
  test('takes anything but nothing and NUL', () => {
    expect(parseText('shop:create_app("x")')).toEqual({ ok: true, value: 'shop:create_app("x")' })
    expect(parseText('').ok).toBe(false)
    expect(parseText('a\0').ok).toBe(false)
  })
})

describe('parseSwitch', () => {
  test.each([
    ['on', true],
    ['true', true],
    ['yes', true],
    ['1', true],
    ['off', false],
    ['false', false],
    ['no', false],
    ['0', false],
  ])('reads %j as %j', (text, value) => {
    expect(parseSwitch(text)).toEqual({ ok: true, value })
  })

  test.each(['', 'On', 'TRUE', ' on', 'on\n', '2', 'null', 'shop.wsgi'])('refuses %j', (text) => {
    expect(parseSwitch(text)).toEqual({ ok: false, expected: 'on or off' })
  })
})

describe('parseUnderscoreField', () => {
  test('takes any field name that holds "_", and lowers its case (RFC 9110 §5.1)', () => {
    expect(parseUnderscoreField('X_Account')).toEqual({ ok: true, value: 'x_account' })
    expect(parseUnderscoreField("!#$%&'*+-.^_`|~09aZ")).toEqual({ ok: true, value: "!#$%&'*+-.^_`|~09az" })
  })

  test.each(['', 'X Account', 'X_Account:', 'X_Ä', 'X_\0'])('refuses %j, which is no field name', (text) => {
    expect(parseUnderscoreField(text).ok).toBe(false)
  })

  test.each(['X-Account', 'Content_Length', 'content_type', 'Transfer_Encoding', 'X_Forwarded_For'])(
    'refuses %s, which needs no leave or must never have it',
    (text) => {
      expect(parseUnderscoreField(text).ok).toBe(false)
    },
  )
})

describe('parseRoute', () => {
  test('takes the root for all paths', () => {
    expect(parseRoute('/')).toEqual({ ok: true, value: '' })
  })

  test.each(['/upload', '/api/v1/files', '/gr%C3%B6%C3%9Fe', "/a-._~!$&'()*+;=:@"])('takes %j', (text) => {
    expect(parseRoute(text)).toEqual({ ok: true, value: text })
  })

  test.each([
    '',
    'upload',
    '/upload/',
    '//',
    '/a//b',
    '/a?b',
    '/a#b',
    '/a b',
    '/größe',
    '/a\n',
    '/a\0',
    '/a\x7f',
  ])('refuses %j, which no request target can begin with (RFC 9112 §3.2.1)', (text) => {
    expect(parseRoute(text).ok).toBe(false)
  })

  test('refuses a long path that is wrong at its end as fast as one that is right', () => {
    expect(parseRoute(`${'/a'.repeat(50_000)}?`).ok).toBe(false)
  })
})

describe('parseAddedField', () => {
  test.each([
    ['X-Frame-Options=DENY', 'X-Frame-Options', 'DENY'],
    ["Content-Security-Policy=default-src 'self'; a=b", 'Content-Security-Policy', "default-src 'self'; a=b"],
    ['Access-Control-Allow-Origin=*', 'Access-Control-Allow-Origin', '*'],
  ])('takes %j', (text, name, value) => {
    expect(parseAddedField(text)).toEqual({ ok: true, value: { name, value } })
  })

  test.each([
    'X-Frame-Options',
    'X-Frame-Options=',
    '=DENY',
    'X Frame=DENY',
    'X-Frame-Options: DENY',
    'X-A=a\r\nX-B: b',
    'X-A=a\nb',
    'X-A=a\0b',
    'X-A= a',
    'X-A=a ',
    'X-A=é',
    'X:A=a',
    // What the server sets itself.
    'ETag="x"',
    'content-length=1',
    'Content-Encoding=br',
    'Transfer-Encoding=chunked',
    'connection=close',
    'Cache-Control=no-store',
    'Vary=*',
  ])('refuses %j', (text) => {
    expect(parseAddedField(text).ok).toBe(false)
  })
})
