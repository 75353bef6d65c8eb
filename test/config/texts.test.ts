import { describe, expect, test } from 'vitest'
import {
  parseEnvironmentEntry,
  parsePath,
  parseScriptName,
  parseServerHeader,
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
