// The uwsgi protocol: a web server hands on one request for each connection, and is answered in HTTP. A web server that would use the
// connection again finds it closed, as behind uWSGI.

import type { OpenSocket } from '../../io/take-connections.ts'
import { UwsgiHeadReader } from '../../uwsgi/head-reader.ts'
import { type RelayedContext, type RelayedOptions, relayedContext } from '../relayed/relayed-context.ts'
import { SingleRequestConnection, type SingleRequestProtocol } from '../relayed/single-request-connection.ts'
import type { Gateway, ServedConnection, ServerContext } from '../server-context.ts'

const UWSGI: SingleRequestProtocol = {
  readHead: (maxHeadBytes) => new UwsgiHeadReader(maxHeadBytes),
  variables: (pairs) => pairs,
  headForm: (request) => (request?.protocol === 'HTTP/1.0' ? 'HTTP/1.0' : 'HTTP/1.1'),
}

export class UwsgiGateway implements Gateway {
  readonly #server: ServerContext
  readonly #context: RelayedContext

  constructor(server: ServerContext, options: RelayedOptions) {
    this.#server = server
    this.#context = relayedContext(server, options)
  }

  connect(open: OpenSocket): ServedConnection {
    return new SingleRequestConnection(open, this.#server, this.#context, UWSGI)
  }
}
