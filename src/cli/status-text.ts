// One screen of what a server is doing, for people. Pure: a status in, a text out.

import type { ServerStatus } from '../server/controlled.ts'
import { ageText, clockText } from './quantities.ts'
import {
  deathLines,
  frontLines,
  frontName,
  memoryText,
  type PlacedPool,
  poolsOf,
  queueText,
  rangeText,
  refusalLines,
  timeLines,
  workerLines,
} from './status-tables.ts'
import { plainText } from './table.ts'

/** How many of the last deaths fit, and of the codes of refusals. */
const DEATHS_SHOWN = 5
const REFUSALS_SHOWN = 8

export function statusText(status: ServerStatus, nowMs: number): string {
  const rates = new Map(status.fronts.map(({ pid, status: front }) => [pid, front?.requestsPerSecond]))
  const sections = [
    summaryLines(status, nowMs),
    frontLines(status, nowMs, (pid) => rates.get(pid)),
    ...poolsOf(status).map((placed, _, all) => poolLines(placed, all.length > 1, status.generation)),
    workerLines(status, () => undefined),
    refusalLines(status).slice(0, 1 + REFUSALS_SHOWN),
    deathLines(status, nowMs).slice(0, 1 + DEATHS_SHOWN),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function summaryLines(status: ServerStatus, nowMs: number): readonly string[] {
  const { version, pid, application, addresses, state, generation, startedAtMs } = status
  return [
    `gantry ${version} (pid ${pid})`,
    field('application', application),
    ...addresses.map((address) => field('listening', address)),
    field('state', `${state}, generation ${generation}, up ${ageText(nowMs - startedAtMs)}`),
    field('last reload', reloadText(status, nowMs)),
  ]
}

export const field = (name: string, text: string): string => `  ${name.padEnd(12)} ${plainText(text)}`

function reloadText({ lastReload }: ServerStatus, nowMs: number): string {
  if (lastReload === undefined) return 'none'
  const { atMs, outcome } = lastReload
  const when = `${clockText(atMs)}, ${ageText(Math.max(nowMs - atMs, 0))} ago`
  return outcome.isDone ? `${when}: done` : `${when}: failed: ${summaryOf(outcome.reason)}`
}

// Of a traceback the last line says what happened.
const summaryOf = (reason: string): string => reason.trimEnd().split('\n').at(-1)?.trim() ?? ''

function poolLines(
  { front, pool }: PlacedPool,
  isOneOfSeveral: boolean,
  generation: number,
): readonly string[] {
  const memory = memoryText(pool)
  return [
    ...(isOneOfSeveral ? [`front ${frontName(front, generation)}: ${plainText(pool.application)}`] : []),
    field('workers', rangeText(pool)),
    ...(pool.template === undefined ? [] : [field('template', `pid ${pool.template.pid}`)]),
    ...(memory === undefined ? [] : [field('memory', memory)]),
    field('queue', queueText(pool)),
    ...timeLines(pool).map((line) => `  ${line}`),
  ]
}
