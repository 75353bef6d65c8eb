// FastCGI, in the role of a responder.

import type { OpenSocket } from '../../io/take-connections.ts'
import { type RelayedContext, type RelayedOptions, relayedContext } from '../relayed/relayed-context.ts'
import type { Gateway, ServedConnection, ServerContext } from '../server-context.ts'
import { FastcgiConnection } from './fastcgi-connection.ts'

export interface FastcgiOptions extends RelayedOptions {
  /** The only addresses that may connect (FCGI_WEB_SERVER_ADDRS); undefined for all. Peers on Unix sockets have none. */
  readonly webServerAddresses: ReadonlySet<string> | undefined
}

export class FastcgiGateway implements Gateway {
  readonly #server: ServerContext
  readonly #context: RelayedContext
  readonly #addresses: ReadonlySet<string> | undefined

  constructor(server: ServerContext, options: FastcgiOptions) {
    this.#server = server
    this.#context = relayedContext(server, options)
    this.#addresses = options.webServerAddresses
  }

  connect(open: OpenSocket): ServedConnection {
    const connection = new FastcgiConnection(open, this.#server, this.#context)
    const address = connection.client.socket.remote?.address.replace(/^::ffff:/, '')
    if (address !== undefined && this.#addresses?.has(address) === false)
      connection.violate('FASTCGI_ADDRESS_UNKNOWN')
    return connection
  }
}
