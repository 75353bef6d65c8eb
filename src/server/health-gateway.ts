// --health-bind: a gateway that answers the paths of health, and nothing else. It has limits of its own: however many clients are connected
// at --bind, whoever asks here is let in.

import type { Settings } from '../config/resolve.ts'
import type { HealthOptions } from '../gateways/http/health.ts'
import { HttpServer } from '../gateways/http/http-server.ts'
import { errorPage } from '../http/error-page.ts'
import type { SpoolDirectory } from '../spool/spool.ts'
import type { ExchangeHandler } from '../wsgi/exchange.ts'
import type { Observation } from './observation.ts'
import { httpReports } from './reports.ts'
import { packageVersion } from './version.ts'

// Probes come from a few places, each with a connection or two.
const MAX_CONNECTIONS = 256
const ID_MARK = 'h'

export interface HealthGatewayParts {
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

export function createHealthGateway(
  { settings, observation, spool }: HealthGatewayParts,
  health: HealthOptions,
): HttpServer {
  return new HttpServer({
    handler: NOT_FOUND,
    health,
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
    serverHeader: settings.serverHeader,
    serverSoftware: `gantry/${packageVersion()}`,
    scriptName: '',
    trustedProxies: [],
    proxyProtocol: false,
    allowUnderscoreHeaders: [],
    streamRequests: [],
    readsRequestStart: false,
    idMark: ID_MARK,
    reports: httpReports(observation),
  })
}
