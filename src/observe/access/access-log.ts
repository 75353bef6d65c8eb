// The access log: a line for each request, whichever way it ended.

import type { AccessFormat } from '../../config/access-format.ts'
import { type LogTarget, logTargetText } from '../../config/log-target.ts'
import type { AccessKeeper } from '../../wsgi/access-record.ts'
import type { Clock } from '../clock.ts'
import { openLogTarget } from '../open-log-target.ts'
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
  const writer = new LineWriter(
    openLogTarget(target, origin, 'GANTRY_ACCESS_LOG_FAILED'),
    writerReports(name, log, teller),
    clock,
  )
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
