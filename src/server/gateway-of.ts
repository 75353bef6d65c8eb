// The gateway of each protocol, as the settings want it.

import type { Protocol } from '../config/bind-address.ts'
import type { Settings } from '../config/resolve.ts'
import { FastcgiGateway } from '../gateways/fastcgi/fastcgi-gateway.ts'
import { HttpGateway } from '../gateways/http/http-gateway.ts'
import { ScgiGateway } from '../gateways/scgi/scgi-gateway.ts'
import type { Gateway, ServerContext } from '../gateways/server-context.ts'
import { UwsgiGateway } from '../gateways/uwsgi/uwsgi-gateway.ts'
import { packageVersion } from './version.ts'

export function gatewayOf(protocol: Protocol, server: ServerContext, settings: Settings): Gateway {
  const options = { ...settings, serverSoftware: `gantry/${packageVersion()}` }
  switch (protocol) {
    case 'http':
      return new HttpGateway(server, options)
    case 'fcgi':
      return new FastcgiGateway(server, { ...options, webServerAddresses: webServerAddresses(process.env) })
    case 'scgi':
      return new ScgiGateway(server, options)
    case 'uwsgi':
      return new UwsgiGateway(server, options)
  }
}

/** FastCGI §3.2: a parent that starts the application may name the addresses of its web servers. */
function webServerAddresses({
  FCGI_WEB_SERVER_ADDRS: list,
}: NodeJS.ProcessEnv): ReadonlySet<string> | undefined {
  return list === undefined ? undefined : new Set(list.split(',').map((address) => address.trim()))
}
