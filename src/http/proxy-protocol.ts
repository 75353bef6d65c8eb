// The PROXY protocol, versions 1 and 2, as HAProxy's proxy-protocol.txt has it: what a proxy says of its client before the client's
// own bytes. Strict, as a receiver must be (§2.1): what is not exactly a header is refused.

import { crc32c } from './crc32c.ts'
import { canonicalAddress, formatAddress } from './ip-address.ts'

const VERSION_1_SIGNATURE = Buffer.from('PROXY ', 'latin1')
const VERSION_2_SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const VERSION_1_MAX_BYTES = 107
/** The most that is waited for: a header with certificates and cookies of every kind fits. */
const VERSION_2_MAX_BYTES = 4096
const VERSION_2_FIXED_BYTES = 16
const LF = 0x0a
const LOCAL = 0x20
const PROXY = 0x21
const TYPE_CRC32C = 0x03
const CRC32C_BYTES = 4
const TYPE_SSL = 0x20
const CLIENT_SSL = 0x01
const TLV_HEAD_BYTES = 3
// `client` and `verify`, before the TLVs within.
const SSL_HEAD_BYTES = 5

/** What may be forwarded, by the family byte: bytes of its address block, and of one address in it where that is an IP address. */
const FAMILIES: ReadonlyMap<number, { readonly blockBytes: number; readonly addressBytes: number }> = new Map(
  [
    [0x11, { blockBytes: 12, addressBytes: 4 }], // TCP over IPv4
    [0x21, { blockBytes: 36, addressBytes: 16 }], // TCP over IPv6
    [0x31, { blockBytes: 216, addressBytes: 0 }], // a Unix stream
  ],
)
const UNSPECIFIED = 0x00

export interface ProxyHeader {
  readonly type: 'header'
  /** Bytes of the header; the client's own follow. */
  readonly length: number
  /** Undefined where the proxy speaks for itself (LOCAL) or does not say: then the connection's own peer is the client. */
  readonly source: { readonly address: string; readonly port: string } | undefined
  /** The client spoke TLS to the proxy. */
  readonly isTls: boolean
}

export type ProxyHeaderResult =
  | ProxyHeader
  | { readonly type: 'need-data' }
  | { readonly type: 'violation'; readonly code: 'PROXY_HEADER_MISSING' | 'PROXY_HEADER_MALFORMED' }

const NEED_DATA = { type: 'need-data' } as const
const MISSING = { type: 'violation', code: 'PROXY_HEADER_MISSING' } as const
const MALFORMED = { type: 'violation', code: 'PROXY_HEADER_MALFORMED' } as const

/**
 * Reads the header that a connection begins with; `bytes` is all that was received of it. After `need-data` call it again with more:
 * it keeps nothing, and never asks for more than 4 KiB.
 */
export function readProxyHeader(bytes: Buffer): ProxyHeaderResult {
  if (beginsAs(bytes, VERSION_1_SIGNATURE)) return readVersion1(bytes)
  if (beginsAs(bytes, VERSION_2_SIGNATURE)) return readVersion2(bytes)
  return MISSING
}

/** Whether the bytes are the signature's, as far as there are any. */
function beginsAs(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length)
  return bytes.compare(signature, 0, length, 0, length) === 0
}

/** §2.1: a line of text. */
function readVersion1(bytes: Buffer): ProxyHeaderResult {
  const lineFeed = bytes.subarray(0, VERSION_1_MAX_BYTES).indexOf(LF)
  if (lineFeed === -1) return bytes.length < VERSION_1_MAX_BYTES ? NEED_DATA : MALFORMED
  const length = lineFeed + 1
  const line = bytes.toString('latin1', VERSION_1_SIGNATURE.length, length)
  if (!line.endsWith('\r\n')) return MALFORMED
  // "The receiver must ignore anything presented before the CRLF": but it is a line of ASCII text.
  if (/^UNKNOWN( [\x20-\x7e]*)?\r\n$/.test(line))
    return { type: 'header', length, source: undefined, isTls: false }
  const source = sourceOfLine(line.slice(0, -2))
  return source === undefined ? MALFORMED : { type: 'header', length, source, isTls: false }
}

