import { BlockList } from 'node:net'
import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { parseNetwork } from '../../src/config/networks.ts'
import { formatAddress } from '../../src/http/ip-address.ts'
import { TrustedProxies } from '../../src/gateways/trusted-proxies.ts'

function trusts(networks: readonly string[], address: string): boolean {
  const parsed = networks.map((text) => {
    const network = parseNetwork(text)
    if (!network.ok) throw new Error(`not a network: ${text}`)
    return network.value
  })
  return new TrustedProxies(parsed).trusts(address)
}

describe('TrustedProxies', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['10.0.0.0/8', '10.255.0.1'],
    ['10.1.2.3/8', '10.9.9.9'],
    ['0.0.0.0/0', '203.0.113.9'],
    ['fd00::/8', 'fd12:3456::1'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['fe80::/10', 'fe80::1%eth0'],
    ['172.16.0.0/12', '172.31.255.255'],
    ['2001:db8::/33', '2001:db8:7fff::'],
    ['::/0', '2001:db8::1'],
    ['::ffff:0:0/90', '::ffc0:0:1'],
    ['unix', ''],
  ])('that hold %s trust %j', (network, address) => {
    expect(trusts(['203.0.113.1', network], address)).toBe(true)
  })

  test.each([
    ['192.0.2.1', '192.0.2.2'],
    ['10.0.0.0/8', '11.0.0.1'],
    ['fd00::/8', 'fe80::1'],
    ['10.0.0.0/8', '::a00:1'],
    ['unix', '127.0.0.1'],
    ['0.0.0.0/0', ''],
    ['0.0.0.0/0', '::1'],
    ['::/0', '192.0.2.1'],
    ['::ffff:0:0/90', '192.0.2.1'],
    ['::ffff:0:0/90', '::1'],
    ['172.16.0.0/12', '172.32.0.0'],
    ['172.16.0.0/12', '172.15.255.255'],
    ['2001:db8::/33', '2001:db8:8000::'],
    ['0.0.0.0/0', 'rubbish'],
    ['0.0.0.0/0', '1.2.3.4:80'],
  ])('that hold %s do not trust %j', (network, address) => {
    expect(trusts([network], address)).toBe(false)
  })

  test.each([
    ['10.0.0.0/8', '::ffff:10.1.2.3'],
    ['10.0.0.0/8', '::ffff:a01:203'],
    ['::ffff:10.0.0.0/104', '10.1.2.3'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ])(
    'take a mapped address for the IPv4 address it is: %s holds %s (RFC 4291 §2.5.5.2)',
    (network, address) => {
      expect(trusts([network], address)).toBe(true)
    },
  )

  test('trust nobody unless told to', () => {
    for (const address of ['', '127.0.0.1', '::1', '10.0.0.1']) expect(trusts([], address)).toBe(false)
  })

  test('find what a BlockList finds', () => {
    const octet = fc.constantFrom(0, 1, 10, 127, 128, 255)
    const address = (family: 'ipv4' | 'ipv6'): fc.Arbitrary<string> => {
      const length = family === 'ipv4' ? 4 : 16
      // The first byte keeps mapped addresses out, which are another matter.
      const first = family === 'ipv4' ? octet : fc.constantFrom(1, 128, 255)
      return fc
        .tuple(first, ...Array.from({ length: length - 1 }, () => octet))
        .map((bytes) => formatAddress(bytes))
    }
    const families = fc.constantFrom<('ipv4' | 'ipv6')[]>('ipv4', 'ipv6')
    const cases = families.chain((family) =>
      fc.tuple(
        fc.constant(family),
        address(family),
        fc.integer({ min: 0, max: family === 'ipv4' ? 32 : 128 }),
        fc.tuple(address(family), fc.boolean()),
      ),
    )
    fc.assert(
      fc.property(cases, ([family, network, bits, [other, isSame]]) => {
        const asked = isSame ? network : other
        const list = new BlockList()
        list.addSubnet(network, bits, family)
        expect(trusts([`${network}/${bits}`], asked)).toBe(list.check(asked, family))
      }),
      { numRuns: 1000 },
    )
  })
})
