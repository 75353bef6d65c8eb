// What a server tells of itself: its log, what is counted and told there, and the access log. Opened first and closed last, as
// whatever happens in between may have something to tell.

import type { Settings } from '../config/resolve.ts'
import { type AccessLog, openAccessLog } from '../observe/access/access-log.ts'
import { SYSTEM_CLOCK } from '../observe/clock.ts'
import { type ErrorLog, openErrorLog } from '../observe/error-log.ts'
import type { Log } from '../observe/log.ts'
import { Refusals } from '../observe/refusals.ts'
import { outliveReaders } from '../observe/standard-streams.ts'
import { Teller } from '../observe/teller.ts'

export class Observation {
  readonly log: Log
  readonly teller = new Teller(SYSTEM_CLOCK)
  readonly refusals: Refusals
  /** `undefined` where nobody asked for one. */
  readonly accessLog: AccessLog | undefined
  workerDeaths = 0
  /** Whether how far workers are with booting is seen elsewhere, and is no matter for the log. */
  isBootShown = false
  readonly #errorLog: ErrorLog | undefined

  /** Throws a GantryError if a log cannot be opened. `log` takes the place of the error log. */
  constructor(settings: Settings, log?: Log) {
    outliveReaders()
    const { teller } = this
    if (log === undefined) this.log = this.#errorLog = openErrorLog(settings, teller, SYSTEM_CLOCK)
    else this.log = log
    this.refusals = new Refusals(this.log, teller)
    const { accessLog: target, accessLogFormat, logFormat, origins } = settings
    if (target === undefined) return
    const format = accessLogFormat ?? { kind: logFormat === 'json' ? 'json' : 'gantry' }
    this.accessLog = openAccessLog({
      target,
      format,
      origin: origins.accessLog,
      log: this.log,
      teller,
      clock: SYSTEM_CLOCK,
    })
  }

  /** After their files were renamed: the logs go on in new ones. */
  reopen(): void {
    this.#errorLog?.reopen()
    this.accessLog?.reopen()
  }

  async close(): Promise<void> {
    await this.accessLog?.close()
    this.teller.finish()
    this.refusals.tellCounts()
    await this.#errorLog?.close()
  }

  /** For an end that does not wait. */
  flushNow(): void {
    this.accessLog?.flushNow()
    this.#errorLog?.flushNow()
  }
}
