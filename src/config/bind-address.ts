// Where to listen: text → address → text. Neither direction touches the network.
import { isIPv4, isIPv6 } from 'node:net'
import type { Parsed } from './option.ts'

/** What is spoken at an address. */
export const PROTOCOLS = ['http', 'fcgi', 'scgi', 'uwsgi'] as const
export type Protocol = (typeof PROTOCOLS)[number]

export type TcpAddress = {
  readonly kind: 'tcp'
  readonly protocol: Protocol
  /** A name or an IP address without brackets; empty means every interface, IPv4 and IPv6. */
  readonly host: string
  readonly port: number
}
export type UnixAddress = { readonly kind: 'unix'; readonly protocol: Protocol; readonly path: string }
/** A socket that listens already, and was passed to this process as a descriptor. */
export type DescriptorAddress = {
  readonly kind: 'fd'
  readonly protocol: Protocol
  readonly descriptor: number
}
export type BindAddress = TcpAddress | UnixAddress | DescriptorAddress

const EXPECTED =
  'HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; with another protocol fcgi://HOST:PORT, fcgi+unix:PATH or fcgi+fd:NUMBER (or scgi, uwsgi)'
/** Linux: 108 with the NUL that ends it; longer ones are cut off silently by some systems. */
export const LONGEST_UNIX_PATH_BYTES = 107
const MAX_DESCRIPTOR = 65_535
const FORM = /^(?:([a-z]+)(:\/\/|\+(?=(?:unix|fd):)))?(.*)$/s

export function parseBindAddress(text: string): Parsed<BindAddress> {
  const [, name = 'http', separator, rest = ''] = FORM.exec(text) ?? []
  const protocol = PROTOCOLS.find((each) => each === name)
  if (protocol === undefined) return { ok: false, expected: `one of the protocols ${PROTOCOLS.join(', ')}` }
  if (separator === '://') return parseTcp(rest, protocol)
  if (rest.startsWith('unix:')) return parseUnix(rest.slice('unix:'.length), protocol)
  if (rest.startsWith('fd:')) return parseDescriptor(rest.slice('fd:'.length), protocol)
  return parseTcp(rest, protocol)
}

/** `http://127.0.0.1:8000`, `http://[::1]:8000`, `unix:/run/gantry.sock`, `fcgi://127.0.0.1:9000`, `uwsgi+unix:/run/gantry.sock`. */
export function formatBindAddress(address: BindAddress): string {
  const { protocol } = address
  if (address.kind === 'tcp') {
    const host = address.host === '' ? '::' : address.host
    return `${protocol}://${host.includes(':') ? `[${host}]` : host}:${address.port}`
  }
  const prefix = protocol === 'http' ? '' : `${protocol}+`
  return address.kind === 'unix' ? `${prefix}unix:${address.path}` : `${prefix}fd:${address.descriptor}`
}

/** As it is given: `127.0.0.1:8000`, `:8000`, `[::1]:8000`, `unix:/run/gantry.sock`, `fcgi://127.0.0.1:9000`. */
export function bindAddressText(address: BindAddress): string {
  if (address.kind !== 'tcp') return formatBindAddress(address)
  const { protocol, host, port } = address
  return `${protocol === 'http' ? '' : `${protocol}://`}${host.includes(':') ? `[${host}]` : host}:${port}`
}

function parseDescriptor(digits: string, protocol: Protocol): Parsed<BindAddress> {
  const descriptor = Number(digits)
  if (!/^\d{1,5}$/.test(digits) || descriptor > MAX_DESCRIPTOR)
    return { ok: false, expected: 'the number of a descriptor after fd:' }
  return { ok: true, value: Object.freeze({ kind: 'fd', protocol, descriptor }) }
}

function parseUnix(path: string, protocol: Protocol): Parsed<BindAddress> {
  if (path === '' || path.includes('\0')) return { ok: false, expected: EXPECTED }
  if (Buffer.byteLength(path) > LONGEST_UNIX_PATH_BYTES) {
    return { ok: false, expected: `a path of at most ${LONGEST_UNIX_PATH_BYTES} bytes after unix:` }
  }
  return { ok: true, value: Object.freeze({ kind: 'unix', protocol, path }) }
}

function parseTcp(text: string, protocol: Protocol): Parsed<BindAddress> {
  const match = /^(?:\[([^[\]]+)\]|([^:/[\]]*)):(\d{1,5})$/.exec(text)
  if (match === null) {
    const isBareIPv6 = isIPv6(text) || isIPv6(text.replace(/:\d+$/, ''))
    return { ok: false, expected: isBareIPv6 ? 'the IPv6 address in brackets, [::1]:8000' : EXPECTED }
  }
  const [, bracketed, name = '', digits] = match
  const port = Number(digits)
  if (port > 65_535) return { ok: false, expected: 'a port from 0 to 65535' }
  if (bracketed !== undefined && !isIPv6(bracketed))
    return { ok: false, expected: 'an IPv6 address in the brackets' }
  if (!isHost(name)) return { ok: false, expected: 'a host name or an IP address before the port' }
  return { ok: true, value: Object.freeze({ kind: 'tcp', protocol, host: bracketed ?? name, port }) }
}

function isHost(name: string): boolean {
  if (name === '' || isIPv4(name)) return true
  // A name whose last label is a number is a mistyped IPv4 address (RFC 3986 would still call it a name).
  return /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(name) && !/(^|\.)\d+$/.test(name)
}
