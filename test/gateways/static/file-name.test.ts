import fc from 'fast-check'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fileNameOf } from '../../../src/gateways/static/file-name.ts'

describe('the path of a request below the prefix of a directory', () => {
  test.each([
    ['', ''],
    ['/site.css', '/site.css'],
    ['/css/site.min.css', '/css/site.min.css'],
    ['/a%20b.txt', '/a b.txt'],
    ['/caf%C3%A9/%e2%82%ac', '/café/€'],
    ['/100%25', '/100%'],
    // Decoded once, and no more.
    ['/%252e%252e/x', '/%2e%2e/x'],
    ['/a..b', '/a..b'],
    ['/a.', '/a.'],
    ["/!$&'()*+,;=:@-_~", "/!$&'()*+,;=:@-_~"],
    ['/.well-known/security.txt', '/.well-known/security.txt'],
    ['/x/.well-known', '/x/.well-known'],
    ['/%2ewell-known/x', '/.well-known/x'],
    ['/a?b', '/a?b'],
  ])('%j is the file %j', (path, name) => {
    expect(fileNameOf(path)).toBe(name)
  })

  test.each([
    '/',
    '//',
    '/css/',
    '//site.css',
    '/css//site.css',
    '/..',
    '/../etc/passwd',
    '/css/../../etc/passwd',
    '/.',
    '/./site.css',
    '/%2e%2e/etc/passwd',
    '/%2E./x',
    '/.%2e/x',
    '/css/%2e%2e%2f%2e%2e/x',
    '/..%2fetc',
    '/css%2fsite.css',
    '/..\\x',
    '/a\\b',
    '/a%5cb',
    '/..%5c..%5cx',
    '/.env',
    '/.git/config',
    '/css/.htaccess',
    '/%2eenv',
    '/.well-known-not/x',
    '/.well-known.',
    '/..well-known/x',
    '/a%00b',
    '/a%00.css',
    '/a%0ab',
    '/a%7fb',
    '/a%C2%85b',
    '/%ff',
    '/%c0%ae%c0%ae/x',
    '/%',
    '/%2',
    '/%zz',
    '/%20/',
    '/a b',
    '/caf\xc3\xa9',
    '/%20\xe9',
    'site.css',
    'x%20y',
  ])('%j is none', (path) => {
    expect(fileNameOf(path)).toBeUndefined()
  })

  test('whatever it is, it stays below the directory and names nothing hidden', () => {
    const part = fc.constantFrom(
      ...['.', '..', '/', '%2e', '%2F', '%5c', '\\', '%00', 'a', '%25', '%C3%A9', '~'],
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const name = fileNameOf(`/${parts.join('')}`)
        if (name === undefined) return
        expect(join('/root', name)).toBe(`/root${name}`)
        expect(name.split('/').some((each) => each.startsWith('.') || /[\0\\]/.test(each))).toBe(false)
      }),
    )
  })
})
