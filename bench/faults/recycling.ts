// `npm run faults -- recycling`: workers that are replaced all the time, beside the same load without.
import { setTimeout as sleep } from 'node:timers/promises'

import { formatRatio } from '../report/figures.ts'
import { summarize } from '../report/statistics.ts'
import { ClosedClients } from './clients/closed-clients.ts'
import type { ClosedFigures } from './clients/closed-load.ts'
import { faultScript } from './fault-script.ts'
import { demand, demandOfSpeed, type Finding } from './finding.ts'
import { noneFailed, servedFindings, servedOf } from './load-findings.ts'
import { LOAD_OPTIONS, SERVER_OPTIONS } from './load-options.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'

const LEAST_THROUGHPUT = 0.9

export const recycling = faultScript({
  name: 'recycling',
  title: 'workers that are replaced after a few requests, under load',
  options: {
    rounds: { default: 3, help: 'without and with, this many times in turns' },
    seconds: { default: 10, help: 'of each' },
    maxRequests: { default: 200, help: 'after which a worker is replaced' },
    leastReplaced: { default: 20, help: 'workers, in all, or nothing was shown' },
    ...LOAD_OPTIONS,
    workMs: { ...LOAD_OPTIONS.workMs, default: 10 },
    pauseMs: { ...LOAD_OPTIONS.pauseMs, default: 0 },
    ...SERVER_OPTIONS,
  },
  async run(values, tell) {
    const { rounds, seconds, maxRequests, connections, workMs, pauseMs, python, checkout } = values
    const workers = 2
    const measure = async (...options: string[]): Promise<ClosedFigures> => {
      await using server = await ServerUnderFaults.start({ workers, options, python, checkout })
      await using clients = new ClosedClients()
      await clients.begin({ port: server.port, connections, path: `/work/${workMs}`, pauseMs })
      await sleep(seconds * 1000)
      const figures = await clients.end()
      tell(`${options.join(' ') || 'without'}: ${perSecond(figures).toFixed(0)} a second`)
      return figures
    }
    const without: ClosedFigures[] = []
    const recycled: ClosedFigures[] = []
    for (let round = 1; round <= rounds; round++) {
      without.push(await measure())
      recycled.push(await measure('--max-requests', String(maxRequests)))
    }
    const replaced = recycled.reduce((sum, figures) => sum + Object.keys(figures.workers).length - workers, 0)
    return [
      ...without.flatMap((figures, index) => servedFindings(`without, round ${index + 1}`, figures)),
      ...recycled.flatMap((figures, index) => [
        ...servedFindings(`recycling, round ${index + 1}`, figures),
        noneFailed(`recycling, round ${index + 1}`, figures),
      ]),
      demand(
        'workers replaced',
        replaced,
        `at least ${values.leastReplaced}`,
        replaced >= values.leastReplaced,
      ),
      throughputFinding(without, recycled),
    ]
  },
})

function throughputFinding(without: readonly ClosedFigures[], recycled: readonly ClosedFigures[]): Finding {
  const median = (all: readonly ClosedFigures[]): number => summarize(all.map(perSecond)).median
  const ratio = median(recycled) / median(without)
  return demandOfSpeed(
    'throughput, with / without',
    formatRatio(ratio),
    `at least ${formatRatio(LEAST_THROUGHPUT)}`,
    ratio >= LEAST_THROUGHPUT,
  )
}

function perSecond(figures: ClosedFigures): number {
  return servedOf(figures) / figures.seconds
}