function sourceOfLine(line: string): ProxyHeader['source'] {
  const [family, from = '', to = '', port = '', toPort = '', ...more] = line.split(' ')
  if ((family !== 'TCP4' && family !== 'TCP6') || more.length > 0) return undefined
  if (from.includes(':') !== (family === 'TCP6') || to.includes(':') !== (family === 'TCP6')) return undefined
  const address = canonicalAddress(from)
  if (address === undefined || canonicalAddress(to) === undefined || !isPort(port) || !isPort(toPort))
    return undefined
  return { address, port }
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535
}

/** §2.2: 16 bytes, an address block, and TLVs. */
function readVersion2(bytes: Buffer): ProxyHeaderResult {
  // Refused as soon as it is certain, so that the sender notices.
  const command = bytes[12] ?? PROXY
  const family = bytes[13] ?? UNSPECIFIED
  if (command !== LOCAL && command !== PROXY) return MALFORMED
  if (command === PROXY && family !== UNSPECIFIED && !FAMILIES.has(family)) return MALFORMED
  if (bytes.length < VERSION_2_FIXED_BYTES) return NEED_DATA
  const length = VERSION_2_FIXED_BYTES + bytes.readUInt16BE(14)
  if (length > VERSION_2_MAX_BYTES) return MALFORMED
  if (bytes.length < length) return NEED_DATA
  const addresses = command === PROXY ? FAMILIES.get(family) : undefined
  // The block is skipped unread for LOCAL, whatever its family says, and where the family is unspecified.
  if (addresses === undefined) return { type: 'header', length, source: undefined, isTls: false }
  const header = bytes.subarray(0, length)
  const block = header.subarray(VERSION_2_FIXED_BYTES)
  const tlvsStart = VERSION_2_FIXED_BYTES + addresses.blockBytes
  const isTls = saysTls(header.subarray(tlvsStart))
  if (block.length < addresses.blockBytes || isTls === undefined || !isIntact(header, tlvsStart))
    return MALFORMED
  return { type: 'header', length, source: sourceOfBlock(block, addresses.addressBytes), isTls }
}

/** Source address, destination address, source port, destination port. */
function sourceOfBlock(block: Buffer, addressBytes: number): ProxyHeader['source'] {
  if (addressBytes === 0) return undefined
  const address = formatAddress([...block.subarray(0, addressBytes)])
  return { address, port: String(block.readUInt16BE(2 * addressBytes)) }
}

/** Whether one of the TLVs says that the client spoke TLS (§2.2.6); undefined if their lengths do not fit. */
function saysTls(tlvs: Buffer): boolean | undefined {
  let isTls = false
  let at = 0
  while (at < tlvs.length) {
    const end = endOfTlv(tlvs, at)
    if (end === undefined) return undefined
    if (tlvs[at] === TYPE_SSL) {
      const value = tlvs.subarray(at + TLV_HEAD_BYTES, end)
      if (value.length < SSL_HEAD_BYTES || !areTlvs(value.subarray(SSL_HEAD_BYTES))) return undefined
      isTls ||= (value[0]! & CLIENT_SSL) !== 0
    }
    at = end
  }
  return isTls
}

/** §2.2.3: whether the checksum, where there is one, is that of the header with zeros in the checksum's place. */
function isIntact(header: Buffer, tlvsStart: number): boolean {
  for (let at = tlvsStart; at < header.length; at = endOfTlv(header, at) ?? header.length) {
    if (header[at] !== TYPE_CRC32C) continue
    const start = at + TLV_HEAD_BYTES
    if (header.readUInt16BE(at + 1) !== CRC32C_BYTES) return false
    const summed = Buffer.from(header).fill(0, start, start + CRC32C_BYTES)
    return header.readUInt32BE(start) === crc32c(summed)
  }
  return true
}

function areTlvs(bytes: Buffer): boolean {
  let at: number | undefined = 0
  while (at !== undefined && at < bytes.length) at = endOfTlv(bytes, at)
  return at !== undefined
}

/** Where the TLV ends that begins at `start`; undefined if that is beyond the bytes. */
function endOfTlv(bytes: Buffer, start: number): number | undefined {
  if (start + TLV_HEAD_BYTES > bytes.length) return undefined
  const end = start + TLV_HEAD_BYTES + bytes.readUInt16BE(start + 1)
  return end <= bytes.length ? end : undefined
}
