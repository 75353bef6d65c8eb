import { describe, expect, test } from 'vitest'
import { isAuthority } from '../../src/http/host.ts'

// Bytes round the value must not be looked at: it lies in the middle of a head.
function accepts(value: string): boolean {
  const bytes = Buffer.from(`a${value}1`, 'latin1')
  return isAuthority(bytes, 1, bytes.length - 1)
}

describe('isAuthority', () => {
  test.each([
    'a.test',
    'a.test.',
    'localhost',
    'A-b_c~d.TEST',
    '192.0.2.1',
    'a.test:80',
    'a.test:0',
    'a.test:65535',
    'a.test:00080',
    'a.test:',
    '[::1]',
    '[2001:DB8::192.0.2.1]:8080',
    '[::]',
    '[1:2:3:4:5:6:7:8]:1',
    "a!$&'()*+;=b",
  ])('takes %s (RFC 3986 §3.2.2)', (value) => {
    expect(accepts(value)).toBe(true)
  })

  test.each([
    '',
    ':80',
    ' a.test',
    'a test',
    'a.test ',
    'a\ttest',
    'a.test:8o',
    'a.test:-1',
    'a.test:65536',
    'a.test:99999999999999999999',
    'a.test:80:80',
    'a.test/',
    'a.test?',
    'a.test#',
    'user@a.test',
    'user:password@a.test',
    'a.test,b.test',
    'http://a.test',
    'a\\b',
    'a"b',
    'a<b>',
    'a.test\0',
    'caf\xe9.test',
    'a%zz',
    'a%4',
    'a%',
    '[',
    '[]',
    '[::1',
    '::1',
    '[::1]80',
    '[fe80::1%25eth0]',
    '[v1.a]',
    '[.]',
    '[:]',
    '[1.2.3.4]',
    '[1::2::3]',
    '[1:2:3:4:5:6:7:8:9]',
    '[::10000]',
    '[::1]:80]',
    'a]',
    'caf%C3%A9.test',
    '[::1]]',
  ])('refuses %j (RFC 9110 §7.2)', (value) => {
    expect(accepts(value)).toBe(false)
  })
})
