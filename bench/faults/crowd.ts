// `npm run faults -- crowd`: what clients who do not mean well, all at once, cost those who do.
import { formatFigure, formatRatio } from '../report/figures.ts'
import { summarize } from '../report/statistics.ts'
import type { LoadFigures } from './clients/steady-load.ts'
import { type CrowdRound, runCrowdRound, startSteadyClients } from './crowd/crowd-round.ts'
import type { CrowdCounts } from './crowd/crowd-processes.ts'
import { warmUp } from './crowd/warm-up.ts'
import { faultScript } from './fault-script.ts'
import { demand, figure, type Finding } from './finding.ts'
import { MemorySamples } from './server/memory-samples.ts'
import { Rest } from './server/rest.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'
import { settles } from './server/settles.ts'
import type { ProcessMemory } from '../processes/memory.ts'

const STEADY_CONNECTIONS = 50
const MOST_P99_RATIO = 2
const MOST_BYTES = 400e6
const MOST_GROWTH = 1.1
// Those who are just being refused and come again are missing for a moment.
const LEAST_PRESENT = 0.9

export const crowd = faultScript({
  name: 'crowd',
  title: 'slow, silent and deaf clients by the thousand, beside 50 well-behaved ones',
  options: {
    rounds: { default: 2, help: 'alone, with the crowd, and after it, this many times' },
    seconds: {
      default: 10,
      help: 'length of each measured load; 10 take in every slow head being timed out once',
    },
    rate: { default: 1000, help: 'requests a second of the well-behaved clients together' },
    slowHeads: { default: 2000, help: 'clients that send a byte of a request head every 5 s' },
    slowUploads: { default: 500, help: 'clients that send 100 to 300 bytes of a body a second' },
    nonReaders: { default: 500, help: 'clients that ask for 4 MiB and read nothing' },
    idleClients: { default: 5000, help: 'clients that keep their connection and say nothing' },
    settleSeconds: { default: 30, help: "the longest wait for the front's memory to come down" },
    checkout: { default: '', help: 'serve with the dist/ of another checkout' },
  },
  async run(values, tell) {
    const { rounds, seconds, rate: requestsPerSecond, settleSeconds, checkout } = values
    await using server = await ServerUnderFaults.start({ checkout })
    await using steady = startSteadyClients({ port: server.port, connections: STEADY_CONNECTIONS })
    await warmUp(server.port, steady)
    const [rest, start] = [new Rest(server), server.memory]
    using samples = new MemorySamples(server)
    const load = { requestsPerSecond, seconds }
    const plan = { server, rest, steady, load, counts: countsOf(values), tell }
    const results: CrowdRound[] = []
    for (let round = 1; round <= rounds; round++) {
      tell(`round ${round} of ${rounds}`)
      results.push(await runCrowdRound(plan))
    }
    const after = await settledMemory(server, start, settleSeconds)
    return [
      ...latencyFindings(results),
      ...crowdFindings(results, plan.counts),
      ...memoryFindings(start, samples.peakBytes, results, after),
      ...rest.findings(),
    ]
  },
})

function countsOf(values: {
  readonly slowHeads: number
  readonly slowUploads: number
  readonly nonReaders: number
  readonly idleClients: number
}): CrowdCounts {
  return {
    'slow-heads': values.slowHeads,
    'slow-uploads': values.slowUploads,
    'non-readers': values.nonReaders,
    'idle-clients': values.idleClients,
  }
}

/** As soon as it has come down, or at the deadline. */
async function settledMemory(
  server: ServerUnderFaults,
  start: ProcessMemory,
  settleSeconds: number,
): Promise<ProcessMemory> {
  await settles(() => server.rssBytes <= start.rssBytes * MOST_GROWTH, settleSeconds * 1000)
  return server.memory
}

function latencyFindings(rounds: readonly CrowdRound[]): readonly Finding[] {
  const median = (figureOf: (round: CrowdRound) => number): number => summarize(rounds.map(figureOf)).median
  const [alone, beside] = [median((round) => round.alone.p99Us), median((round) => round.beside.p99Us)]
  const all = rounds.flatMap((round) => [round.alone, ...round.coming, round.beside, round.after])
  const lost = sum(all, ({ errors, unanswered }) => errors + unanswered)
  const ratio = beside / alone
  return [
    figure('p50 alone', time(median((round) => round.alone.p50Us))),
    figure('p50 beside the crowd', time(median((round) => round.beside.p50Us))),
    figure('p99 alone', time(alone)),
    figure('p99 while the crowd comes', time(median(({ coming }) => worst(coming, ({ p99Us }) => p99Us)))),
    figure('p99 beside the crowd', time(beside)),
    figure('p99 after it left', time(median((round) => round.after.p99Us))),
    figure('longest of all', time(worst(all, ({ maxUs }) => maxUs))),
    demand(
      'p99 beside / alone',
      formatRatio(ratio),
      `at most ${formatRatio(MOST_P99_RATIO)}`,
      ratio <= MOST_P99_RATIO,
    ),
    figure(
      'well-behaved requests',
      sum(all, ({ answered }) => answered),
    ),
    demand('of them failed', lost, '0', lost === 0),
  ]
}

function crowdFindings(rounds: readonly CrowdRound[], counts: CrowdCounts): readonly Finding[] {
  return Object.entries(counts).map(([name, count]) => {
    const figures = rounds.map(({ crowd: populations }) => populations[name as keyof CrowdCounts])
    const least = Math.min(...figures.map(({ open }) => open))
    const { ended, answers } = figures.at(-1)!
    const told = Object.entries(answers).map(([status, times]) => `, ${times} × ${status}`)
    return demand(
      `${name}, connected at the end`,
      `${least} (${ended} ended${told.join('')})`,
      `about ${count}, or nothing was shown`,
      least >= count * LEAST_PRESENT,
    )
  })
}

function memoryFindings(
  start: ProcessMemory,
  peakBytes: number,
  rounds: readonly CrowdRound[],
  after: ProcessMemory,
): readonly Finding[] {
  const limit = bytes(MOST_BYTES)
  return [
    figure('front RSS at the start', bytes(start.rssBytes)),
    figure('front PSS at the start', bytes(start.pssBytes)),
    demand('front RSS at its peak', bytes(peakBytes), `under ${limit}`, peakBytes < MOST_BYTES),
    figure(
      'front PSS beside the crowd',
      bytes(summarize(rounds.map(({ pssBesideBytes }) => pssBesideBytes)).max),
    ),
    cameDown(start.rssBytes, after.rssBytes),
    figure('front PSS after it left', bytes(after.pssBytes)),
  ]
}

function cameDown(startBytes: number, afterBytes: number): Finding {
  const mostBytes = startBytes * MOST_GROWTH
  return demand(
    'front RSS after it left',
    bytes(afterBytes),
    `at most ${bytes(mostBytes)}, 10 % over the start`,
    afterBytes <= mostBytes,
  )
}

function sum(loads: readonly LoadFigures[], figureOf: (load: LoadFigures) => number): number {
  return loads.reduce((total, load) => total + figureOf(load), 0)
}

function worst(loads: readonly LoadFigures[], figureOf: (load: LoadFigures) => number): number {
  return Math.max(...loads.map(figureOf))
}

function time(us: number): string {
  return formatFigure(us, 'time')
}

function bytes(count: number): string {
  return formatFigure(count, 'bytes')
}
