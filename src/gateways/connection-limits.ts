// How many clients may be connected, in all and from one address.

import { isIPv6 } from 'node:net'
import type { ViolationCode } from '../http/violation.ts'

export interface ConnectionBounds {
  readonly maxConnections: number
  /** 0: any number. */
  readonly maxConnectionsPerAddress: number
}

export class ConnectionLimits {
  readonly #bounds: ConnectionBounds
  readonly #byNetwork = new Map<string, number>()
  #count = 0

  constructor(bounds: ConnectionBounds) {
    this.#bounds = bounds
  }

  /** Counts a connection; says which limit it would pass instead, and does not count it then. */
  enter(): ViolationCode | undefined {
    if (this.#count >= this.#bounds.maxConnections) return 'TOO_MANY_CONNECTIONS'
    this.#count++
    return undefined
  }

  leave(): void {
    this.#count--
  }

  /** The same for its address. */
  enterAddress(address: string): ViolationCode | undefined {
    const most = this.#bounds.maxConnectionsPerAddress
    const network = networkOf(address)
    const count = this.#byNetwork.get(network) ?? 0
    if (most > 0 && count >= most) return 'TOO_MANY_CONNECTIONS_OF_ADDRESS'
    this.#byNetwork.set(network, count + 1)
    return undefined
  }

  leaveAddress(address: string): void {
    const network = networkOf(address)
    const count = this.#byNetwork.get(network) ?? 0
    if (count > 1) this.#byNetwork.set(network, count - 1)
    else this.#byNetwork.delete(network)
  }
}

/** One customer commonly has a whole /64 of IPv6 (RFC 6177): that is the network counted. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [before = '', after] = address.split('::')
  const groups = before === '' ? [] : before.split(':')
  if (after === undefined) return groups.slice(0, 4).join(':')
  const rest = after === '' ? [] : after.split(':')
  const zeros = Array.from({ length: 8 - groups.length - rest.length }, () => '0')
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':')
}
