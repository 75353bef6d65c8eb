// Opens the listening sockets, and says in the user's words why one cannot be opened.

import type { ListenOptions } from 'node:net'
import { formatBindAddress } from '../config/bind-address.ts'
import type { BindAddress } from '../config/bind-address.ts'
import { GantryError } from '../errors.ts'
import type { HttpServer } from '../gateways/http/http-server.ts'
import { portOwner } from './port-owner.ts'
import { removeStaleSocket } from './unix-socket-file.ts'

// Connections that the kernel may hold for us while we are busy; it cuts this down to its own limit (net.core.somaxconn).
const BACKLOG = 4096

/** Listens at every address. Resolves with their URLs; rejects with a GantryError for each that could not be opened. */
export async function listenAll(
  server: HttpServer,
  addresses: readonly BindAddress[],
): Promise<readonly string[]> {
  const results = await Promise.allSettled(addresses.map((address) => listen(server, address)))
  const failures = results
    .filter((result) => result.status === 'rejected')
    .map((result): unknown => result.reason)
  if (failures.length > 0) throw new AggregateError(failures)
  return results.filter((result) => result.status === 'fulfilled').map((result) => result.value)
}

async function listen(server: HttpServer, address: BindAddress): Promise<string> {
  try {
    if (address.kind === 'unix') await removeStaleSocket(address.path)
    const bound = await server.listen(listenOptions(address))
    if (address.kind === 'unix' || typeof bound === 'string') return formatBindAddress(address)
    return formatBindAddress({ ...address, port: bound.port })
  } catch (error) {
    throw bindError(address, error)
  }
}

function listenOptions(address: BindAddress): ListenOptions {
  if (address.kind === 'unix') {
    // A proxy most often runs as another user; who may reach the socket is decided by its directory.
    return { path: address.path, readableAll: true, writableAll: true, backlog: BACKLOG }
  }
  const { host, port } = address
  return host === '' ? { port, backlog: BACKLOG } : { host, port, backlog: BACKLOG }
}

function bindError(address: BindAddress, error: unknown): GantryError {
  const { code, message } = error as NodeJS.ErrnoException
  const text = formatBindAddress(address)
  const cause = { cause: error }
  switch (code) {
    case 'EADDRINUSE': {
      const owner = address.kind === 'tcp' ? portOwner(address.port) : undefined
      return new GantryError('GANTRY_BIND_IN_USE', { address: text, owner }, cause)
    }
    case 'EACCES':
    case 'EPERM':
      return new GantryError('GANTRY_BIND_NOT_PERMITTED', { address: text }, cause)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new GantryError('GANTRY_BIND_NOT_AVAILABLE', { address: text, reason: message }, cause)
    default:
      return new GantryError('GANTRY_BIND_FAILED', { address: text, reason: message }, cause)
  }
}
