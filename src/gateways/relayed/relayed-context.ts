// What all requests have in common that web servers hand on by FastCGI, SCGI or uwsgi.

import type { VariableSettings } from '../../cgi/cgi-request.ts'
import type { Network } from '../../config/networks.ts'
import type { ServerContext } from '../server-context.ts'
import { TrustedProxies } from '../trusted-proxies.ts'
import { CommonPairs } from './common-pairs.ts'

export interface RelayedOptions {
  /** SERVER_SOFTWARE in the environ, where the web server does not say its own. */
  readonly serverSoftware: string
  /** Mount prefix of the application, percent-encoded; empty for what the web server says. */
  readonly scriptName: string
  readonly trustedProxies: readonly Network[]
}

export interface RelayedContext {
  readonly variables: VariableSettings
  readonly commonPairs: CommonPairs
}

export function relayedContext(server: ServerContext, options: RelayedOptions): RelayedContext {
  const trusted = new TrustedProxies(options.trustedProxies)
  const { reports } = server
  return {
    variables: {
      // How large a body may be its path decides, which is known once the variables are read.
      limits: { ...server.bounds, maxBodyBytes: Number.MAX_SAFE_INTEGER },
      scriptName: Buffer.from(decodeURIComponent(options.scriptName), 'utf8').toString('latin1'),
      serverSoftware: options.serverSoftware,
      trusts: (address) => trusted.trusts(address),
      onForwardedFieldRemoved: (name, remoteAddress) => reports.forwardedFieldRemoved(name, remoteAddress),
    },
    commonPairs: new CommonPairs(),
  }
}
