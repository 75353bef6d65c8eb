// Whatever a client sends, the proxies in front of us add their own words behind it: only theirs may count.

import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { forwardedOf, said } from './forwarded-of.ts'

/** What makes lists, quotes, addresses and parameters, in every wrong order. */
const rubbish = fc.oneof(
  fc.string({ unit: fc.constantFrom(...Array.from('",;=\\:[]._ \t019afx')) }),
  fc
    .array(
      fc.constantFrom(
        ...[
          'for=',
          'for="',
          '"',
          '\\"',
          ', ',
          ';',
          '10.0.0.9',
          '6.6.6.6',
          '[::1]',
          'proto=https',
          'host=evil.test',
        ],
        ...['unknown', '_x', 'https', 'evil.test', '/evil', '443'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
  fc.uint8Array({ maxLength: 40 }).map((bytes) =>
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/[^\t\x20-\x7e\x80-\xff]/g, '?'),
  ),
)
const separator = fc.constantFrom(',', ', ', ' ,\t')
const RUNS = { numRuns: 1000 }
/** Far more than a head holds unless somebody raises its limits. */
const LONGEST = 100_000
const CLIENT = { client: { address: '192.0.2.7', port: '0' } }
const ORIGIN = { scheme: 'https', host: 'shop.example', serverPort: '443' }

describe('a client that sends forwarded fields through trusted proxies', () => {
  test('changes nothing of what they say in X-Forwarded fields', () => {
    const fields = fc.record({ for: rubbish, proto: rubbish, host: rubbish, port: rubbish, prefix: rubbish })
    fc.assert(
      fc.property(fields, separator, (sent, comma) => {
        const appended = [
          `X-Forwarded-For: ${sent.for}${comma}192.0.2.7`,
          `X-Forwarded-Proto: ${sent.proto}${comma}https`,
          `X-Forwarded-Host: ${sent.host}${comma}shop.example`,
          `X-Forwarded-Port: ${sent.port}${comma}443`,
          `X-Forwarded-Prefix: ${sent.prefix}${comma}/shop`,
        ]
        const expected = said({ ...CLIENT, ...ORIGIN, prefix: '/shop' })
        expect(forwardedOf(...appended)).toEqual(expected)
        const further = ['http', 'inner.test', '8080', '/inner'].map((said) => `, ${said}`)
        const twice = appended.map((line, index) => `${line}${['', ...further][index]!}`)
        expect(forwardedOf(`${twice[0]!}, 10.0.0.2`, ...twice.slice(1))).toEqual(expected)
      }),
      RUNS,
    )
  })

  test('changes nothing of what they say in Forwarded (RFC 7239 §8.1)', () => {
    const ours = fc.constantFrom(
      'for=192.0.2.7;proto=https;host=shop.example',
      'for="192.0.2.7";host="shop.example";proto="https"',
      'by="[::1]:80";for=192.0.2.7;host="shop\\.example";proto=https;ext="a, \\"b;for=6.6.6.6"',
    )
    const inner = fc.constantFrom(
      '',
      ', for=10.0.0.2',
      ', for="[::ffff:10.0.0.2]:99";proto=http;host=inner.test',
    )
    fc.assert(
      fc.property(rubbish, separator, ours, inner, (sent, comma, element, behind) => {
        const expected = said({ ...CLIENT, ...ORIGIN })
        expect(forwardedOf(`Forwarded: ${sent}${comma}${element}${behind}`)).toEqual(expected)
        expect(forwardedOf(`Forwarded: ${sent}`, `Forwarded: ${element}${behind}`)).toEqual(expected)
      }),
      RUNS,
    )
  })

  test('is at worst refused, or taken for whom it names, where the proxies say nothing', () => {
    const names = ['For', 'Proto', 'Host', 'Port', 'Prefix'].map((name) => `X-Forwarded-${name}`)
    const line = fc
      .tuple(fc.constantFrom('Forwarded', ...names), rubbish)
      .map(([name, value]) => `${name}: ${value}`)
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const read = forwardedOf(...lines)
        if (read === undefined || typeof read === 'string') return
        expect(read.client?.address ?? '::').toMatch(/^[0-9a-f:.]+$/)
        expect(read.client?.port ?? '0').toMatch(/^\d{1,5}$/)
        expect(read.host ?? 'a').not.toMatch(/[\s,/@"\\]/)
        expect(read.serverPort ?? '1').toMatch(/^[1-9]\d{0,4}$/)
        expect(`${read.prefix}/`).toMatch(/^\/(?![/\\])/)
      }),
      RUNS,
    )
  })

  test('holds nobody up with a head full of it', () => {
    const parts = [...Array.from(',"\\;:[ ='), '\\"', '"\\', '"\\"', '::', 'for=', 'for="",', 'a=b;']
    for (const part of [...parts, '1.1.1.1,', '10.0.0.2,', 'for=10.0.0.2,']) {
      const value = part.repeat(LONGEST / part.length)
      // What grows with the square of the length would not come to its end here.
      for (const end of ['', '"', ', for=192.0.2.7'])
        forwardedOf(`Forwarded: a${value}${end}`, `X-Forwarded-For: a${value}${end}`)
      expect(forwardedOf(`X-Forwarded-For: ${value}, 192.0.2.7`)).toEqual(said(CLIENT))
    }
  })
})
