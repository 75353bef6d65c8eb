// Where to listen: text → address → text. Neither direction touches the network.
import { isIPv4, isIPv6 } from 'node:net'
import type { Parsed } from './option.ts'

export type TcpAddress = {
  readonly kind: 'tcp'
  /** A name or an IP address without brackets; empty means every interface, IPv4 and IPv6. */
  readonly host: string
  readonly port: number
}
export type UnixAddress = { readonly kind: 'unix'; readonly path: string }
export type BindAddress = TcpAddress | UnixAddress

const EXPECTED = 'HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH'
/** Linux: 108 with the NUL that ends it; longer ones are cut off silently by some systems. */
export const LONGEST_UNIX_PATH_BYTES = 107

export function parseBindAddress(text: string): Parsed<BindAddress> {
  return text.startsWith('unix:') ? parseUnix(text.slice('unix:'.length)) : parseTcp(text)
}

/** `http://127.0.0.1:8000`, `http://[::1]:8000`, `unix:/run/gantry.sock`. */
export function formatBindAddress(address: BindAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  const host = address.host === '' ? '::' : address.host
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}

/** As it is given: `127.0.0.1:8000`, `:8000`, `[::1]:8000`, `unix:/run/gantry.sock`. */
export function bindAddressText(address: BindAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
}

function parseUnix(path: string): Parsed<BindAddress> {
  if (path === '' || path.includes('\0')) return { ok: false, expected: EXPECTED }
  if (Buffer.byteLength(path) > LONGEST_UNIX_PATH_BYTES) {
    return { ok: false, expected: `a path of at most ${LONGEST_UNIX_PATH_BYTES} bytes after unix:` }
  }
  return { ok: true, value: Object.freeze({ kind: 'unix', path }) }
}

function parseTcp(text: string): Parsed<BindAddress> {
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
  return { ok: true, value: Object.freeze({ kind: 'tcp', host: bracketed ?? name, port }) }
}

function isHost(name: string): boolean {
  if (name === '' || isIPv4(name)) return true
  // A name whose last label is a number is a mistyped IPv4 address (RFC 3986 would still call it a name).
  return /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(name) && !/(^|\.)\d+$/.test(name)
}
