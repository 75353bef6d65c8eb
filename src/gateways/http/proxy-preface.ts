// The PROXY protocol header that a connection from a trusted proxy begins with, gathered until it is complete.

import { readProxyHeader } from '../../http/proxy-protocol.ts'
import type { ProxyHeader } from '../../http/proxy-protocol.ts'
import type { ViolationCode } from '../../http/violation.ts'

const EMPTY = Buffer.alloc(0)

export class ProxyPreface {
  /** What came behind the header: the client's own bytes. */
  rest: Buffer = EMPTY
  #received: Buffer = EMPTY

  /** Some of the header has come. */
  get hasBegun(): boolean {
    return this.#received.length > 0
  }

  /** Takes bytes of the connection, which may change afterwards. Returns the header, what is wrong with it, or undefined: more is needed. */
  receive(bytes: Buffer): ProxyHeader | ViolationCode | undefined {
    // Copied anew for each piece: the header is short, and its reader never asks for more than 4 KiB.
    this.#received = Buffer.concat([this.#received, bytes])
    const result = readProxyHeader(this.#received)
    switch (result.type) {
      case 'need-data':
        return undefined
      case 'violation':
        return result.code
      case 'header':
        this.rest = this.#received.subarray(result.length)
        return result
    }
  }
}
