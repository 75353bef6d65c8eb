// The error log, opened where --error-log says. It is written at once, never waited for, and never more than a few megabytes of it wait.

import { type LogTarget, logTargetText } from '../config/log-target.ts'
import type { Clock } from './clock.ts'
import { countText } from './count-text.ts'
import { openLogTarget } from './open-log-target.ts'
import { LineWriter, type LineWriterReports } from './line-writer.ts'
import { jsonLines, textLines } from './log-lines.ts'
import type { Level } from './log-event.ts'
import { type Log, logTo, textLog } from './log.ts'
import { asSyslog } from './syslog/syslog-message.ts'
import type { Teller } from './teller.ts'
import { usesColors } from './terminal-colors.ts'
import { writerReports } from './writer-reports.ts'

export interface ErrorLog extends Log {
  /** After the file was renamed: goes on in a new one. */
  reopen(): void
  /** Writes before it returns what was told, as far as that is possible. */
  flushNow(): void
  /** Resolves when what was told is written, or its target has had two seconds for it. What is told from then on goes to standard error. */
  close(): Promise<void>
}

export interface ErrorLogSettings {
  readonly errorLog: LogTarget
  readonly logLevel: Level
  readonly logFormat: 'text' | 'json'
  readonly origins: { readonly errorLog: string }
}

/** Throws a GantryError if the file cannot be opened. */
export function openErrorLog(settings: ErrorLogSettings, teller: Teller, clock: Clock): ErrorLog {
  const { errorLog: target, logLevel, logFormat } = settings
  const name = `the error log ${logTargetText(target)}`
  // A standard stream that cannot be written tells of it itself, when it takes lines again.
  let lostLines = 0
  const ownReports: LineWriterReports = { ...SILENT, dropped: () => lostLines++ }
  const writer = (to: LogTarget): LineWriter => {
    const isStandard = to.kind === 'stderr' || to.kind === 'stdout'
    const reports = isStandard ? ownReports : writerReports(name, textLog(), teller)
    return new LineWriter(
      openLogTarget(to, settings.origins.errorLog, 'GANTRY_ERROR_LOG_FAILED'),
      reports,
      clock,
      0,
    )
  }
  const main = writer(target)
  // What the application prints to standard output stays there, as long as the log is on the other standard stream.
  const printed = target.kind === 'stderr' ? writer({ kind: 'stdout' }) : main
  const writers = new Set([main, printed])
  const isColored =
    target.kind === 'stderr' || target.kind === 'stdout' ? usesColors(process[target.kind]) : false
  const lines =
    logFormat === 'json'
      ? jsonLines()
      : textLines({ hasColors: isColored, hasTime: target.kind !== 'syslog' })
  const wrapped = (text: string, level: Level): string =>
    target.kind === 'syslog' ? asSyslog(target, level, text) : text
  let isClosed = false
  const take =
    (to: LineWriter) =>
    (text: string, level: Level): void => {
      if (isClosed) process.stderr.write(text)
      else to.add(wrapped(text, level))
      if (lostLines === 0 || !to.hasRoom) return
      const message = `${countText(lostLines)} lines of this log were lost: they came faster than they were taken`
      lostLines = 0
      to.add(lines.event({ time: new Date(), level: 'warning', message }))
    }
  return {
    ...logTo({ stdout: take(printed), stderr: take(main), now: () => new Date() }, lines, logLevel),
    reopen: () => writers.forEach((each) => each.reopen()),
    flushNow: () => writers.forEach((each) => each.flushNow()),
    async close() {
      await Promise.all([...writers].map((each) => each.close()))
      isClosed = true
    },
  }
}

const SILENT: LineWriterReports = {
  dropped: () => undefined,
  writeFailed: () => undefined,
  reopenFailed: () => undefined,
  lostAtClose: () => undefined,
}
