// By proxy-protocol.txt of HAProxy; the sections are its.

import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { type ProxyHeaderResult, readProxyHeader } from '../../src/http/proxy-protocol.ts'

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n'
const REST = Buffer.from('GET / HTTP/1.1\r\n\r\n')

/** What the reader makes of `bytes`, which must be the same however they come. */
function read(bytes: Buffer): ProxyHeaderResult {
  const whole = readProxyHeader(bytes)
  expect(readByteByByte(bytes)).toEqual(whole)
  return whole
}

function readByteByByte(bytes: Buffer): ProxyHeaderResult {
  for (let length = 0; length < bytes.length; length++) {
    const result = readProxyHeader(bytes.subarray(0, length))
    if (result.type !== 'need-data') return result
  }
  return readProxyHeader(bytes)
}

const version1 = (line: string): ProxyHeaderResult => read(Buffer.from(line, 'latin1'))

/** A header of version 2: the fourteen bytes that begin it, and the length of what is in the block. */
function version2(command: number, family: number, block: Buffer = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(block.length)
  return Buffer.concat([Buffer.from(SIGNATURE, 'latin1'), Buffer.from([command, family]), length, block])
}

function tlv(type: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type, value.length >> 8, value.length & 255]), value])
}

const TCP4 = Buffer.from([192, 0, 2, 7, 192, 0, 2, 1, 0xdc, 0x04, 0x01, 0xbb])
const TCP6 = Buffer.from(`20010db8${'00'.repeat(11)}07${'00'.repeat(15)}01dc0401bb`, 'hex')
const SSL = tlv(0x20, Buffer.concat([Buffer.from([1, 0, 0, 0, 1]), tlv(0x21, Buffer.from('TLSv1.3'))]))
const MALFORMED = { type: 'violation', code: 'PROXY_HEADER_MALFORMED' }
const MISSING = { type: 'violation', code: 'PROXY_HEADER_MISSING' }
const header = (source: { address: string; port: string } | undefined, isTls = false): object =>
  expect.objectContaining({ type: 'header', source, isTls }) as object

describe('a PROXY header of version 1', () => {
  test.each([
    ['PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n', { address: '192.168.0.1', port: '56324' }],
    [
      'PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n',
      { address: '255.255.255.255', port: '65535' },
    ],
    ['PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n', { address: '0.0.0.0', port: '0' }],
    ['PROXY TCP6 2001:DB8::7 ::1 56324 443\r\n', { address: '2001:db8::7', port: '56324' }],
    ['PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n', { address: '192.0.2.7', port: '1' }],
    ['PROXY UNKNOWN\r\n', undefined],
    ['PROXY UNKNOWN \r\n', undefined],
    ['PROXY UNKNOWN whatever this is\r\n', undefined],
    [`PROXY UNKNOWN ${`${'ffff:'.repeat(7)}ffff `.repeat(2)}65535 65535\r\n`, undefined],
  ])('is read: %j (§2.1)', (line, source) => {
    expect(version1(line)).toEqual({ type: 'header', length: line.length, source, isTls: false })
    expect(version1(line + REST.toString())).toMatchObject({ length: line.length })
  })

  test.each([
    ...[
      'PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\n',
      'PROXY UNKNOWN\n',
      'PROXY UNKNOWN\rx\r\n',
      'PROXY \r\n',
    ],
    ...[
      'PROXY UNKNOWNX\r\n',
      'PROXY unknown\r\n',
      'PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n',
      'PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n',
    ],
    ...[
      'PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n',
      'PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n',
      'PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n',
    ],
    ...[
      'PROXY TCP4\t1.1.1.1 2.2.2.2 1 2\r\n',
      'PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n',
      'PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n',
    ],
    ...[
      'PROXY TCP4 01.1.1.1 2.2.2.2 1 2\r\n',
      'PROXY TCP4 1.1.1.1 2.2.2.256 1 2\r\n',
      'PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n',
    ],
    ...['PROXY TCP4 ::1 ::2 1 2\r\n', 'PROXY TCP6 1.1.1.1 ::2 1 2\r\n', 'PROXY TCP6 ::1 2.2.2.2 1 2\r\n'],
    ...[
      'PROXY TCP6 [::1] ::2 1 2\r\n',
      'PROXY TCP6 ::1%lo ::2 1 2\r\n',
      'PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n',
    ],
    ...[
      'PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n',
      'PROXY TCP4 1.1.1.1 2.2.2.2 1 -2\r\n',
      'PROXY TCP4 1.1.1.1 2.2.2.2 +1 2\r\n',
    ],
    ...['PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\r\n', 'PROXY / HTTP/1.1\r\n', 'PROXY UNKNOWN \x07\r\n'],
  ])('is refused: %j (§2.1)', (line) => {
    expect(version1(line)).toEqual(MALFORMED)
  })

  test('is not waited for beyond 107 bytes (§2.1)', () => {
    expect(version1(`PROXY UNKNOWN ${'x'.repeat(92)}`)).toEqual({ type: 'need-data' })
    expect(version1(`PROXY UNKNOWN ${'x'.repeat(93)}`)).toEqual(MALFORMED)
    expect(version1(`PROXY UNKNOWN ${'x'.repeat(91)}\r\n`)).toMatchObject({ length: 107 })
    expect(version1(`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`)).toEqual(MALFORMED)
  })
})

