// SCGI: a web server hands on one request for each connection.

import type { OpenSocket } from '../../io/take-connections.ts'
import { ScgiHeadReader } from '../../scgi/head-reader.ts'
import { type RelayedContext, type RelayedOptions, relayedContext } from '../relayed/relayed-context.ts'
import { SingleRequestConnection, type SingleRequestProtocol } from '../relayed/single-request-connection.ts'
import type { Gateway, ServedConnection, ServerContext } from '../server-context.ts'

const SCGI: SingleRequestProtocol = {
  readHead: (maxHeadBytes) => new ScgiHeadReader(maxHeadBytes),
  // It is always there, and comes first: 0 says nothing of a body.
  variables: (pairs) => (pairs[1] === '0' ? pairs.slice(2) : pairs),
  headForm: () => 'cgi',
}

export class ScgiGateway implements Gateway {
  readonly #server: ServerContext
  readonly #context: RelayedContext

  constructor(server: ServerContext, options: RelayedOptions) {
    this.#server = server
    this.#context = relayedContext(server, options)
  }

  connect(open: OpenSocket): ServedConnection {
    return new SingleRequestConnection(open, this.#server, this.#context, SCGI)
  }
}
