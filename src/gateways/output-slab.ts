// Memory for outgoing heads and small bodies, cut from one slab after another: far cheaper than a Buffer each. A cut may wait in a
// socket for as long as it likes; one that the system took at once, as it nearly always does, is used again for the next answer.

import type { ConnectionSocket } from '../io/connection-socket.ts'

const SLAB_BYTES = 262_144

let slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
let used = 0

/** A slab with room for `bytes` from `reserved()` on. Write there, then cut with `taken`; nothing else may come in between. */
export function reserve(bytes: number): Buffer {
  if (slab.length - used < bytes) {
    slab = Buffer.allocUnsafeSlow(Math.max(bytes, SLAB_BYTES))
    used = 0
  }
  return slab
}

export function reserved(): number {
  return used
}

/** The bytes written from `reserved()` to `end`. */
export function taken(end: number): Buffer {
  const cut = slab.subarray(used, end)
  used = end
  return cut
}

/** Sends the bytes written from `reserved()` to `end`. */
export function sendTaken(socket: ConnectionSocket, end: number): void {
  const start = used
  socket.write(taken(end))
  // Nothing waits in the socket: the system has its own copy, and these bytes are free again.
  if (socket.unsentBytes === 0 && used === end) used = start
}
