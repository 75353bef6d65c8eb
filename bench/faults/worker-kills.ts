// `npm run faults -- worker-kills`: kill -9 of one worker after the other.
import { faultScript } from './fault-script.ts'
import { demand, figure, type Finding } from './finding.ts'
import { describe, failuresOf, noneFailed, servedFindings } from './load-findings.ts'
import { LOAD_OPTIONS, SERVER_OPTIONS } from './load-options.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'
import { describeTimes, type KillOutcome, killWorkers } from './supervision/kill-workers.ts'

// What the log says of a worker's death and of what it took with it, and its cause.
const DEATH = /worker \d+ died.*/g
const KILLED = /SIGKILL/
const ANSWERED_502 = /answered 502: ([^;(]*)/
const NUMBER = /\?(\d+)/g

interface LoggedKills extends KillOutcome {
  readonly deaths: readonly string[]
}

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
    const killUnder = async (...options: string[]): Promise<LoggedKills> => {
      await using server = await ServerUnderFaults.start({ workers, threads, options, python, checkout })
      const outcome = await killWorkers(plan, { ...load, port: server.port }, tell)
      return { ...outcome, deaths: server.gantry.stderr.match(DEATH) ?? [] }
    }
    tell('without --retry-idempotent')
    const without = await killUnder()
    tell('with --retry-idempotent')
    const retried = await killUnder('--retry-idempotent')
    return [
      ...servedFindings('without retry', without.figures),
      ...lostFindings(without, kills * threads),
      deathFinding('without retry', without.deaths, kills),
      ...servedFindings('with retry', retried.figures),
      noneFailed('with retry', retried.figures),
      deathFinding('with retry', retried.deaths, kills),
      figure('killed until a new one answers', describeTimes([...without.backUs, ...retried.backUs])),
    ]
  },
})

function lostFindings({ figures, deaths }: LoggedKills, most: number): readonly Finding[] {
  const { '502': lost = 0, ...others } = failuresOf(figures)
  return [
    demand('without retry: answered 502', lost, `at most ${most}, one for each thread killed`, lost <= most),
    namedFinding(figures.numbersOf502, deaths),
    demand('without retry: failed otherwise', describe(others), '0', Object.keys(others).length === 0),
  ]
}

/** Those that clients were answered 502 for are those that the log names with the worker that took them with it, one by one. */
function namedFinding(numbers: readonly string[], deaths: readonly string[]): Finding {
  const named = deaths.flatMap((line) =>
    [...(ANSWERED_502.exec(line)?.[1] ?? '').matchAll(NUMBER)].map(([, number = '']) => number),
  )
  const wrong = [
    ...numbers.filter((number) => !named.includes(number)),
    ...named.filter((number) => !numbers.includes(number)),
  ]
  const value = wrong.length === 0 ? named.length : `${named.length}, not ${wrong.slice(0, 5).join(', ')}`
  return demand('without retry: named with their worker in the log', value, 'all of them', wrong.length === 0)
}

function deathFinding(title: string, deaths: readonly string[], kills: number): Finding {
  const caused = deaths.filter((line) => KILLED.test(line)).length
  const isMet = caused === kills && deaths.length === kills
  return demand(`${title}: deaths in the log, by SIGKILL`, `${caused} of ${deaths.length}`, `${kills}`, isMet)
}
