// Whom to believe of what a client is said to be.
import { repeatable } from '../option.ts'
import { toggle } from '../toggle.ts'
import { NETWORK, UNDERSCORE_FIELD } from '../value-types.ts'

export const PROXIES = {
  trustedProxies: repeatable({
    group: 'Proxies',
    metavariable: 'NETWORK',
    aliases: ['--forwarded-allow-ips', '--proxy-allow-from'],
    type: NETWORK,
    separator: ',',
    isList: true,
    default: [],
    help: 'The proxies to believe: IP addresses, networks such as 10.0.0.0/8, or unix for whoever connects through a Unix socket. What they say of the client in X-Forwarded-For, -Proto, -Host, -Port and -Prefix or in Forwarded counts; from everybody else those fields are removed.',
    since: '0.1.0',
    isCommon: true,
  }),
  proxyProtocol: toggle({
    group: 'Proxies',
    help: 'Connections from --trusted-proxies begin with a PROXY protocol header, version 1 or 2, which names the client; one without it is answered 400. Everybody else speaks plain HTTP.',
    since: '0.1.0',
  }),
  allowUnderscoreHeaders: repeatable({
    group: 'Proxies',
    metavariable: 'NAME',
    type: UNDERSCORE_FIELD,
    separator: ',',
    isList: true,
    default: [],
    help: 'Header fields that reach the application although their names hold "_", such as X_Account. They win over the field of the same name with "-", which has the same environ key. All others with "_" are dropped.',
    since: '0.1.0',
  }),
}
