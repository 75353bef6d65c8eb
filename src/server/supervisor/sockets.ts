// The listening sockets, bound once by the supervisor and inherited by its fronts, who accept from them: while one front or one generation
// goes and the next comes the sockets stay as they are, and connections wait in them (docs/decisions/0015-the-supervisor-binds.md).

import { lookup } from 'node:dns/promises'
import { chmodSync, lstatSync, readFileSync, readlinkSync } from 'node:fs'
import * as net from 'node:net'
import { getSystemErrorMap } from 'node:util'
import {
  type BindAddress,
  type Protocol,
  type TcpAddress,
  type UnixAddress,
  formatBindAddress,
} from '../../config/bind-address.ts'
import { GantryError } from '../../errors.ts'
import { bindError } from '../bind-error.ts'
import { makeRoomForSocket } from '../unix-socket-file.ts'

/** A socket that is bound. Nobody listens on it before the first front does. */
export interface BoundSocket {
  /** What is spoken there. */
  readonly protocol: Protocol
  /** As it was asked for: with port 0 where any would do. */
  readonly wanted: string
  /** As it is: `http://127.0.0.1:8000`. */
  readonly url: string
  readonly descriptor: number
  /** A Unix socket's file. */
  readonly path: string | undefined
  /** Whether clients still find it there: a file may be removed, or another's be in its place. */
  readonly isReachable: boolean
  /** Once every front has closed its own too, the address answers no more. Removes the file of a Unix socket. */
  close(): void
}

/** What libuv knows of a socket. Node's own, exported and not documented. */
interface SocketHandle {
  readonly fd: number
  getsockname?(out: { address?: string; family?: string; port?: number }): number
  /** 0 where it has one. */
  getpeername?(out: object): number
  close(): void
}

// Takes the address of a TCP socket, or a path with -1 as port. Returns a system error as a negative number.
const { _createServerHandle: createHandle } = net as unknown as {
  readonly _createServerHandle: (
    address: string | null,
    port: number,
    addressType: 4 | 6 | -1 | null,
    descriptor?: number,
  ) => SocketHandle | number
}

/** Binds every address. Rejects with a GantryError for each that cannot be bound, all in one AggregateError, and then none is. */
export async function bindAll(addresses: readonly BindAddress[]): Promise<readonly BoundSocket[]> {
  const results = await Promise.allSettled(addresses.map((address) => bind(address)))
  const bound = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value)
  const failures = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }): unknown => reason)
  if (failures.length === 0) return bound
  for (const socket of bound) socket.close()
  throw new AggregateError(failures)
}

async function bind(address: BindAddress): Promise<BoundSocket> {
  try {
    switch (address.kind) {
      case 'unix':
        return await bindPath(address)
      case 'fd':
        return { ...adopt(address.descriptor, address.protocol), wanted: formatBindAddress(address) }
      case 'tcp':
        return await bindPort(address)
    }
  } catch (error) {
    if (error instanceof GantryError) throw error
    const port = address.kind === 'tcp' ? address.port : undefined
    throw bindError(formatBindAddress(address), error, port)
  }
}

/** Takes over a socket that somebody else has opened, and listens on. Throws a GantryError for what is none. */
export function adopt(descriptor: number, protocol: Protocol): BoundSocket {
  const handle = createHandle(null, 0, null, descriptor)
  if (typeof handle === 'number') throw bindError(`descriptor ${descriptor}`, systemError(handle))
  if (handle.getpeername?.({}) === 0)
    throw new GantryError('GANTRY_PASSED_SOCKET_BAD', {
      what: `descriptor ${descriptor}`,
      reason: 'it is a connection, and not a socket to listen on',
    })
  const name: { address?: string; port?: number } = {}
  handle.getsockname?.(name)
  const url =
    name.port === undefined
      ? formatBindAddress({ kind: 'unix', protocol, path: unixPathOf(descriptor) })
      : formatBindAddress({ kind: 'tcp', protocol, host: name.address ?? '', port: name.port })
  return {
    protocol,
    wanted: url,
    url,
    descriptor,
    path: undefined,
    isReachable: true,
    close: () => handle.close(),
  }
}

/** By the number of its inode, which the kernel lists with the path. */
function unixPathOf(descriptor: number): string {
  try {
    const inode = /\d+/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[0] ?? ''
    const rows = readFileSync('/proc/net/unix', 'utf8').split('\n')
    return rows.map((row) => row.trim().split(/\s+/)).find((row) => row[6] === inode)?.[7] ?? ''
  } catch {
    return ''
  }
}

async function bindPath(address: UnixAddress): Promise<BoundSocket> {
  const { path, protocol } = address
  await makeRoomForSocket(path)
  const handle = opened(createHandle(path, -1, -1))
  // A proxy most often runs as another user; who may reach the socket is decided by its directory.
  chmodSync(path, 0o777)
  const url = formatBindAddress(address)
  const ours = inodeOf(path)
  return {
    protocol,
    wanted: url,
    url,
    descriptor: handle.fd,
    path,
    get isReachable() {
      return inodeOf(path) === ours
    },
    close() {
      // Closing removes whatever has the name by now: that of another server stays, and this one is closed with the process.
      const there = inodeOf(path)
      if (there === undefined || there === ours) handle.close()
    },
  }
}

/** Undefined where there is no such file. */
function inodeOf(path: string): string | undefined {
  const status = lstatSync(path, { throwIfNoEntry: false })
  return status && `${status.dev}:${status.ino}`
}

async function bindPort(wanted: TcpAddress): Promise<BoundSocket> {
  const { host, port } = wanted
  const handle = host === '' ? everyInterface(port) : await ofHost(host, port)
  const name: { port?: number } = {}
  // Binding tells only here that the port is taken.
  const status = handle.getsockname?.(name) ?? 0
  if (status !== 0) {
    handle.close()
    throw systemError(status)
  }
  return {
    protocol: wanted.protocol,
    wanted: formatBindAddress(wanted),
    url: formatBindAddress({ ...wanted, port: name.port ?? port }),
    descriptor: handle.fd,
    path: undefined,
    isReachable: true,
    close: () => handle.close(),
  }
}

/** IPv6 and IPv4 in one socket, or IPv4 alone where there is no other. */
function everyInterface(port: number): SocketHandle {
  const handle = createHandle('::', port, 6)
  return typeof handle === 'number' ? opened(createHandle('0.0.0.0', port, 4)) : handle
}

async function ofHost(host: string, port: number): Promise<SocketHandle> {
  const { address, family } = await lookup(host)
  return opened(createHandle(address, port, family === 6 ? 6 : 4))
}

function opened(handle: SocketHandle | number): SocketHandle {
  if (typeof handle === 'number') throw systemError(handle)
  return handle
}

function systemError(status: number): NodeJS.ErrnoException {
  const [code = 'UNKNOWN', message = `error ${status}`] = getSystemErrorMap().get(status) ?? []
  return Object.assign(new Error(message), { code })
}
