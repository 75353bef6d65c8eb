// Accepts connections and reads them into one buffer that all of them share, instead of a new Buffer and a 'data' event for each
// read: that is a quarter of the whole cost of a small request (docs/decisions/0006-one-read-buffer.md).

import { Socket } from 'node:net'
import type { Server } from 'node:net'

const READ_BYTES = 262_144
const shared = Buffer.allocUnsafeSlow(READ_BYTES)

/** Takes `bytes` from 0 to `length`, which are overwritten as soon as it returns. */
export type BytesReceiver = (bytes: Buffer, length: number) => void

/** Makes the socket of a connection that was accepted, which is read from then on. Call it once, at once. */
export type OpenSocket = (receive: BytesReceiver) => Socket

/** What we use of a listening handle and of an accepted one: Node's own, and not documented. */
interface ListeningHandle {
  onconnection?: (status: number, client: ClientHandle | undefined) => void
}
interface ClientHandle {
  setNoDelay?: (isOn: boolean) => void
}

/**
 * Hands every connection of `server`, which listens already, to `accept`.
 *
 * Node has `onread` for sockets that connect but not for those that a server accepts. So the accepted handles are taken before Node
 * makes sockets of them. Should a Node version not let us do that, its sockets are read by their events.
 */
export function takeConnections(server: Server, accept: (open: OpenSocket) => void): void {
  const { _handle: handle } = server as unknown as { readonly _handle?: ListeningHandle | null }
  const makeSocket = handle?.onconnection
  if (handle === undefined || handle === null || makeSocket === undefined) {
    server.on('connection', (socket) => accept((receive) => readByEvents(socket, receive)))
    return
  }
  handle.onconnection = (status, client) => {
    if (status !== 0 || client === undefined) makeSocket.call(handle, status, client)
    else accept((receive) => readIntoShared(client, receive))
  }
}

function readIntoShared(handle: ClientHandle, receive: BytesReceiver): Socket {
  handle.setNoDelay?.(true)
  const options = {
    handle,
    allowHalfOpen: true,
    onread: {
      buffer: shared,
      callback: (length: number) => {
        receive(shared, length)
        return true
      },
    },
  }
  const socket = new Socket(options)
  socket.resume()
  return socket
}

function readByEvents(socket: Socket, receive: BytesReceiver): Socket {
  socket.setNoDelay(true)
  socket.on('data', (chunk: Buffer) => receive(chunk, chunk.length))
  return socket
}
