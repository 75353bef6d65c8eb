// Listens: at addresses, for a server in code, or on sockets that the supervisor has bound (supervisor/sockets.ts).

import type { ListenOptions } from 'node:net'
import { formatBindAddress } from '../config/bind-address.ts'
import type { BindAddress } from '../config/bind-address.ts'
import type { GatewayServer } from '../gateways/gateway-server.ts'
import { bindError } from './bind-error.ts'
import type { InheritedSocket } from './supervisor/front-messages.ts'
import { makeRoomForSocket } from './unix-socket-file.ts'

/** Listens at every address. Resolves with their URLs; rejects with a GantryError for each that could not be opened. */
export async function listenAll(
  server: GatewayServer,
  addresses: readonly BindAddress[],
  backlog: number,
): Promise<readonly string[]> {
  return await allOf(addresses.map((address) => listen(server, address, backlog)))
}

/** Listens on every socket of `sockets`, of which others may have copies. Rejects as `listenAll` does. */
export async function listenOn(
  server: GatewayServer,
  sockets: readonly InheritedSocket[],
  backlog: number,
): Promise<readonly string[]> {
  return await allOf(
    sockets.map(async ({ protocol, url, descriptor }) => {
      try {
        await server.listen(protocol, { fd: descriptor, backlog })
        return url
      } catch (error) {
        throw bindError(url, error)
      }
    }),
  )
}

async function allOf(urls: readonly Promise<string>[]): Promise<readonly string[]> {
  const results = await Promise.allSettled(urls)
  const failures = results
    .filter((result) => result.status === 'rejected')
    .map((result): unknown => result.reason)
  if (failures.length > 0) throw new AggregateError(failures)
  return results.filter((result) => result.status === 'fulfilled').map((result) => result.value)
}

async function listen(server: GatewayServer, address: BindAddress, backlog: number): Promise<string> {
  try {
    if (address.kind === 'unix') await makeRoomForSocket(address.path)
    const bound = await server.listen(address.protocol, listenOptions(address, backlog))
    if (address.kind !== 'tcp' || typeof bound === 'string') return formatBindAddress(address)
    return formatBindAddress({ ...address, port: bound.port })
  } catch (error) {
    throw bindError(formatBindAddress(address), error, address.kind === 'tcp' ? address.port : undefined)
  }
}

function listenOptions(address: BindAddress, backlog: number): ListenOptions & { readonly fd?: number } {
  if (address.kind === 'fd') return { fd: address.descriptor, backlog }
  if (address.kind === 'unix') {
    // A proxy most often runs as another user; who may reach the socket is decided by its directory.
    return { path: address.path, readableAll: true, writableAll: true, backlog }
  }
  const { host, port } = address
  return host === '' ? { port, backlog } : { host, port, backlog }
}