describe('a PROXY header of version 2', () => {
  const client4 = { address: '192.0.2.7', port: '56324' }
  const noop = tlv(0x04, Buffer.alloc(9))
  const authority = tlv(0x02, Buffer.from('shop.example'))

  test.each([
    ['TCP over IPv4', version2(0x21, 0x11, TCP4), header(client4)],
    ['TCP over IPv6', version2(0x21, 0x21, TCP6), header({ address: '2001:db8::7', port: '56324' })],
    ['a Unix stream', version2(0x21, 0x31, Buffer.alloc(216, 'a')), header(undefined)],
    ['what it does not name', version2(0x21, 0x00), header(undefined)],
    ['what it does not name, with a block', version2(0x21, 0x00, TCP4), header(undefined)],
    ['the proxy itself', version2(0x20, 0x00), header(undefined)],
    [
      'the proxy itself, with a block to skip',
      version2(0x20, 0x11, Buffer.alloc(20, 'x')),
      header(undefined),
    ],
    ['the proxy itself, by a family unheard of', version2(0x20, 0xff, TCP4), header(undefined)],
    ['TLS', version2(0x21, 0x11, Buffer.concat([TCP4, SSL])), header(client4, true)],
    [
      'TLS, among others',
      version2(0x21, 0x11, Buffer.concat([TCP4, noop, SSL, authority])),
      header(client4, true),
    ],
    [
      'no TLS, as a certificate is another bit',
      version2(0x21, 0x11, Buffer.concat([TCP4, tlv(0x20, Buffer.from([6, 0, 0, 0, 0]))])),
      header(client4),
    ],
    [
      'TLS over a Unix stream',
      version2(0x21, 0x31, Buffer.concat([Buffer.alloc(216), SSL])),
      header(undefined, true),
    ],
    [
      'no TLS, as unknown types say nothing',
      version2(0x21, 0x11, Buffer.concat([TCP4, tlv(0xee, SSL)])),
      header(client4),
    ],
  ])('speaks for %s (§2.2)', (_what, bytes, expected) => {
    expect(read(bytes)).toEqual(expected)
    expect(read(Buffer.concat([bytes, REST]))).toMatchObject({ type: 'header', length: bytes.length })
  })

  test.each([
    ['version 1 in binary', version2(0x11, 0x11, TCP4)],
    ['version 3', version2(0x31, 0x11, TCP4)],
    ['an unknown command', version2(0x22, 0x11, TCP4)],
    ['UDP over IPv4', version2(0x21, 0x12, TCP4)],
    ['UDP over IPv6', version2(0x21, 0x22, TCP6)],
    ['a Unix datagram', version2(0x21, 0x32, Buffer.alloc(216))],
    ['an unknown family', version2(0x21, 0x41, TCP4)],
    ['an unknown protocol', version2(0x21, 0x13, TCP4)],
    ['a family without a protocol', version2(0x21, 0x10, TCP4)],
    ['a block too short for its addresses', version2(0x21, 0x11, TCP4.subarray(1))],
    ['no block', version2(0x21, 0x21)],
    ['a TLV without a length', version2(0x21, 0x11, Buffer.concat([TCP4, Buffer.from([4, 0])]))],
    ['a TLV longer than the block', version2(0x21, 0x11, Buffer.concat([TCP4, Buffer.from([4, 0, 2, 0])]))],
    [
      'a TLS TLV that is too short',
      version2(0x21, 0x11, Buffer.concat([TCP4, tlv(0x20, Buffer.from([1, 0, 0, 0]))])),
    ],
    [
      'a TLV in the TLS TLV that is too long',
      version2(0x21, 0x11, Buffer.concat([TCP4, tlv(0x20, Buffer.from([1, 0, 0, 0, 0, 0x21, 0, 1]))])),
    ],
    [
      'more than 4 KiB',
      version2(0x21, 0x11, Buffer.concat([TCP4, tlv(0x04, Buffer.alloc(4096 - 16 - 12 - 2))])),
    ],
  ])('is refused for %s (§2.2)', (_what, bytes) => {
    expect(read(bytes)).toEqual(MALFORMED)
  })

  test.each([
    ['the right one', '6ba621a4', header(client4)],
    ['one with a wrong bit', '6aa621a4', MALFORMED],
    ['one that is too short', '6ba621', MALFORMED],
  ])('is checked by its checksum: %s (§2.2.3)', (_what, checksum, expected) => {
    const block = Buffer.concat([TCP4, tlv(0x04, Buffer.alloc(1)), tlv(0x03, Buffer.from(checksum, 'hex'))])
    expect(read(version2(0x21, 0x11, block))).toEqual(expected)
  })

  test('may have 4 KiB', () => {
    const bytes = version2(0x21, 0x11, Buffer.concat([TCP4, tlv(0x04, Buffer.alloc(4096 - 16 - 12 - 3))]))
    expect(read(bytes)).toEqual({ type: 'header', length: 4096, source: client4, isTls: false })
  })

  test('is refused for its size as soon as it says so', () => {
    expect(readProxyHeader(version2(0x21, 0x11, Buffer.alloc(5000)).subarray(0, 16))).toEqual(MALFORMED)
  })
})

