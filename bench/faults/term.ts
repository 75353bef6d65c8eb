// `npm run faults -- term`: SIGTERM with a lame-duck time, as a load balancer and its clients live through it.
import { ClosedClients } from './clients/closed-clients.ts'
import type { ClosedCounts } from './clients/closed-load.ts'
import { faultScript } from './fault-script.ts'
import { demand, demandOfSpeed, figure, type Finding } from './finding.ts'
import { describe, failuresOf, servedOf } from './load-findings.ts'
import { LOAD_OPTIONS, SERVER_OPTIONS } from './load-options.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'
import { RawConnection } from '../../test/harness/raw-connection.ts'
import { setTimeout as sleep } from 'node:timers/promises'

const LOAD_MS = 1_000
const LEAVE_DEADLINE_MS = 20_000
// A connection of a client that comes within the lame-duck time, well after the ready endpoint has begun to fail.
const LATE_MS = 200
const EXIT_WITHIN_MS = 3_000

interface Stop {
  readonly counts: ClosedCounts
  /** What a client was told that connected after SIGTERM. */
  readonly late: string
  readonly exit: string
  readonly exitMs: number
}

export const term = faultScript({
  name: 'term',
  title: 'SIGTERM under load, with a lame-duck time',
  options: {
    rounds: { default: 10, help: 'starts and stops' },
    lameDuckMs: { default: 1_000, help: 'milliseconds of the lame-duck time' },
    ...LOAD_OPTIONS,
    ...SERVER_OPTIONS,
  },
  async run({ rounds, lameDuckMs, connections, workMs, pauseMs, python, checkout }, tell) {
    const stops: Stop[] = []
    for (let round = 1; round <= rounds; round++) {
      await using server = await ServerUnderFaults.start({
        options: ['--lame-duck', `${lameDuckMs}ms`],
        python,
        checkout,
      })
      const stop = await stopUnderLoad(server, { connections, path: `/work/${workMs}`, pauseMs })
      stops.push(stop)
      tell(
        `round ${round}: ended after ${stop.exitMs.toFixed(0)} ms (${stop.exit}), failed: ${describe(failuresOf(stop.counts))}`,
      )
    }
    return findings(stops, lameDuckMs)
  },
})

async function stopUnderLoad(
  server: ServerUnderFaults,
  load: { readonly connections: number; readonly path: string; readonly pauseMs: number },
): Promise<Stop> {
  await using clients = new ClosedClients()
  await clients.begin({ ...load, port: server.port, readyPath: '/-/ready' })
  await sleep(LOAD_MS)
  const startMs = performance.now()
  process.kill(server.gantry.pid, 'SIGTERM')
  const [counts, late] = await Promise.all([clients.left(LEAVE_DEADLINE_MS), askLate(server)])
  const { code, signal } = await server.gantry.exited
  return { counts, late, exit: `status ${code ?? signal ?? 'none'}`, exitMs: performance.now() - startMs }
}

async function askLate(server: ServerUnderFaults): Promise<string> {
  await sleep(LATE_MS)
  try {
    using connection = await RawConnection.open({ port: server.port, host: '127.0.0.1' })
    const answer = await connection.request('GET /work/0?late HTTP/1.1\r\nHost: late.test\r\n\r\n')
    return `${answer.status}, Connection: ${answer.values('Connection').join()}`
  } catch (error) {
    return String(error)
  }
}

function findings(stops: readonly Stop[], lameDuckMs: number): readonly Finding[] {
  const failures = stops.map(({ counts }) => describe(failuresOf(counts)))
  const unequal = (values: readonly string[], wanted: string): readonly string[] =>
    values.filter((value) => value !== wanted)
  const late = 'answered 200, Connection: close'
  const all = (title: string, values: readonly string[], wanted: string): Finding => {
    const wrong = unequal(values, wanted)
    return demand(title, wrong[0] ?? wanted, wanted, wrong.length === 0)
  }
  const slowestMs = Math.max(...stops.map(({ exitMs }) => exitMs))
  const mostMs = lameDuckMs + EXIT_WITHIN_MS
  return [
    figure('stops', stops.length),
    figure(
      'requests',
      stops.reduce((sum, { counts }) => sum + servedOf(counts), 0),
    ),
    all('failed', failures, '0'),
    all(
      'clients that did not come to an end',
      stops.map(({ counts }) => String(counts.active)),
      '0',
    ),
    all(
      'a new connection in the lame-duck time',
      stops.map((stop) => `answered ${stop.late}`),
      late,
    ),
    all(
      'exit',
      stops.map(({ exit }) => exit),
      'status 0',
    ),
    demandOfSpeed(
      'SIGTERM to the end, longest',
      `${slowestMs.toFixed(0)} ms`,
      `at most ${mostMs} ms`,
      slowestMs <= mostMs,
    ),
  ]
}
