import { describe, expect, test } from 'vitest'
import { parseNetwork } from '../../src/config/networks.ts'

describe('parseNetwork', () => {
  test.each([
    ['192.0.2.1', 'ipv4', '192.0.2.1', 32],
    ['10.0.0.0/8', 'ipv4', '10.0.0.0', 8],
    ['0.0.0.0/0', 'ipv4', '0.0.0.0', 0],
    ['10.1.2.3/32', 'ipv4', '10.1.2.3', 32],
    ['::1', 'ipv6', '::1', 128],
    ['fd00::/8', 'ipv6', 'fd00::', 8],
    ['2001:DB8::1/128', 'ipv6', '2001:DB8::1', 128],
    ['::ffff:192.0.2.1', 'ipv6', '::ffff:192.0.2.1', 128],
  ])('reads %s: %s, %s with %i leading bits', (text, family, address, prefix) => {
    expect(parseNetwork(text)).toEqual({ ok: true, value: { kind: 'subnet', family, address, prefix } })
  })

  test('reads unix: whoever connects through a Unix socket', () => {
    expect(parseNetwork('unix')).toEqual({ ok: true, value: { kind: 'unix' } })
  })

  test.each([
    '',
    'Unix',
    'unix:/run/x.sock',
    'localhost',
    'proxy.test',
    '10.0.0',
    '10.0.0.0.0',
    '256.0.0.1',
    '010.0.0.1',
    '0x0a.0.0.1',
    '167772161',
    '10.0.0.1:80',
    ' 10.0.0.1',
    '10.0.0.1 ',
    '10.0.0.1\n',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/+8',
    '10.0.0.0/a',
    '10.0.0.0/255.0.0.0',
    '/8',
    '[::1]',
    '::1::',
    'fe80::1%eth0',
    'fe80::1%eth0/64',
  ])('refuses %j, and says what would do', (text) => {
    expect(parseNetwork(text)).toEqual({
      ok: false,
      expected: 'an IP address, a network such as 10.0.0.0/8 or fd00::/8, or unix',
    })
  })

  test.each([
    ['10.0.0.0/33', 32],
    ['10.0.0.0/999', 32],
    ['fd00::/129', 128],
  ])('refuses %s: more bits than an address has', (text, bits) => {
    expect(parseNetwork(text)).toEqual({ ok: false, expected: `at most ${bits} bits behind the slash` })
  })

  test('refuses *, which gunicorn takes, and says what it would be', () => {
    const parsed = parseNetwork('*')
    expect(parsed.ok ? '' : parsed.expected).toContain('0.0.0.0/0,::/0,unix')
  })
})
