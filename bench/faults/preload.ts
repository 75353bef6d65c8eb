// `npm run faults -- preload`: an application that takes long to import, and workers of it that die.
import { formatFigure } from '../report/figures.ts'
import { faultScript } from './fault-script.ts'
import { demandOfSpeed, figure } from './finding.ts'
import { noneFailed, servedFindings } from './load-findings.ts'
import { LOAD_OPTIONS, SERVER_OPTIONS } from './load-options.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'
import { describeTimes, killWorkers } from './supervision/kill-workers.ts'

const MOST_BACK_US = 100_000

export const preload = faultScript({
  name: 'preload',
  title: 'workers killed whose application takes seconds to import, with --preload',
  options: {
    kills: { default: 20, help: 'of workers' },
    importMs: { default: 3_000, help: 'milliseconds that the import takes' },
    ...LOAD_OPTIONS,
    ...SERVER_OPTIONS,
  },
  async run({ kills, importMs, connections, workMs, pauseMs, python, checkout }, tell) {
    const workers = 2
    const startMs = performance.now()
    await using server = await ServerUnderFaults.start({
      workers,
      options: ['--preload', '--retry-idempotent'],
      env: { FAULTS_IMPORT_SECONDS: String(importMs / 1000) },
      python,
      checkout,
    })
    const startedUs = (performance.now() - startMs) * 1000
    const load = { port: server.port, connections, path: `/work/${workMs}`, pauseMs }
    const { figures, backUs } = await killWorkers({ kills, workers }, load, tell)
    const longestUs = Math.max(...backUs)
    return [
      figure('start of gantry', formatFigure(startedUs, 'time')),
      ...servedFindings('requests', figures),
      noneFailed('requests', figures),
      figure('workers killed', kills),
      demandOfSpeed(
        'killed until a new one has answered',
        describeTimes(backUs),
        `at most ${formatFigure(MOST_BACK_US, 'time')}`,
        longestUs <= MOST_BACK_US,
      ),
    ]
  },
})
