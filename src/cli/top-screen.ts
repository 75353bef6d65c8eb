// The screen of `gantry top`: two looks at a server in, lines that fit a terminal out. Pure.

import type { ServerStatus } from '../server/controlled.ts'
import { countText } from '../observe/count-text.ts'
import { ageText, bytesText, millisecondsText, rateText } from './quantities.ts'
import {
  deathLines,
  frontLines,
  type PlacedPool,
  poolsOf,
  pythonOf,
  type RateOf,
  sumOf,
  workerLines,
} from './status-tables.ts'
import { plainText } from './table.ts'

/** A look at a server. */
export interface Sample {
  /** On a clock that is never set. */
  readonly atMs: number
  readonly status: ServerStatus
}

export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

const DEATHS_SHOWN = 3

/** `before` is the look at the same server a moment ago: without one, rates are what the fronts say themselves. */
export function topLines(
  now: Sample,
  before: Sample | undefined,
  nowMs: number,
  size: ScreenSize,
): readonly string[] {
  const { status } = now
  const rates = before === undefined ? toldRates(status) : ratesBetween(before, now)
  const rateOf: RateOf = (pid) => rates.get(pid)
  const fronts = frontLines(status, nowMs, rateOf)
  const workers = workerLines(status, rateOf)
  const deaths = deathLines(status, nowMs).slice(0, 1 + DEATHS_SHOWN)
  const sections = [summaryLines(status, nowMs, rateOf), fronts, workers, deaths]
  const lines = sections.filter((section) => section.length > 0).flatMap((section) => [...section, ''])
  return fit(lines.slice(0, -1), size)
}

/** Requests a second of each process that is in both looks. */
export function ratesBetween(before: Sample, now: Sample): ReadonlyMap<number, number> {
  const seconds = (now.atMs - before.atMs) / 1000
  const counts = requestsByProcess(before.status)
  const rates = new Map<number, number>()
  for (const [pid, count] of requestsByProcess(now.status)) {
    const earlier = counts.get(pid)
    // A process id may belong to another process by now, which has counted less.
    if (earlier !== undefined && seconds > 0 && count >= earlier) rates.set(pid, (count - earlier) / seconds)
  }
  return rates
}

function requestsByProcess(status: ServerStatus): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const { pid, status: front } of status.fronts) {
    if (front !== undefined) counts.set(pid, front.requests)
  }
  for (const { pool } of poolsOf(status)) {
    for (const { pid, requests } of pool.workers) counts.set(pid, requests)
  }
  return counts
}

function toldRates({ fronts }: ServerStatus): ReadonlyMap<number, number> {
  return new Map(
    fronts.flatMap(({ pid, status }) => (status === undefined ? [] : [[pid, status.requestsPerSecond]])),
  )
}

function summaryLines(status: ServerStatus, nowMs: number, rateOf: RateOf): readonly string[] {
  const { application, pid, state, generation, startedAtMs, fronts } = status
  const connections = sumOf(fronts.map((front) => front.status?.connections ?? 0))
  const rate = sumOf(fronts.map((front) => rateOf(front.pid) ?? 0))
  const title = `${plainText(application)}  pid ${pid}  ${state}, generation ${generation}, up ${ageText(nowMs - startedAtMs)}`
  return [
    title,
    `${rateText(rate)}  ${countText(connections)} connections  ${memoryOf(status)}`,
    ...poolsOf(status).map((placed) => poolLine(placed, poolsOf(status).length > 1)),
  ]
}

/** Of everything that serves. */
function memoryOf(status: ServerStatus): string {
  const processes = [...status.fronts, ...poolsOf(status).flatMap(({ pool }) => pythonOf(pool))]
  const pss = sumOf(processes.map(({ pssBytes }) => pssBytes))
  return pss > 0
    ? `${bytesText(pss)} in memory (PSS)`
    : `${bytesText(sumOf(processes.map(({ rssBytes }) => rssBytes)))} in memory (RSS)`
}

function poolLine({ front, pool }: PlacedPool, isOneOfSeveral: boolean): string {
  const busy = sumOf(pool.workers.map(({ busyThreads }) => busyThreads))
  const threads = sumOf(pool.workers.map((worker) => worker.threads))
  const { p50, p99, max } = pool.workMs
  const parts = [
    ...(isOneOfSeveral ? [`front ${front.number}: ${plainText(pool.application)}`] : []),
    `busy ${busy}/${threads}`,
    `queue ${countText(pool.queued)}/${countText(pool.queueSize)}, oldest ${millisecondsText(pool.oldestWaitMs)}`,
    `application p50 ${millisecondsText(p50)}, p99 ${millisecondsText(p99)}, longest ${millisecondsText(max)}`,
    `waited p99 ${millisecondsText(pool.waitMs.p99)}`,
  ]
  return parts.join('  ')
}

/** The last line says how much is not seen. */
function fit(lines: readonly string[], { columns, rows }: ScreenSize): readonly string[] {
  const isTooLong = lines.length > rows
  const shown = isTooLong ? lines.slice(0, Math.max(rows - 1, 0)) : lines
  const rest = isTooLong && rows > 0 ? [`(${lines.length - shown.length} more lines)`] : []
  return [...shown, ...rest].map((line) => line.slice(0, columns))
}
