// Accepts connections, below Node's own sockets where that is possible (docs/decisions/0006-one-read-buffer.md).

import type { Server, Socket } from 'node:net'
import type { ConnectionSocket, SocketListener } from './connection-socket.ts'
import { HandleSocket } from './handle-socket.ts'
import { NodeSocket } from './node-socket.ts'
import { type StreamHandle, isStreamHandle, streamBinding } from './stream-binding.ts'

/** Makes the socket of a connection that was accepted, which is read from then on. Call it once, at once. */
export type OpenSocket = (listener: SocketListener) => ConnectionSocket

/** What we use of a listening handle: Node's own, and not documented. */
interface ListeningHandle {
  onconnection?: (status: number, client: StreamHandle | undefined) => void
}

/** Hands every connection of `server`, which listens already, to `accept`. */
export function takeConnections(server: Server, accept: (open: OpenSocket) => void): void {
  const { _handle: handle } = server as unknown as { readonly _handle?: ListeningHandle | null }
  const makeSocket = handle?.onconnection
  const binding = streamBinding
  server.on('connection', (socket: Socket) => accept((listener) => new NodeSocket(socket, listener)))
  if (handle === undefined || handle === null || makeSocket === undefined || binding === undefined) return
  // The handles are taken before Node makes sockets of them.
  handle.onconnection = (status, client) => {
    if (status !== 0 || client === undefined || !isStreamHandle(client))
      makeSocket.call(handle, status, client)
    else accept((listener) => new HandleSocket(client, listener, binding))
  }
}
