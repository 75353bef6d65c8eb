// HTTP/1.1: what all of its connections have in common.

import type { Network } from '../../config/networks.ts'
import { ResponseEncoder } from '../../http/response-encoder.ts'
import type { OpenSocket } from '../../io/take-connections.ts'
import type { Gateway, ServedConnection, ServerContext } from '../server-context.ts'
import { TrustedProxies } from '../trusted-proxies.ts'
import { HttpConnection } from './http-connection.ts'
import type { HttpContext } from './http-context.ts'
import type { EnvironSettings } from './http-environ.ts'

export interface HttpOptions {
  /** The Server field's value; empty for none. */
  readonly serverHeader: string
  /** SERVER_SOFTWARE in the environ. */
  readonly serverSoftware: string
  /** Mount prefix of the application, percent-encoded as in request targets; empty without one. */
  readonly scriptName: string
  readonly trustedProxies: readonly Network[]
  readonly proxyProtocol: boolean
  /** In lower case. */
  readonly allowUnderscoreHeaders: readonly string[]
}

export class HttpGateway implements Gateway, HttpContext {
  readonly encoder: ResponseEncoder
  readonly environSettings: EnvironSettings
  readonly proxyProtocol: boolean
  readonly #server: ServerContext

  constructor(server: ServerContext, options: HttpOptions) {
    this.#server = server
    this.encoder = new ResponseEncoder(options.serverHeader)
    this.environSettings = environSettings(options, server)
    this.proxyProtocol = options.proxyProtocol
  }

  connect(open: OpenSocket): ServedConnection {
    return new HttpConnection(open, this.#server, this)
  }
}

function environSettings(options: HttpOptions, { reports }: ServerContext): EnvironSettings {
  const trusted = new TrustedProxies(options.trustedProxies)
  const scriptName = decodeURIComponent(options.scriptName)
  return {
    mount: Buffer.from(encodeURI(scriptName), 'latin1'),
    scriptName: Buffer.from(scriptName, 'utf8').toString('latin1'),
    serverSoftware: options.serverSoftware,
    trusts: (address) => trusted.trusts(address),
    allowedUnderscoreFields: new Set(options.allowUnderscoreHeaders),
    onUnderscoreField: (name) => reports.underscoreField(name),
    onForwardedFieldRemoved: (name, remoteAddress) => reports.forwardedFieldRemoved(name, remoteAddress),
  }
}
