// The access log: a line for each request, whichever way it ended.

import type { AccessFormat } from '../../config/access-format.ts'
import { type LogTarget, logTargetText } from '../../config/log-target.ts'
import { GantryError } from '../../errors.ts'
import type { AccessKeeper } from '../../wsgi/access-record.ts'
import type { Clock } from '../clock.ts'
import type { LineTarget } from '../line-target.ts'
import { openLineTarget } from '../open-line-target.ts'
import { LineWriter } from '../line-writer.ts'
import type { Log } from '../log.ts'
import { asSyslog } from '../syslog/syslog-message.ts'
import type { Teller } from '../teller.ts'
import { writerReports } from '../writer-reports.ts'
import { accessLines } from './access-lines.ts'
import { LineBytes } from './line-bytes.ts'

export interface AccessLog extends AccessKeeper {
  /** After the file was renamed: goes on in a new one. */
  reopen(): void
  /** Writes before it returns what was recorded, as far as that is possible. */
  flushNow(): void
  /** Resolves when what was recorded is written, or its target has had two seconds for it. */
  close(): Promise<void>
}

export interface AccessLogOptions {
  readonly target: LogTarget
  readonly format: AccessFormat
  /** Where the target was named. */
  readonly origin: string
  readonly log: Log
  readonly teller: Teller
  readonly clock: Clock
}

/** Throws a GantryError if the file cannot be opened. */
export function openAccessLog({ target, format, origin, log, teller, clock }: AccessLogOptions): AccessLog {
  const { wants, line } = accessLines(format)
  const name = `the access log ${logTargetText(target)}`
  const writer = new LineWriter(openTarget(target, origin), writerReports(name, log, teller), clock)
  const bytes = new LineBytes()
  const add =
    target.kind === 'syslog'
      ? () => writer.add(asSyslog(target, 'info', bytes.toString()))
      : () => {
          bytes.text('\n')
          writer.add(bytes.bytes)
        }
  return {
    wants,
    record(record) {
      bytes.clear()
      line(record, bytes)
      add()
    },
    reopen: () => writer.reopen(),
    flushNow: () => writer.flushNow(),
    close: () => writer.close(),
  }
}

function openTarget(target: LogTarget, origin: string): LineTarget {
  try {
    return openLineTarget(target)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const details = { path: logTargetText(target), origin, reason }
    throw new GantryError('GANTRY_ACCESS_LOG_FAILED', details, { cause: error })
  }
}
