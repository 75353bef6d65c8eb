// The tables of `gantry status` and `gantry top`: fronts, workers, times, deaths. Pure: a status in, lines out.

import type { FrontState, ServerStatus, SupervisedFront } from '../server/controlled.ts'
import type { Death, PoolStatus, ProcessMemory, Quantiles, WorkerStatus } from '../workers/pool-status.ts'
import { countText } from '../observe/count-text.ts'
import { ageText, bytesText, clockText, millisecondsText, rateText } from './quantities.ts'
import { left, right, tableLines } from './table.ts'

/** Requests a second of a process, by its id; undefined where that is not known. */
export type RateOf = (pid: number) => number | undefined

/** A pool, and the front that it is behind. */
export interface PlacedPool {
  readonly front: SupervisedFront
  readonly pool: PoolStatus
}

export const poolsOf = ({ fronts }: ServerStatus): readonly PlacedPool[] =>
  fronts.flatMap((front) => (front.status?.pools ?? []).map((pool) => ({ front, pool })))

const NOT_KNOWN = '-'
const HELD_UP = 'held up'

/** Fronts are counted in each generation; `current` is that which needs no naming. */
export const frontName = ({ number, generation }: SupervisedFront, current: number): string =>
  generation === current ? `${number}` : `${number} of generation ${generation}`

export function frontLines(
  { fronts, generation }: ServerStatus,
  nowMs: number,
  rateOf: RateOf,
): readonly string[] {
  const columns = [
    left('front'),
    right('pid'),
    left('state'),
    right('age'),
    right('connections'),
    right('requests'),
    right('rate'),
    right('RSS'),
    right('PSS'),
  ]
  const rows = fronts.map((front) => {
    const { pid, state, startedAtMs, status, rssBytes, pssBytes } = front
    return [
      frontName(front, generation),
      `${pid}`,
      stateText(state, status === undefined, status?.isReady ?? false),
      ageText(nowMs - startedAtMs),
      status === undefined ? NOT_KNOWN : countText(status.connections),
      status === undefined ? NOT_KNOWN : countText(status.requests),
      rateCell(rateOf(pid)),
      bytesText(rssBytes),
      bytesText(pssBytes),
    ]
  })
  return tableLines(columns, rows)
}

function stateText(state: FrontState, isSilent: boolean, isReady: boolean): string {
  if (state === 'booting') return state
  if (isSilent) return HELD_UP
  return state === 'serving' && !isReady ? 'not ready' : state
}

export function workerLines(status: ServerStatus, rateOf: RateOf): readonly string[] {
  const hasSeveralFronts = status.fronts.length > 1
  const columns = [
    left(hasSeveralFronts ? 'front' : ''),
    left('worker'),
    right('pid'),
    left('state'),
    right('age'),
    right('requests'),
    right('rate'),
    right('busy'),
    right('RSS'),
    right('PSS'),
  ]
  const rows = poolsOf(status).flatMap(({ front, pool }) =>
    pool.workers.map((worker) => [
      hasSeveralFronts ? frontName(front, status.generation) : '',
      ...workerCells(worker, rateOf),
    ]),
  )
  return rows.length === 0 ? [] : tableLines(columns, rows)
}

const workerCells = (worker: WorkerStatus, rateOf: RateOf): readonly string[] => [
  `${worker.number}`,
  `${worker.pid}`,
  worker.state,
  worker.ageMs === 0 ? NOT_KNOWN : ageText(worker.ageMs),
  countText(worker.requests),
  rateCell(rateOf(worker.pid)),
  `${worker.busyThreads}/${worker.threads}`,
  bytesText(worker.rssBytes),
  bytesText(worker.pssBytes),
]

const rateCell = (rate: number | undefined): string => (rate === undefined ? '' : rateText(rate))

/** How long requests took, of the last minute. */
export function timeLines({ workMs, waitMs }: PoolStatus): readonly string[] {
  const columns = [
    left('last minute'),
    right('requests'),
    right('p50'),
    right('p90'),
    right('p99'),
    right('longest'),
  ]
  return tableLines(columns, [timeCells('application', workMs), timeCells('queue', waitMs)])
}

const timeCells = (name: string, { count, p50, p90, p99, max }: Quantiles): readonly string[] =>
  count === 0
    ? [name, '0', ...Array<string>(4).fill(NOT_KNOWN)]
    : [name, countText(count), ...[p50, p90, p99, max].map(millisecondsText)]

export function queueText({ queued, queueSize, oldestWaitMs }: PoolStatus): string {
  const oldest = queued === 0 ? '' : `, the oldest for ${millisecondsText(oldestWaitMs)}`
  return `${countText(queued)} of at most ${countText(queueSize)} wait${oldest}`
}

export const rangeText = ({ fewest, most }: PoolStatus): string =>
  fewest === most ? `${fewest}` : `${fewest} to ${most}`

/** The Python processes behind it. */
export const pythonOf = ({
  workers,
  template,
}: PoolStatus): readonly (ProcessMemory & { readonly pid: number })[] =>
  template === undefined ? workers : [template, ...workers]

/** What all of them take together, and what they would if they had nothing in common; undefined where nothing is known. */
export function memoryText(pool: PoolStatus): string | undefined {
  const rss = sumOf(pythonOf(pool).map(({ rssBytes }) => rssBytes))
  const pss = sumOf(pythonOf(pool).map(({ pssBytes }) => pssBytes))
  if (rss === 0) return undefined
  if (pss === 0) return `${bytesText(rss)} resident, what is shared counted for each`
  return `${bytesText(pss)} together, ${bytesText(rss)} if nothing were shared`
}

export const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** Of all fronts together, the most frequent first. */
export function refusalLines({ fronts }: ServerStatus): readonly string[] {
  const counts = new Map<string, number>()
  for (const { code, count } of fronts.flatMap(({ status }) => status?.refusals ?? []))
    counts.set(code, (counts.get(code) ?? 0) + count)
  const rows = [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([code, count]) => [code, countText(count)])
  return rows.length === 0 ? [] : tableLines([left('refused'), right('')], rows)
}

/** The latest first. */
export function deathLines(status: ServerStatus, nowMs: number): readonly string[] {
  const deaths = [
    ...status.deaths.map(({ front, ...death }) => ({ ...death, who: `front ${front}`, lost: 0 })),
    ...poolsOf(status).flatMap(({ pool }) =>
      pool.deaths.map((death) => ({ ...death, who: `worker ${death.worker}` })),
    ),
  ]
  const rows = deaths
    .sort((one, other) => other.atMs - one.atMs)
    .map(({ atMs, who, pid, cause, lost }) => [
      clockText(atMs),
      `${ageText(Math.max(nowMs - atMs, 0))} ago`,
      who,
      `${pid}`,
      `${cause}${lostText(lost)}`,
    ])
  return rows.length === 0
    ? []
    : tableLines([left('last deaths'), right(''), left('who'), right('pid'), left('cause')], rows)
}

const lostText = (lost: Death['lost']): string =>
  lost === 0 ? '' : ` (${lost} ${lost === 1 ? 'request' : 'requests'} lost)`
