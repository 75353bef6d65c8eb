// `npm run faults -- worker-kills`: kill -9 of one worker after the other.
import { faultScript } from './fault-script.ts'
import { demand, figure, type Finding } from './finding.ts'
import { describe, failuresOf, noneFailed, servedFindings } from './load-findings.ts'
import { LOAD_OPTIONS, SERVER_OPTIONS } from './load-options.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'
import { describeTimes, type KillOutcome, killWorkers } from './supervision/kill-workers.ts'

export const workerKills = faultScript({
  name: 'worker-kills',
  title: 'kill -9 of a random worker, again and again, without and with --retry-idempotent',
  options: {
    kills: { default: 100, help: 'without, and as many with' },
    workers: { default: 4, help: 'that serve' },
    threads: { default: 4, help: 'of each worker' },
    ...LOAD_OPTIONS,
    ...SERVER_OPTIONS,
  },
  async run({ kills, workers, threads, connections, workMs, pauseMs, python, checkout }, tell) {
    const plan = { kills, workers }
    const load = { connections, path: `/work/${workMs}`, pauseMs }
    const killUnder = async (...options: string[]): Promise<KillOutcome> => {
      await using server = await ServerUnderFaults.start({ workers, threads, options, python, checkout })
      return await killWorkers(plan, { ...load, port: server.port }, tell)
    }
    tell('without --retry-idempotent')
    const without = await killUnder()
    tell('with --retry-idempotent')
    const retried = await killUnder('--retry-idempotent')
    return [
      ...servedFindings('without retry', without.figures),
      ...lostFindings(without, kills * threads),
      ...servedFindings('with retry', retried.figures),
      noneFailed('with retry', retried.figures),
      figure('killed until a new one answers', describeTimes([...without.backUs, ...retried.backUs])),
    ]
  },
})

function lostFindings({ figures }: KillOutcome, most: number): readonly Finding[] {
  const { '502': lost = 0, ...others } = failuresOf(figures)
  return [
    demand('without retry: answered 502', lost, `at most ${most}, one for each thread killed`, lost <= most),
    demand('without retry: failed otherwise', describe(others), '0', Object.keys(others).length === 0),
  ]
}
