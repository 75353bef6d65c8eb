import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { canonicalAddress, formatAddress } from '../../src/http/ip-address.ts'

describe('canonicalAddress', () => {
  test.each([
    '0.0.0.0',
    '192.0.2.1',
    '255.255.255.255',
    '::',
    '::1',
    '1::',
    '2001:db8::1',
    '1:2:3:4:5:6:7:8',
  ])('leaves %s as it is', (address) => {
    expect(canonicalAddress(address)).toBe(address)
  })

  test.each([
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:2:3:0:5:6:7:8', '1:2:3:0:5:6:7:8'],
    ['1:2:3::5:6:7:8', '1:2:3:0:5:6:7:8'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('writes %s as %s (RFC 5952 §4)', (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical)
  })

  test.each(['::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:192.0.2.1'])(
    'takes %s for the IPv4 address that it maps (RFC 4291 §2.5.5.2)',
    (address) => {
      expect(canonicalAddress(address)).toBe('192.0.2.1')
    },
  )

  test.each([
    ...[
      '',
      '.',
      ':',
      ':::',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.',
      '1.2.3.256',
      '01.2.3.4',
      '1.2.3.4 ',
      '1.2.3.4:80',
    ],
    ...['0x1.2.3.4', '1.2.3.-4', '1.2.3.4e0', '16909060', '1.2.3.٤', 'localhost', 'unknown', '_hidden'],
    ...[
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1::2::3',
      '1:2:3:4::5:6:7:8',
      ':1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:',
    ],
    ...[
      '::12345',
      '::g',
      '::1%eth0',
      '[::1]',
      '::1/128',
      '::1.2.3',
      '1.2.3.4::',
      '1.2.3.4::1',
      '::1.2.3.4:5',
    ],
  ])('takes %j for no address (RFC 3986 §3.2.2)', (text) => {
    expect(canonicalAddress(text)).toBeUndefined()
  })

  test('reads every address that formatAddress writes as itself', () => {
    const octets = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }))
    const bytes = (length: number): fc.Arbitrary<number[]> =>
      fc.array(octets, { minLength: length, maxLength: length })
    fc.assert(
      fc.property(fc.oneof(bytes(4), bytes(16)), (address) => {
        const text = formatAddress(address)
        expect(canonicalAddress(text)).toBe(text)
        expect(new URL(`http://${text.includes(':') ? `[${text}]` : text}/`).hostname).toBe(
          text.includes(':') ? `[${text}]` : text,
        )
      }),
    )
  })
})
