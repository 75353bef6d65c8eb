// What has been measured of the chosen suites: kept in their files, and taken from there by a run that resumes another.
import { readSuiteResults, writeSuiteResults } from '../report/result-files.ts'
import type { Measurement, ServerNote, SuiteResults } from '../report/results.ts'
import type { Machine } from '../report/machine.ts'
import type { StageMeasurement, StageRecord } from './measure-stage.ts'

export type RunFacts = {
  readonly date: string
  readonly machine: Machine
  readonly rounds: number
  readonly seconds: number
}

export class SuiteRecord implements StageRecord {
  readonly #folder: string
  readonly #suites = new Map<string, SuiteResults>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Begins a suite, with what a former run has measured where this one resumes it. */
  async begin(
    suite: string,
    facts: RunFacts,
    servers: readonly ServerNote[],
    isResuming: boolean,
  ): Promise<void> {
    const former = isResuming ? await readSuiteResults(this.#folder, suite) : undefined
    if (former !== undefined) expectSameRun(former, facts)
    const measurements = former?.measurements ?? []
    this.#suites.set(suite, { suite, ...facts, servers, measurements })
  }

  isDone(suite: string, caseName: string, server: string, round: number): boolean {
    const results = this.#suites.get(suite)
    return results?.measurements.some((one) => isOf(one, caseName, server, round) && !isFailure(one)) ?? false
  }

  async add(measurements: readonly StageMeasurement[]): Promise<void> {
    const changed = new Set(measurements.map(({ suite }) => suite))
    for (const { suite, measurement } of measurements) this.#put(suite, measurement)
    for (const suite of changed) await writeSuiteResults(this.#folder, this.results(suite))
  }

  results(suite: string): SuiteResults {
    const results = this.#suites.get(suite)
    if (results === undefined) throw new Error(`the suite ${suite} has not begun`)
    return results
  }

  #put(suite: string, measurement: Measurement): void {
    const { caseName, server, round } = measurement
    const results = this.results(suite)
    const others = results.measurements.filter((one) => !isOf(one, caseName, server, round))
    this.#suites.set(suite, { ...results, measurements: [...others, measurement] })
  }
}

function isOf(one: Measurement, caseName: string, server: string, round: number): boolean {
  return one.caseName === caseName && one.server === server && one.round === round
}

function isFailure({ outcome }: Measurement): boolean {
  return 'failure' in outcome
}

/** Figures of different machines or lengths do not belong into one table. */
function expectSameRun(former: SuiteResults, facts: RunFacts): void {
  const describe = ({ rounds, seconds, machine }: RunFacts | SuiteResults): string =>
    JSON.stringify({ rounds, seconds, machine })
  if (describe(former) !== describe(facts))
    throw new Error(
      `${former.suite} was measured with other rounds or seconds, or elsewhere: run without --resume`,
    )
}
