// What becomes of a log that cannot be written, in the words of the log that can.

import { countText } from './count-text.ts'
import { type EventKind, moreOf, type Teller } from './teller.ts'
import type { LineWriterReports } from './line-writer.ts'
import type { Log } from './log.ts'

const FAILURE_EVERY_MS = 60_000

/** `name` goes on after `cannot write `. */
export function writerReports(
  name: string,
  log: Pick<Log, 'warning' | 'error'>,
  teller: Teller,
): LineWriterReports {
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
