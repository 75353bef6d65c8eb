// IP addresses, read strictly and written in one form only, so that two of them are the same address exactly if they are the same
// text. Who a client is, and who is trusted, hangs on that.

const DOT = 0x2e
const IPV4_BYTES = 4
const IPV6_BYTES = 16
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

/**
 * The 4 or 16 bytes of an IPv4 or IPv6 address; undefined for anything else, a zone or a port behind it included. An IPv4 address that
 * is mapped into IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
 */
export function parseAddress(text: string): readonly number[] | undefined {
  if (!text.includes(':')) return parseIpv4(text)
  const bytes = parseIpv6(text)
  return bytes !== undefined && isMapped(bytes) ? bytes.slice(MAPPED_PREFIX.length) : bytes
}

/** The one form of an address (RFC 5952); undefined for anything else. */
export function canonicalAddress(text: string): string | undefined {
  const bytes = parseAddress(text)
  // Without leading zeros, an IPv4 address can be written in one way only.
  return bytes?.length === IPV4_BYTES && !text.includes(':') ? text : bytes && formatAddress(bytes)
}

/** The text of an address of 4 or 16 bytes, in that form. */
export function formatAddress(bytes: readonly number[]): string {
  if (bytes.length === IPV4_BYTES) return bytes.join('.')
  return isMapped(bytes) ? bytes.slice(MAPPED_PREFIX.length).join('.') : formatIpv6(bytes)
}

/** RFC 3986 §3.2.2: four decimal octets. A leading zero is octal to some readers, so it is refused. */
function parseIpv4(text: string): number[] | undefined {
  const bytes: number[] = []
  let octet = -1
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === DOT) {
      bytes.push(octet)
      if (octet === -1 || bytes.length === IPV4_BYTES) return undefined
      octet = -1
      continue
    }
    const digit = code - 0x30
    if (digit < 0 || digit > 9 || octet === 0) return undefined
    octet = octet === -1 ? digit : octet * 10 + digit
    if (octet > 255) return undefined
  }
  if (octet === -1 || bytes.length !== IPV4_BYTES - 1) return undefined
  bytes.push(octet)
  return bytes
}

/** RFC 4291 §2.2: groups of hexadecimal digits, a run of zeros as `::`, the last four bytes perhaps as an IPv4 address. */
function parseIpv6(text: string): number[] | undefined {
  const [before = '', after, ...more] = text.split('::')
  if (after === undefined) {
    const bytes = parseGroups(before)
    return bytes?.length === IPV6_BYTES ? bytes : undefined
  }
  // An IPv4 part may only be the end of the whole.
  if (more.length > 0 || before.includes('.')) return undefined
  const first = before === '' ? [] : parseGroups(before)
  const last = after === '' ? [] : parseGroups(after)
  if (first === undefined || last === undefined) return undefined
  const missing = IPV6_BYTES - first.length - last.length
  return missing < 2 ? undefined : [...first, ...new Array<number>(missing).fill(0), ...last]
}

function parseGroups(text: string): number[] | undefined {
  const parts = text.split(':')
  // Not even looked at: a long row of groups is only there to cost time.
  if (parts.length > IPV6_BYTES / 2) return undefined
  const bytes: number[] = []
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      const group = Number.parseInt(part, 16)
      bytes.push(group >> 8, group & 255)
    } else {
      const ipv4 = index === parts.length - 1 ? parseIpv4(part) : undefined
      if (ipv4 === undefined) return undefined
      bytes.push(...ipv4)
    }
  }
  return bytes
}

function isMapped(bytes: readonly number[]): boolean {
  return bytes.length === IPV6_BYTES && MAPPED_PREFIX.every((byte, index) => bytes[index] === byte)
}

function formatIpv6(bytes: readonly number[]): string {
  const groups: number[] = []
  for (let at = 0; at < bytes.length; at += 2) groups.push(bytes[at]! * 256 + bytes[at + 1]!)
  const { start, length } = longestZeros(groups)
  const hex = groups.map((group) => group.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

/** RFC 5952 §4.2.3: the longest run of zero groups, the first of several. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 }
  let length = 0
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0
    if (length > longest.length) longest = { start: index + 1 - length, length }
  }
  return longest
}
