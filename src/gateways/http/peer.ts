// Who is at the other end of a connection, and under which name and port it reached us.

import { canonicalAddress } from '../../http/ip-address.ts'
import type { ProxyHeader } from '../../http/proxy-protocol.ts'
import type { ConnectionSocket } from '../../io/connection-socket.ts'
import type { Peer } from './connection-environ.ts'

// For clients on a Unix socket, which has neither names nor ports; the Host field says more.
const UNIX_SERVER_NAME = 'localhost'
const UNIX_SERVER_PORT = '80'

/** The peer of a socket; with the PROXY protocol, whom the proxy's header names. */
export function peerOf(
  { local, remote }: Pick<ConnectionSocket, 'local' | 'remote'>,
  trusts: (address: string) => boolean,
  header?: ProxyHeader,
): Peer {
  const isUnix = local === undefined
  const address = header?.source?.address ?? plainAddress(remote?.address ?? '')
  return {
    serverName: local?.address ?? UNIX_SERVER_NAME,
    serverPort: local === undefined ? UNIX_SERVER_PORT : String(local.port),
    remoteAddress: address,
    remotePort: header?.source?.port ?? String(remote?.port ?? ''),
    scheme: header?.isTls === true ? 'https' : 'http',
    // A TCP client that was gone before anybody asked has no address either, but is no peer on a Unix socket.
    isTrusted: (isUnix || address !== '') && trusts(address),
  }
}

/** An IPv4 client on an IPv6 socket is an IPv4 client: `::ffff:192.0.2.1` is `192.0.2.1`. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? (canonicalAddress(address) ?? address) : address
}
