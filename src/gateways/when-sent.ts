// The end of an answer as the access log means it: when the system has taken all of it.

import type { Socket } from 'node:net'
import type { AccessRecord } from '../wsgi/access-record.ts'

const NOTHING = new Uint8Array(0)

/** Hands over the record of an answer of which everything was written to `socket`: at once if nothing waits there any more. */
export function whenSent(socket: Socket, record: AccessRecord, take: (record: AccessRecord) => void): void {
  if (socket.writableLength === 0 || socket.destroyed || socket.writableEnded) {
    take(record)
    return
  }
  const writtenMs = performance.now()
  // Called after all that was written before, and also where that is lost.
  socket.write(NOTHING, () => {
    const tookMs = performance.now() - writtenMs
    take({
      ...record,
      timeMs: record.timeMs + Math.round(tookMs),
      durationMs: record.durationMs + tookMs,
      transferMs: record.transferMs + tookMs,
    })
  })
}
