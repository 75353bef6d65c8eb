// The end of an answer as the access log means it: when the system has taken all of it.

import type { ConnectionSocket } from '../io/connection-socket.ts'
import type { AccessRecord } from '../wsgi/access-record.ts'

/** Hands over the record of an answer of which everything was written to `socket`: at once if nothing waits there any more. */
export function whenSent(
  socket: ConnectionSocket,
  record: AccessRecord,
  take: (record: AccessRecord) => void,
): void {
  if (socket.unsentBytes === 0 || socket.isEnded) {
    take(record)
    return
  }
  const writtenMs = performance.now()
  socket.whenSent(() => {
    const tookMs = performance.now() - writtenMs
    take({
      ...record,
      timeMs: record.timeMs + Math.round(tookMs),
      durationMs: record.durationMs + tookMs,
      transferMs: record.transferMs + tookMs,
    })
  })
}
