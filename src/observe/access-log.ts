// The access log: a line for each request, whichever way it ended.

import { GantryError } from '../errors.ts'
import type { AccessKeeper, AccessRecord } from '../wsgi/access-record.ts'
import { AccessLineFormat } from './access-line.ts'
import type { Clock } from './clock.ts'
import { countText } from './count-text.ts'
import { type LineTarget, openLineTarget } from './line-target.ts'
import { LineWriter, type LineWriterReports } from './line-writer.ts'
import type { Log } from './log.ts'
import { type EventKind, moreOf, type Teller } from './teller.ts'

const FAILURE_EVERY_MS = 60_000

export interface AccessLog extends AccessKeeper {
  readonly record: (record: AccessRecord) => void
  /** After the file was renamed: goes on in a new one. */
  reopen(): void
  /** Writes before it returns what was recorded, as far as that is possible. */
  flushNow(): void
  /** Resolves when what was recorded is written, or its target has had two seconds for it. */
  close(): Promise<void>
}

export interface AccessLogOptions {
  /** A path, or `-` for standard output. */
  readonly target: string
  /** Where the target was named. */
  readonly origin: string
  readonly log: Log
  readonly teller: Teller
  readonly clock: Clock
}

/** Throws a GantryError if the file cannot be opened. */
export function openAccessLog({ target, origin, log, teller, clock }: AccessLogOptions): AccessLog {
  const format = new AccessLineFormat()
  const writer = new LineWriter(openTarget(target, origin), writerReports(target, log, teller), clock)
  return {
    wants: [],
    record: (record) => writer.add(format.line(record)),
    reopen: () => writer.reopen(),
    flushNow: () => writer.flushNow(),
    close: () => writer.close(),
  }
}

function openTarget(target: string, origin: string): LineTarget {
  try {
    return openLineTarget(target)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new GantryError('GANTRY_ACCESS_LOG_FAILED', { path: target, origin, reason }, { cause: error })
  }
}

function writerReports(target: string, log: Log, teller: Teller): LineWriterReports {
  const name = target === '-' ? 'the access log on standard output' : `the access log ${target}`
  const dropped: EventKind<undefined> = {
    first: () => log.warning(`${name} takes lines more slowly than they come: some are dropped`),
    more: (count, _last, seconds) =>
      log.warning(`${name} lost ${moreOf(count, 'line')} in the last ${seconds} s`),
  }
  const failed: EventKind<Error> = {
    everyMs: FAILURE_EVERY_MS,
    first: (error) => log.error(`cannot write ${name}, which is tried again: ${error.message}`),
    more: (_count, error) => log.error(`still cannot write ${name}: ${error.message}`),
  }
  return {
    dropped: () => teller.tell(dropped, undefined),
    writeFailed: (error) => teller.tell(failed, error),
    reopenFailed: (error) => log.error(`cannot reopen ${name}, which goes on where it was: ${error.message}`),
    lostAtClose(lineCount) {
      const lines = lineCount === 1 ? '1 line' : `${countText(lineCount)} lines`
      log.error(`${lines} of ${name} could not be written before the end`)
    },
  }
}
