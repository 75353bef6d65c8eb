// Who is at the other end of a connection, and under which name and port it reached us.

import type { Socket } from 'node:net'
import { canonicalAddress } from '../../http/ip-address.ts'
import type { ProxyHeader } from '../../http/proxy-protocol.ts'
import type { Peer } from './connection-environ.ts'

// For clients on a Unix socket, which has neither names nor ports; the Host field says more.
const UNIX_SERVER_NAME = 'localhost'
const UNIX_SERVER_PORT = '80'

/** The peer of `socket`; with the PROXY protocol, whom the proxy's header names. */
export function peerOf(socket: Socket, trusts: (address: string) => boolean, header?: ProxyHeader): Peer {
  const isUnix = socket.localAddress === undefined
  const address = header?.source?.address ?? plainAddress(socket.remoteAddress ?? '')
  return {
    serverName: isUnix ? UNIX_SERVER_NAME : (socket.localAddress ?? ''),
    serverPort: isUnix ? UNIX_SERVER_PORT : String(socket.localPort ?? ''),
    remoteAddress: address,
    remotePort: header?.source?.port ?? String(socket.remotePort ?? ''),
    scheme: header?.isTls === true ? 'https' : 'http',
    // A TCP client that was gone before anybody asked has no address either, but is no peer on a Unix socket.
    isTrusted: (isUnix || address !== '') && trusts(address),
  }
}

/** An IPv4 client on an IPv6 socket is an IPv4 client: `::ffff:192.0.2.1` is `192.0.2.1`. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? (canonicalAddress(address) ?? address) : address
}