describe('what is no PROXY header', () => {
  test.each([
    'GET / HTTP/1.1\r\n',
    'POST / HTTP/1.1\r\n',
    '\r\nGET / HTTP/1.1\r\n',
    '\x16\x03\x01',
    'proxy TCP4',
    '\0',
  ])('is missed as soon as a byte says so: %j (§2.2)', (text) => {
    const bytes = Buffer.from(text, 'latin1')
    const different = [...bytes].findIndex(
      (byte, at) => byte !== 'PROXY '.charCodeAt(at) && byte !== SIGNATURE.charCodeAt(at),
    )
    expect(readProxyHeader(bytes.subarray(0, different))).toEqual({ type: 'need-data' })
    expect(readProxyHeader(bytes.subarray(0, different + 1))).toEqual(MISSING)
    expect(read(bytes)).toEqual(MISSING)
  })

  test('is read the same however it comes, and never makes the reader throw', () => {
    const begins = fc.constantFrom(
      ...[
        '',
        'PROXY ',
        'PROXY TCP4 1.1.1.1 ',
        'PROXY UNKNOWN',
        SIGNATURE,
        `${SIGNATURE}\x21\x11\0`,
        `${SIGNATURE}\x21\x21\0\x40`,
      ],
    )
    const bytes = fc.uint8Array({ maxLength: 120 }).map((array) => Buffer.from(array))
    const text = fc
      .string({ unit: fc.constantFrom(...Array.from(' 0123.:TCP46UNKOW\r\n')) })
      .map((string) => Buffer.from(string, 'latin1'))
    fc.assert(
      fc.property(begins, fc.oneof(bytes, text), (begin, rest) => {
        read(Buffer.concat([Buffer.from(begin, 'latin1'), rest]))
      }),
      { numRuns: 500 },
    )
  })

  test('is read the same however it comes, one byte of a good header being another', () => {
    const good = [
      Buffer.from('PROXY TCP6 2001:db8::7 ::1 56324 443\r\n'),
      version2(0x21, 0x11, Buffer.concat([TCP4, SSL])),
    ]
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.nat(), fc.integer({ min: 0, max: 255 }), (whole, at, byte) => {
        const bytes = Buffer.from(whole)
        bytes[at % bytes.length] = byte
        const result = read(bytes)
        if (result.type === 'header') expect(result.length).toBeLessThanOrEqual(bytes.length)
      }),
      { numRuns: 500 },
    )
  })
})
