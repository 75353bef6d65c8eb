import { describe, expect, test } from 'vitest'
import { formatBindAddress, parseBindAddress } from '../../src/config/bind-address.ts'

describe('parseBindAddress', () => {
  test.each([
    ['127.0.0.1:8000', { kind: 'tcp', protocol: 'http', host: '127.0.0.1', port: 8000 }],
    ['localhost:0', { kind: 'tcp', protocol: 'http', host: 'localhost', port: 0 }],
    ['shop.example.com:65535', { kind: 'tcp', protocol: 'http', host: 'shop.example.com', port: 65_535 }],
    [':80', { kind: 'tcp', protocol: 'http', host: '', port: 80 }],
    ['[::1]:8000', { kind: 'tcp', protocol: 'http', host: '::1', port: 8000 }],
    ['[fe80::1%eth0]:8000', { kind: 'tcp', protocol: 'http', host: 'fe80::1%eth0', port: 8000 }],
    ['unix:/run/x.sock', { kind: 'unix', protocol: 'http', path: '/run/x.sock' }],
    ['http://127.0.0.1:8000', { kind: 'tcp', protocol: 'http', host: '127.0.0.1', port: 8000 }],
    ['http://:8000', { kind: 'tcp', protocol: 'http', host: '', port: 8000 }],
    ['fcgi://localhost:9000', { kind: 'tcp', protocol: 'fcgi', host: 'localhost', port: 9000 }],
    ['scgi://[::1]:9000', { kind: 'tcp', protocol: 'scgi', host: '::1', port: 9000 }],
    ['uwsgi+unix:/run/x.sock', { kind: 'unix', protocol: 'uwsgi', path: '/run/x.sock' }],
    ['http+unix:/run/x.sock', { kind: 'unix', protocol: 'http', path: '/run/x.sock' }],
    ['fcgi+fd:0', { kind: 'fd', protocol: 'fcgi', descriptor: 0 }],
    ['fd:3', { kind: 'fd', protocol: 'http', descriptor: 3 }],
    ['unix:x y:z.sock', { kind: 'unix', protocol: 'http', path: 'x y:z.sock' }],
  ])('reads %s', (text, value) => {
    const parsed = parseBindAddress(text)
    expect(parsed).toEqual({ ok: true, value })
    expect(parsed.ok && Object.isFrozen(parsed.value)).toBe(true)
  })

  test.each([
    '',
    '8000',
    'localhost',
    'localhost:',
    'localhost:http',
    '127.0.0.1:65536',
    '127.0.0.1:+80',
    '127.0.0.1:0x50',
    '127.0.0.1: 80',
    '127.0.0.1:8000 ',
    '999.1.1.1:80',
    '127.0.0.1.:80',
    'a b:80',
    '[localhost]:80',
    '[]:80',
    '::1:8000',
    '::1',
    'ftp://127.0.0.1:8000',
    'http://unix:/run/x.sock',
    'http://127.0.0.1:8000/',
    'fcgi:127.0.0.1:8000',
    'fcgi+127.0.0.1:8000',
    'fcgi+tcp:127.0.0.1:8000',
    'FCGI://127.0.0.1:8000',
    'fcgi+unix:',
    'fcgi+fd:',
    'fcgi+fd:x',
    'fcgi+fd:65536',
    'unix:',
    `unix:/${'x'.repeat(107)}`,
  ])('refuses %j', (text) => {
    expect(parseBindAddress(text).ok).toBe(false)
  })

  test('says what is missing from an IPv6 address without brackets', () => {
    expect(parseBindAddress('::1:8000')).toMatchObject({
      expected: expect.stringContaining('in brackets') as string,
    })
  })
})

describe('formatBindAddress', () => {
  test.each([
    ['127.0.0.1:8000', 'http://127.0.0.1:8000'],
    ['[::1]:8000', 'http://[::1]:8000'],
    [':8000', 'http://[::]:8000'],
    ['unix:/run/x.sock', 'unix:/run/x.sock'],
    ['http+unix:/run/x.sock', 'unix:/run/x.sock'],
    ['uwsgi+unix:/run/x.sock', 'uwsgi+unix:/run/x.sock'],
    ['scgi://:9000', 'scgi://[::]:9000'],
    ['fcgi+fd:0', 'fcgi+fd:0'],
    ['fd:3', 'fd:3'],
  ])('writes %s as %s', (text, url) => {
    const parsed = parseBindAddress(text)
    expect(parsed.ok && formatBindAddress(parsed.value)).toBe(url)
  })
})
