// `npm run faults -- deadline-storm`: every thread of every worker gets a request that never comes back, half of them in C.
import { setTimeout as sleep } from 'node:timers/promises'

import { RawConnection } from '../../test/harness/raw-connection.ts'
import { formatFigure, formatRatio } from '../report/figures.ts'
import { summarize } from '../report/statistics.ts'
import { ClosedClients } from './clients/closed-clients.ts'
import type { ClosedFigures } from './clients/closed-load.ts'
import { faultScript } from './fault-script.ts'
import { demand, demandOfSpeed, figure, type Finding } from './finding.ts'
import { describe, failuresOf, noneFailed, servedOf } from './load-findings.ts'
import { LOAD_OPTIONS, SERVER_OPTIONS } from './load-options.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'
import { killWorkers } from './supervision/kill-workers.ts'
import { servingWorkers } from './supervision/serving-workers.ts'

const WORKERS = 2
const THREADS = 4
const MOST_HEALTH_US = 50_000
// What the server's clocks and this script's may be apart, all together.
const SLACK_MS = 300
const RATE_MS = 1_000
const LEAST_RATE = 0.9
const CALM_DEADLINE_MS = 20_000
const PROBE_PAUSE_MS = 5
const STUCK = ['/stuck/python', '/stuck/c']

interface Storm {
  readonly statuses: readonly number[]
  readonly rateBefore: number
  /** Over a second, once the time is up in which the service has to be back. */
  readonly rateAfter: number
}

export const deadlineStorm = faultScript({
  name: 'deadline-storm',
  title: 'all threads stuck at once, half of them in C, again and again',
  options: {
    storms: { default: 5, help: 'one after the other' },
    requestTimeoutMs: { default: 1_000, help: 'milliseconds of the deadline' },
    interruptGraceMs: { default: 1_000, help: 'milliseconds until a thread is given up' },
    boots: { default: 3, help: 'of workers, of which the longest is taken for the time that one takes' },
    connections: LOAD_OPTIONS.connections,
    workMs: LOAD_OPTIONS.workMs,
    ...SERVER_OPTIONS,
  },
  async run(values, tell) {
    const {
      storms: count,
      requestTimeoutMs,
      interruptGraceMs,
      connections,
      workMs,
      python,
      checkout,
    } = values
    await using server = await ServerUnderFaults.start({
      workers: WORKERS,
      threads: THREADS,
      options: [
        ...['--request-timeout', `${requestTimeoutMs}ms`],
        ...['--interrupt-grace', `${interruptGraceMs}ms`],
        ...['--queue-timeout', '0s'],
      ],
      python,
      checkout,
    })
    const { port } = server
    const load = { port, connections, path: `/work/${workMs}` }
    const boots = await killWorkers({ kills: values.boots, workers: WORKERS }, load, tell)
    const bootMs = summarize(boots.backUs).max / 1000
    const backMs = requestTimeoutMs + interruptGraceMs + bootMs + SLACK_MS
    tell(
      `a worker boots within ${bootMs.toFixed(0)} ms: the service has to be back ${backMs.toFixed(0)} ms after a storm began`,
    )
    await using clients = new ClosedClients()
    await using live = new ClosedClients()
    await using ready = new ClosedClients()
    const probe = { port, connections: 2, isAnyBodyRight: true, pauseMs: PROBE_PAUSE_MS }
    await clients.begin(load)
    await live.begin({ ...probe, path: '/-/live' })
    await ready.begin({ ...probe, path: '/-/ready' })
    const storms: Storm[] = []
    for (let storm = 1; storm <= count; storm++) {
      storms.push(await raiseStorm(port, clients, backMs))
      tell(`storm ${storm}: ${describeStorm(storms.at(-1)!)}`)
    }
    const [besides, lives, readies] = [await clients.end(), await live.end(), await ready.end()]
    return [
      figure('storms', count),
      ...stormFindings(storms),
      ...ordinaryFindings(besides, backMs),
      ...healthFindings('/-/live', lives),
      noneFailed('/-/live', lives),
      ...healthFindings('/-/ready', readies),
      figure('/-/ready: not 200', describe(failuresOf(readies))),
    ]
  },
})

/** Resolves when the service has had its time to come back, and its rate has been taken. */
async function raiseStorm(port: number, clients: ClosedClients, backMs: number): Promise<Storm> {
  await servingWorkers(clients, WORKERS, CALM_DEADLINE_MS)
  const rateBefore = await rateOf(clients)
  const asked = Array.from({ length: WORKERS * THREADS }, (_, index) =>
    statusOf(port, STUCK[index % STUCK.length]!),
  )
  await sleep(backMs)
  const rateAfter = await rateOf(clients)
  return { statuses: await Promise.all(asked), rateBefore, rateAfter }
}

async function rateOf(clients: ClosedClients): Promise<number> {
  const startMs = performance.now()
  const before = servedOf(await clients.tell())
  await sleep(RATE_MS)
  const served = servedOf(await clients.tell()) - before
  return (served / (performance.now() - startMs)) * 1000
}

/** 0 where there was no answer. */
async function statusOf(port: number, target: string): Promise<number> {
  using connection = await RawConnection.open({ port, host: '127.0.0.1' })
  const answer = await connection
    .request(`GET ${target} HTTP/1.1\r\nHost: stuck.test\r\n\r\n`)
    .catch(() => undefined)
  return answer?.status ?? 0
}

function stormFindings(storms: readonly Storm[]): readonly Finding[] {
  const statuses = storms.flatMap((storm) => storm.statuses)
  const others = statuses.filter((status) => status !== 504)
  const ratio = Math.min(...storms.map(({ rateBefore, rateAfter }) => rateAfter / rateBefore))
  return [
    figure('stuck requests', statuses.length),
    demand('of them not answered 504', others.length, '0', others.length === 0),
    demandOfSpeed(
      'served a second afterwards / before, the least',
      formatRatio(ratio),
      `at least ${formatRatio(LEAST_RATE)}`,
      ratio >= LEAST_RATE,
    ),
  ]
}

function ordinaryFindings(figures: ClosedFigures, backMs: number): readonly Finding[] {
  return [
    figure('ordinary requests beside them', servedOf(figures)),
    noneFailed('ordinary requests', figures),
    demandOfSpeed(
      'ordinary requests: longest',
      formatFigure(figures.maxUs, 'time'),
      `at most ${formatFigure(backMs * 1000, 'time')}: deadline, grace, boot`,
      figures.maxUs <= backMs * 1000,
    ),
  ]
}

function healthFindings(path: string, { p50Us, p99Us, maxUs }: ClosedFigures): readonly Finding[] {
  return [
    figure(`${path}: p50, p99`, `${formatFigure(p50Us, 'time')}, ${formatFigure(p99Us, 'time')}`),
    demandOfSpeed(
      `${path}: longest`,
      formatFigure(maxUs, 'time'),
      `at most ${formatFigure(MOST_HEALTH_US, 'time')}`,
      maxUs <= MOST_HEALTH_US,
    ),
  ]
}

function describeStorm({ statuses, rateBefore, rateAfter }: Storm): string {
  return `${statuses.join(' ')}; ${rateBefore.toFixed(0)} a second before, ${rateAfter.toFixed(0)} after`
}
