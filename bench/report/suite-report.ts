// One suite as a reader sees it: its cases over all rounds, who is missing and why. The same for terminal and page.
import type { BenchCase } from '../cases/bench-case.ts'
import type { Absence, Suite } from '../suites/suite.ts'
import { casesOf } from '../suites/suite-table.ts'
import { collectCaseResults, type CaseResults, type SuiteResults } from './results.ts'

export type SuiteReport = {
  readonly suite: Suite
  readonly results: SuiteResults
  readonly cases: readonly CaseReport[]
  readonly absent: readonly Absence[]
}

export type CaseReport = { readonly benchCase: BenchCase; readonly results: CaseResults }

/** Of suites without results there is none. */
export function suiteReports(suites: readonly Suite[], allResults: readonly SuiteResults[]): SuiteReport[] {
  return suites.flatMap((suite) => {
    const results = allResults.find((one) => one.suite === suite.name)
    return results === undefined ? [] : [suiteReport(suite, results)]
  })
}

function suiteReport(suite: Suite, results: SuiteResults): SuiteReport {
  const order = results.servers.map(({ name }) => name)
  const cases = casesOf(suite).map((benchCase) => ({
    benchCase,
    results: collectCaseResults(benchCase, results.measurements, order),
  }))
  const missing = results.servers.flatMap(({ name, missing }) =>
    missing === undefined ? [] : [{ server: name, reason: missing }],
  )
  return {
    suite,
    results,
    cases: cases.filter((one) => one.results.servers.length > 0),
    absent: [...(suite.absent ?? []), ...missing],
  }
}
