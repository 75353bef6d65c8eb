// `npm run faults -- million`: a million requests, workers replaced all the time; the front's memory stays what it is.
import { formatFigure } from '../report/figures.ts'
import { ClosedClients } from './clients/closed-clients.ts'
import { faultScript, type Tell } from './fault-script.ts'
import { demand, demandOfSpeed, figure, type Finding } from './finding.ts'
import { noneFailed, servedFindings, servedOf } from './load-findings.ts'
import { LOAD_OPTIONS, SERVER_OPTIONS } from './load-options.ts'
import { MemorySamples } from './server/memory-samples.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'
import { settles } from './server/settles.ts'

const PARTS = 10
const MOST_CHANGE = 0.1
const DEADLINE_MS = 20 * 60_000

export const million = faultScript({
  name: 'million',
  title: "a million requests with recycling: the front's memory",
  options: {
    requests: { default: 1_000_000, help: 'in all' },
    maxRequests: { default: 5_000, help: 'after which a worker is replaced' },
    leastReplaced: { default: 10, help: 'workers, or nothing was shown' },
    ...LOAD_OPTIONS,
    workMs: { ...LOAD_OPTIONS.workMs, default: 0 },
    pauseMs: { ...LOAD_OPTIONS.pauseMs, default: 0 },
    ...SERVER_OPTIONS,
  },
  async run({ requests, maxRequests, leastReplaced, connections, workMs, pauseMs, python, checkout }, tell) {
    const workers = 2
    await using server = await ServerUnderFaults.start({
      workers,
      options: ['--max-requests', String(maxRequests)],
      python,
      checkout,
    })
    await using clients = new ClosedClients()
    await clients.begin({ port: server.port, connections, path: `/work/${workMs}`, pauseMs })
    let share = 0
    using samples = new MemorySamples(server, () => share)
    await settles(async () => {
      share = servedOf(await clients.tell()) / requests
      return share >= 1
    }, DEADLINE_MS)
    const figures = await clients.end()
    const replaced = Object.keys(figures.workers).length - workers
    return [
      ...servedFindings('in all', figures),
      noneFailed('in all', figures),
      demand(
        'workers replaced',
        replaced,
        `at least ${leastReplaced}, or nothing was shown`,
        replaced >= leastReplaced,
      ),
      ...memoryFindings(samples, tell),
    ]
  },
})

/** Medians of each tenth of the way, beside that of the second one. */
function memoryFindings(samples: MemorySamples, tell: Tell): readonly Finding[] {
  const medians = Array.from({ length: PARTS }, (_, part) =>
    samples.medianBytes(part / PARTS, (part + 1) / PARTS),
  )
  tell(`RSS of each tenth: ${medians.map(bytes).join(', ')}`)
  const [first = Number.NaN, reference = Number.NaN, ...later] = medians
  const [least, most] = [Math.min(reference, ...later), Math.max(reference, ...later)]
  const isFlat = least >= reference * (1 - MOST_CHANGE) && most <= reference * (1 + MOST_CHANGE)
  return [
    figure('front RSS, first tenth', bytes(first)),
    figure('front RSS, second tenth', bytes(reference)),
    demandOfSpeed(
      'front RSS from there on',
      `${bytes(least)} to ${bytes(most)}`,
      `${bytes(reference * (1 - MOST_CHANGE))} to ${bytes(reference * (1 + MOST_CHANGE))}`,
      isFlat,
    ),
  ]
}

function bytes(count: number): string {
  return formatFigure(count, 'bytes')
}
