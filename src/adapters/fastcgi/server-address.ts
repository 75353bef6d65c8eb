// Where a FastCGI server listens, and connections to it.

import { type Socket, connect } from 'node:net'
import { type TcpAddress, type UnixAddress, parseBindAddress } from '../../config/bind-address.ts'
import { GantryError } from '../../errors.ts'

export interface ServerAddress {
  /** For messages. */
  readonly name: string
  readonly address: TcpAddress | UnixAddress
}

/** `unix:/run/php.sock` or `127.0.0.1:9000`. @throws RangeError for anything else */
export function parseServerAddress(text: string): ServerAddress {
  const parsed = parseBindAddress(text)
  const address = parsed.ok ? parsed.value : undefined
  // Without a protocol an address is one of HTTP's, for whoever listens.
  const isFastcgi = address?.protocol === 'http' || address?.protocol === 'fcgi'
  const isPlace =
    address?.kind === 'unix' || (address?.kind === 'tcp' && address.host !== '' && address.port !== 0)
  if (!isFastcgi || !isPlace)
    throw new RangeError(
      `fastcgi: an address is HOST:PORT, [IPV6]:PORT or unix:PATH, not ${JSON.stringify(text)}`,
    )
  return { name: `the FastCGI server ${text}`, address }
}

/** Rejects with a GantryError. */
export function connectTo({ name, address }: ServerAddress, limitMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port },
    )
    const fail = (error: GantryError): void => {
      clearTimeout(timer)
      socket.on('error', () => undefined).destroy()
      reject(error)
    }
    const unreachable = (reason: string): GantryError =>
      new GantryError('GANTRY_UPSTREAM_UNREACHABLE', { upstream: name, reason })
    const timer = setTimeout(() => fail(unreachable(`no connection within ${limitMs / 1000} s`)), limitMs)
    const failed = (error: NodeJS.ErrnoException): void => {
      // A Unix socket takes no more connections than its backlog.
      const reason = 'no connection is free at its socket'
      if (error.code !== 'EAGAIN') fail(unreachable(error.message))
      else fail(new GantryError('GANTRY_UPSTREAM_OVERLOADED', { upstream: name, reason }))
    }
    socket.once('error', failed)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.off('error', failed)
      socket.setNoDelay(true)
      resolve(socket)
    })
  })
}
