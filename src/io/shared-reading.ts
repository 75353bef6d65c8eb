// Reads accepted sockets into one buffer that all of them share, instead of a new Buffer and a 'data' event for each read: that
// is a quarter of the whole cost of a small request (docs/decisions/0006-one-read-buffer.md).

import { Socket } from 'node:net'

const READ_BYTES = 65_536
const shared = Buffer.allocUnsafeSlow(READ_BYTES)

/** Takes `bytes` from 0 to `length`, which are overwritten as soon as it returns. */
export type BytesReceiver = (bytes: Buffer, length: number) => void

/**
 * Starts reading a socket that a server with `pauseOnConnect` has accepted. Returns the socket to use from then on.
 *
 * Node has `onread` for sockets that connect but not for those that are accepted, so the accepted one's handle moves to a
 * socket made with `onread`. Should a Node version not let us do that, the socket is read by its events.
 */
export function readIntoShared(accepted: Socket, receive: BytesReceiver): Socket {
  const holder = accepted as unknown as { _handle?: unknown }
  const handle = holder._handle
  if (typeof handle !== 'object' || handle === null) return readByEvents(accepted, receive)
  holder._handle = null
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
  socket.on('data', (chunk: Buffer) => receive(chunk, chunk.length))
  socket.resume()
  return socket
}
