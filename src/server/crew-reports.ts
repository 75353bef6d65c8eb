// What the crew of a Python application reports of its workers, as lines of the log.

import { formatDuration } from '../config/durations.ts'
import { flagOf } from '../config/option.ts'
import { formatMebibytes } from '../config/sizes.ts'
import { GantryError } from '../errors.ts'
import type { Log } from '../observe/log.ts'
import type { CrewReports, FailedBoot, LostRequest, SlowBoot, WorkerDeath } from '../workers/crew-reports.ts'
import type { LimitReached } from '../workers/recycling-limits.ts'
import type { CountChange } from '../workers/worker-count.ts'

// More than a batch on each of many threads: the line would be too long for any reader.
const MAX_NAMES = 100

export function crewReports(log: Log): Omit<CrewReports, 'preload'> {
  // A worker that cannot boot is tried again and again, most often with the same traceback.
  let toldTraceback: string | undefined
  const tracebackOf = (error: unknown): string | undefined => {
    const traceback = error instanceof GantryError ? error.traceback : undefined
    if (traceback === undefined) return undefined
    if (traceback === toldTraceback) return 'The traceback is the same as before.'
    return (toldTraceback = traceback)
  }
  return {
    printed: (from, line) => log.output(from, line),
    ready(worker, pid) {
      toldTraceback = undefined
      log.info(`worker ${worker} is ready (pid ${pid})`)
    },
    slowBoot: (boot) => log.warning(slowBootText(boot)),
    bootFailed: (failure) => log.error(bootFailedText(failure), tracebackOf(failure.error)),
    died: (death) => log.error(deathText(death), death.error.hint),
    lostLater: (worker, lost) =>
      log.error(`worker ${worker}, which has died, had more requests: ${lostText(lost)}`),
    recycling: (worker, pid, why) =>
      log.info(`worker ${worker} (pid ${pid}) is to be replaced: ${limitText(why)}; its replacement boots`),
    retiring: (worker, pid) =>
      log.info(`worker ${worker} (pid ${pid}) retires: it gets no more requests, and ends when it has none`),
    stuck: (worker, pid, why) =>
      log.error(
        `worker ${worker} (pid ${pid}) is stuck: ${why}; it gets no more requests, is replaced, and killed when its others are answered`,
      ),
    countChanged: (change) => log.info(changeText(change)),
    resized: (fewest, most) => log.info(`the number of workers was set to ${rangeText(fewest, most)}`),
  }
}

function slowBootText({ forMs, booting, ready, wanted }: SlowBoot): string {
  const names = booting.map(({ worker, pid }) => `worker ${worker} (pid ${pid})`)
  const who = names.length === 0 ? 'the template that workers are forked from' : names.join(', ')
  return `not ready after ${Math.round(forMs / 1000)} s, still importing the application: ${who}; ready: ${ready} of ${count(wanted, 'worker')}`
}

function bootFailedText({ worker, error, retryMs, ready }: FailedBoot): string {
  const text = error instanceof Error ? error.message : String(error)
  const serving =
    ready === 0
      ? 'nobody serves meanwhile'
      : `meanwhile ${count(ready, 'worker')} ${ready === 1 ? 'goes' : 'go'} on`
  return `worker ${worker} cannot start, the next try is in ${retryMs} ms, ${serving}: ${text}`
}

function deathText({ worker, error, lost, replacedAfterMs }: WorkerDeath): string {
  const replaced =
    replacedAfterMs === undefined
      ? ''
      : ` and is replaced${replacedAfterMs === 0 ? '' : ` in ${replacedAfterMs} ms`}`
  return `worker ${worker} died${replaced}: ${error.message}; ${lostText(lost)} (${error.code})`
}

const OUTCOMES = {
  answered: 'answered 502',
  cut: 'cut, as the answer had begun',
  retried: 'given to another worker',
} as const

function lostText(lost: readonly LostRequest[]): string {
  if (lost.length === 0) return 'no request was lost'
  const outcomes = Object.entries(OUTCOMES).map(([outcome, text]) => {
    const names = lost
      .filter((one) => one.outcome === outcome)
      .map((one) => `${one.id} ${one.method} ${one.target}`)
    return { text, names }
  })
  return outcomes
    .filter(({ names }) => names.length > 0)
    .map(({ text, names }) => `${text}: ${namesText(names)}`)
    .join('; ')
}

const namesText = (names: readonly string[]): string =>
  names.length <= MAX_NAMES
    ? names.join(', ')
    : `${names.slice(0, MAX_NAMES).join(', ')} and ${names.length - MAX_NAMES} more`

function limitText({ limit, reached, allowed }: LimitReached): string {
  const option = flagOf(limit)
  switch (limit) {
    case 'maxRequests':
      return `it has answered ${reached} requests, and may answer ${allowed} (${option})`
    case 'maxWorkerAgeMs':
      return `it has served for ${Number((reached / 1000).toFixed(1))} s, and may for ${formatDuration(allowed)} (${option})`
    case 'maxRss':
      return `it has ${formatMebibytes(reached)} resident, and may have ${formatMebibytes(allowed)} (${option})`
  }
}

function changeText(change: CountChange): string {
  const { to } = change
  if (change.by === 1) {
    return `one worker more, ${to} now: a request has waited for a thread for ${Math.round(change.oldestWaitMs)} ms`
  }
  const { busyThreads, forMs } = change
  return `one worker fewer, ${to} now: no more than ${count(busyThreads, 'thread')} had work at once for ${Math.round(forMs / 1000)} s`
}

const rangeText = (fewest: number, most: number): string =>
  fewest === most ? String(fewest) : `${fewest} to ${most}`
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
