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
const WORKERS = 2

export const recycling = faultScript({
  name: 'recycling',
  title: 'workers that are replaced after a few requests, under load',
  options: {
    rounds: { default: 3, help: 'without and with, this many times in turns' },
    seconds: { default: 10, help: 'of each' },
    maxRequests: { default: 200, help: 'after which a worker is replaced' },
    leastReplaced: { default: 10, help: 'workers, in all, or nothing was shown' },
    ...LOAD_OPTIONS,
    workMs: { ...LOAD_OPTIONS.workMs, default: 10 },
    pauseMs: { ...LOAD_OPTIONS.pauseMs, default: 0 },
    ...SERVER_OPTIONS,
  },
  async run(values, tell) {
    const { rounds, seconds, maxRequests, connections, workMs, pauseMs, python, checkout } = values
    const measure = async (...options: string[]): Promise<ClosedFigures> => {
      await using server = await ServerUnderFaults.start({ workers: WORKERS, options, python, checkout })
      await using clients = new ClosedClients()
      await clients.begin({ port: server.port, connections, path: `/work/${workMs}`, pauseMs })
      await sleep(seconds * 1000)
      const figures = await clients.end()
      tell(`${options.join(' ') || 'without'}: ${perSecond(figures).toFixed(0)} a second`)
      return figures
    }
    const without: ClosedFigures[] = []
    const recycled: ClosedFigures[] = []
    const preloaded: ClosedFigures[] = []
    for (let round = 1; round <= rounds; round++) {
      without.push(await measure())
      recycled.push(await measure('--max-requests', String(maxRequests)))
      preloaded.push(await measure('--max-requests', String(maxRequests), '--preload'))
    }
    const arms = [
      { name: 'recycling', all: recycled },
      { name: 'recycling with --preload', all: preloaded },
    ]
    return [
      ...without.flatMap((figures) => servedFindings('without', figures)),
      ...arms.flatMap(({ name, all }) => [
        ...all.flatMap((figures) => [...servedFindings(name, figures), noneFailed(name, figures)]),
        replacedFinding(name, all, values.leastReplaced),
        throughputFinding(name, without, all),
      ]),
    ]
  },
})

/** Replacements may boot for a part of the time only, so that a worker may serve for longer than it would have to. */
function replacedFinding(name: string, all: readonly ClosedFigures[], least: number): Finding {
  const served = all.reduce((sum, figures) => sum + servedOf(figures), 0)
  const lived = all.reduce((sum, figures) => sum + Object.keys(figures.workers).length, 0)
  const replaced = lived - all.length * WORKERS
  return demand(
    `${name}: workers replaced`,
    `${replaced}, each after some ${Math.round(served / lived)} requests`,
    `at least ${least}, or nothing was shown`,
    replaced >= least,
  )
}

function throughputFinding(
  name: string,
  without: readonly ClosedFigures[],
  recycled: readonly ClosedFigures[],
): Finding {
  const median = (all: readonly ClosedFigures[]): number => summarize(all.map(perSecond)).median
  const ratio = median(recycled) / median(without)
  return demandOfSpeed(
    `${name}: throughput, with / without`,
    formatRatio(ratio),
    `at least ${formatRatio(LEAST_THROUGHPUT)}`,
    ratio >= LEAST_THROUGHPUT,
  )
}

function perSecond(figures: ClosedFigures): number {
  return servedOf(figures) / figures.seconds
}
