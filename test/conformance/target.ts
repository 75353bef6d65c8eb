// What the conformance cases run against. One for each gateway and each kind of application.

import { RawConnection } from '../harness/raw-connection.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import type { RawResponse } from '../harness/raw-response.ts'

export interface Target {
  /** A connection of its own, for requests and answers as HTTP/1.1 has them on the wire. */
  open(): Promise<RawConnection>
  /** One request on a connection of its own. */
  request(raw: string): Promise<RawResponse>
  /** Everything logged so far: the server's own lines and what applications print. */
  log(): string
}

/** A running gantry, over HTTP/1.1 on its first TCP address. */
export function httpTarget(gantry: GantryProcess): Target {
  const open = (): Promise<RawConnection> => RawConnection.open({ host: '127.0.0.1', port: gantry.port })
  return {
    open,
    async request(raw) {
      using connection = await open()
      return await connection.request(raw)
    },
    log: () => gantry.stderr,
  }
}
