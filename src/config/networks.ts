// Addresses that are trusted: text → network. What trusting them means is not decided here.
import { isIPv4, isIPv6 } from 'node:net'
import type { Parsed } from './option.ts'

export type Subnet = {
  readonly kind: 'subnet'
  readonly family: 'ipv4' | 'ipv6'
  readonly address: string
  /** Leading bits that count. */
  readonly prefix: number
}
/** Whoever connects through a Unix socket: they have no address. */
export type UnixPeers = { readonly kind: 'unix' }
export type Network = Subnet | UnixPeers

const EXPECTED = 'an IP address, a network such as 10.0.0.0/8 or fd00::/8, or unix'
// As gunicorn writes it.
const EVERYBODY =
  'networks, as * would believe everybody: 0.0.0.0/0,::/0,unix says so where only proxies can connect'
const IPV4_BITS = 32
const IPV6_BITS = 128

/** Reads `192.0.2.1`, `10.0.0.0/8`, `::1`, `fd00::/8` or `unix`. */
export function parseNetwork(text: string): Parsed<Network> {
  if (text === '*') return { ok: false, expected: EVERYBODY }
  if (text === 'unix') return { ok: true, value: Object.freeze({ kind: 'unix' }) }
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text)
  const address = match?.[1] ?? ''
  // A zone (fe80::1%eth0) names an interface of this machine, which no remote address carries.
  if (address.includes('%') || (!isIPv4(address) && !isIPv6(address)))
    return { ok: false, expected: EXPECTED }
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  const bits = family === 'ipv4' ? IPV4_BITS : IPV6_BITS
  const prefix = match?.[2] === undefined ? bits : Number(match[2])
  if (prefix > bits) return { ok: false, expected: `at most ${bits} bits behind the slash` }
  return { ok: true, value: Object.freeze({ kind: 'subnet', family, address, prefix }) }
}

/** `10.0.0.0/8`, `192.0.2.1`, `unix`. */
export function formatNetwork(network: Network): string {
  if (network.kind === 'unix') return 'unix'
  const { family, address, prefix } = network
  return prefix === (family === 'ipv4' ? IPV4_BITS : IPV6_BITS) ? address : `${address}/${prefix}`
}
