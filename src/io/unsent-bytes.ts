// How much of what was written to a socket the system has not taken yet.

import type { Socket } from 'node:net'

/**
 * How far the sending of a socket has come. `writableLength` alone moves only when a whole write is done, which may be all that waits:
 * a slow reader would look like none. Node's own socket timeout looks at the handle's queue as well.
 */
export interface SendPosition {
  /** Bytes of writes that are done. */
  readonly doneBytes: number
  /** Bytes that the write under way has left. */
  readonly underWayBytes: number
}

export function sendPosition(socket: Socket): SendPosition {
  const { _handle: handle } = socket as unknown as {
    readonly _handle?: { readonly writeQueueSize?: number } | null
  }
  return {
    doneBytes: socket.bytesWritten - socket.writableLength,
    underWayBytes: handle?.writeQueueSize ?? 0,
  }
}

/** Bytes that the system has taken between two looks; never more than that, at most a write's worth less. */
export function bytesSentBetween(before: SendPosition, after: SendPosition): number {
  const done = after.doneBytes - before.doneBytes
  return done > 0 ? done : Math.max(0, before.underWayBytes - after.underWayBytes)
}
