// `npm run faults -- overload`: many times more requests than can be served. What is served is what could be served without the rest.
import { setTimeout as sleep } from 'node:timers/promises'

import { formatFigure, formatRatio } from '../report/figures.ts'
import { ClientProcess } from './clients/client-process.ts'
import { ClosedClients } from './clients/closed-clients.ts'
import type { LoadFigures } from './clients/steady-load.ts'
import type { SteadyCommand, SteadySettings } from './clients/steady-program.ts'
import { faultScript } from './fault-script.ts'
import { demand, demandOfSpeed, figure, type Finding } from './finding.ts'
import { noneFailed, servedFindings, servedOf } from './load-findings.ts'
import { LOAD_OPTIONS, SERVER_OPTIONS } from './load-options.ts'
import { Rest } from './server/rest.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'

const STEADY_PROGRAM = new URL('clients/steady-program.ts', import.meta.url).pathname
const LEAST_GOODPUT = 0.95
// Of the time that a full queue takes to be served.
const MOST_LATENCY = 1.5
const MOST_REFUSAL_US = 50_000
const RETURN_DEADLINE_MS = 10_000

export const overload = faultScript({
  name: 'overload',
  title: 'ten times as many requests as can be served, whether or not they are answered',
  options: {
    seconds: { default: 20, help: 'of the overload, after half as many of the capacity alone' },
    warmUpSeconds: {
      default: 3,
      help: 'of the overload before it is measured: a young process has its code still to compile',
    },
    times: { default: 10, help: 'the offered load, in capacities' },
    clients: { default: 2_000, help: 'connections of the overload' },
    queueSize: { default: 100, help: 'requests that may wait' },
    connections: { ...LOAD_OPTIONS.connections, help: 'kept connections that the capacity is measured with' },
    workMs: { ...LOAD_OPTIONS.workMs, default: 10 },
    ...SERVER_OPTIONS,
  },
  async run(values, tell) {
    const { seconds, warmUpSeconds, times, clients, queueSize, connections, workMs, python, checkout } =
      values
    const target = `/work/${workMs}`
    await using server = await ServerUnderFaults.start({
      options: ['--queue-size', String(queueSize)],
      python,
      checkout,
    })
    const { port } = server
    const rest = new Rest(server)
    await using closed = new ClosedClients()
    await closed.begin({ port, connections, path: target })
    await sleep(seconds * 500)
    const alone = await closed.end()
    const capacity = servedOf(alone) / alone.seconds
    tell(`capacity ${capacity.toFixed(0)} a second`)
    await using offering = new ClientProcess<SteadyCommand, LoadFigures>(STEADY_PROGRAM, {
      port,
      connections: clients,
      target,
    } satisfies SteadySettings)
    const requestsPerSecond = Math.round(capacity * times)
    const young = await offering.ask({ requestsPerSecond, seconds: warmUpSeconds })
    const figures = await offering.ask({ requestsPerSecond, seconds })
    await offering[Symbol.asyncDispose]()
    await rest.returned(RETURN_DEADLINE_MS)
    return [
      ...servedFindings('alone', alone),
      noneFailed('alone', alone),
      figure('served / capacity, first seconds', formatRatio(young.answered / warmUpSeconds / capacity)),
      ...goodputFindings(figures, { capacity, seconds, times }),
      ...latencyFindings(figures, queueSize / capacity),
      ...rest.findings(),
    ]
  },
})

function goodputFindings(
  { answered, errors, refused, unanswered }: LoadFigures,
  {
    capacity,
    seconds,
    times,
  }: { readonly capacity: number; readonly seconds: number; readonly times: number },
): readonly Finding[] {
  const goodput = answered / seconds / capacity
  const others = errors - refused.count + unanswered
  return [
    figure('offered a second', Math.round(capacity * times)),
    figure('served a second', Math.round(answered / seconds)),
    demandOfSpeed(
      'served / capacity',
      formatRatio(goodput),
      `at least ${formatRatio(LEAST_GOODPUT)}`,
      goodput >= LEAST_GOODPUT,
    ),
    figure('answered 503', refused.count),
    demand('failed otherwise', others, '0', others === 0),
  ]
}

function latencyFindings(
  { p50Us, p99Us, maxUs, refused, ownLatenessP99Us }: LoadFigures,
  queueSeconds: number,
): readonly Finding[] {
  const mostUs = queueSeconds * MOST_LATENCY * 1e6
  return [
    figure('client late, p99', time(ownLatenessP99Us)),
    figure('served: p50, longest', `${time(p50Us)}, ${time(maxUs)}`),
    demandOfSpeed(
      'served: p99',
      time(p99Us),
      `at most ${time(mostUs)}, ${MOST_LATENCY} times a full queue`,
      p99Us <= mostUs,
    ),
    figure('503: p50, longest', `${time(refused.p50Us)}, ${time(refused.maxUs)}`),
    demandOfSpeed(
      '503: p99',
      time(refused.p99Us),
      `at most ${time(MOST_REFUSAL_US)}`,
      refused.p99Us <= MOST_REFUSAL_US,
    ),
  ]
}

function time(us: number): string {
  return formatFigure(us, 'time')
}
