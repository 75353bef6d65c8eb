// --health-bind: a server that answers the paths of health, and nothing else. It has limits of its own: however many clients are connected
// at --bind, whoever asks here is let in.

import type { Settings } from '../config/resolve.ts'
import type { HealthOptions } from '../gateways/health.ts'
import { GatewayServer } from '../gateways/gateway-server.ts'
import { HttpGateway } from '../gateways/http/http-gateway.ts'
import { errorPage } from '../http/error-page.ts'
import type { SpoolDirectory } from '../spool/spool.ts'
import type { ExchangeHandler } from '../wsgi/exchange.ts'
import type { Observation } from './observation.ts'
import { gatewayReports } from './reports.ts'
import { packageVersion } from './version.ts'

// Probes come from a few places, each with a connection or two.
const MAX_CONNECTIONS = 256
const ID_MARK = 'h'

export interface HealthServerParts {
  readonly settings: Settings
  readonly observation: Observation
  readonly spool: SpoolDirectory
}

const NOT_FOUND: ExchangeHandler = {
  handle(exchange) {
    const { head, body } = errorPage(404)
    exchange.answer(head, body, 0, body.length)
  },
}

export function createHealthServer(
  { settings, observation, spool }: HealthServerParts,
  health: HealthOptions,
): GatewayServer {
  return new GatewayServer({
    gatewayOf: (_, server) =>
      new HttpGateway(server, {
        serverHeader: settings.serverHeader,
        serverSoftware: `gantry/${packageVersion()}`,
        scriptName: '',
        trustedProxies: [],
        proxyProtocol: false,
        allowUnderscoreHeaders: [],
      }),
    handler: NOT_FOUND,
    health,
    staticFiles: undefined,
    bounds: {
      ...settings,
      maxConnections: MAX_CONNECTIONS,
      maxConnectionsPerAddress: 0,
      maxRequestsPerConnection: 0,
      maxBodyBytes: 0,
    },
    times: settings,
    buffers: settings,
    spool,
    routes: [],
    readsRequestStart: false,
    idMark: ID_MARK,
    reports: gatewayReports(observation),
  })
}
