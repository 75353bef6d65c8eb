// The proxies that are believed when they say who the client is. Addresses only; what is believed is not decided here.

import type { Network, Subnet } from '../config/networks.ts'
import { parseAddress } from '../http/ip-address.ts'

// ::ffff:0:0
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0]
const MAPPED_BITS = 96
const IPV4_BYTES = 4

/** Addresses that begin with the same bits. */
interface Block {
  readonly bytes: readonly number[]
  readonly bits: number
}

export class TrustedProxies {
  readonly #blocks: readonly Block[]
  readonly #trustsUnixPeers: boolean

  constructor(networks: readonly Network[]) {
    this.#trustsUnixPeers = networks.some((network) => network.kind === 'unix')
    this.#blocks = networks.filter((network) => network.kind === 'subnet').map(toBlock)
  }

  /** Whether who connects from there is believed. `''` is a peer on a Unix socket, which has no address. */
  trusts(address: string): boolean {
    if (address === '') return this.#trustsUnixPeers
    // The zone of a link-local peer (fe80::1%eth0) names our own interface; it is no part of the address.
    const zone = address.indexOf('%')
    const bytes = parseAddress(zone === -1 ? address : address.slice(0, zone))
    return bytes !== undefined && this.#blocks.some((block) => holds(block, bytes))
  }
}

function toBlock({ address, prefix, family }: Subnet): Block {
  const bytes = parseAddress(address)
  if (bytes === undefined) throw new RangeError(`not an IP address: ${address}`)
  if (family === 'ipv4' || bytes.length !== IPV4_BYTES) return { bytes, bits: prefix }
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8. With fewer bits than all mapped addresses share it is a network of others, and holds IPv4
  // addresses no more than ::/0 does.
  return prefix >= MAPPED_BITS
    ? { bytes, bits: prefix - MAPPED_BITS }
    : { bytes: MAPPED_PREFIX, bits: prefix }
}

function holds({ bytes, bits }: Block, address: readonly number[]): boolean {
  if (address.length !== bytes.length) return false
  const whole = bits >> 3
  for (let i = 0; i < whole; i++) {
    if (address[i] !== bytes[i]) return false
  }
  const shift = 8 - (bits & 7)
  return shift === 8 || address[whole]! >> shift === bytes[whole]! >> shift
}
