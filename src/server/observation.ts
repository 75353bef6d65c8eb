// What a server tells of itself: its log, what is counted and told there, and the access log. Opened first and closed last, as
// whatever happens in between may have something to tell.

import type { Settings } from '../config/resolve.ts'
import { type AccessLog, openAccessLog } from '../observe/access-log.ts'
import { SYSTEM_CLOCK } from '../observe/clock.ts'
import { type Log, textLog } from '../observe/log.ts'
import { Refusals } from '../observe/refusals.ts'
import { outliveReaders } from '../observe/standard-streams.ts'
import { Teller } from '../observe/teller.ts'

export class Observation {
  readonly log: Log
  readonly teller = new Teller(SYSTEM_CLOCK)
  readonly refusals: Refusals
  /** `undefined` where nobody asked for one. */
  readonly accessLog: AccessLog | undefined

  /** Throws a GantryError if the access log cannot be opened. */
  constructor({ accessLog: target, origins }: Settings, log: Log = textLog()) {
    outliveReaders()
    const { teller } = this
    this.log = log
    this.refusals = new Refusals(log, teller)
    if (target === undefined) return
    this.accessLog = openAccessLog({ target, origin: origins.accessLog, log, teller, clock: SYSTEM_CLOCK })
  }

  async close(): Promise<void> {
    await this.accessLog?.close()
    this.teller.finish()
    this.refusals.tellCounts()
  }

  /** For an end that does not wait. */
  flushNow(): void {
    this.accessLog?.flushNow()
  }
}
