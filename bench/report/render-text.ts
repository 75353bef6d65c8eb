// The report for the terminal.
import type { Suite } from '../suites/suite.ts'
import { caseNotes, caseTable, findBaseline } from './case-table.ts'
import { disturbanceWarning } from './disturbance.ts'
import { goalTable } from './goals.ts'
import type { SuiteResults } from './results.ts'
import { describeMachine, describeRounds } from './run-description.ts'
import { suiteReports, type CaseReport, type SuiteReport } from './suite-report.ts'
import { renderTextTable } from './table.ts'

export function renderTextReport(suites: readonly Suite[], allResults: readonly SuiteResults[]): string {
  const reports = suiteReports(suites, allResults)
  const [first] = allResults
  const warning = disturbanceWarning(allResults)
  const goals = goalTable(reports.flatMap(({ cases }) => cases.map(({ results }) => results)))
  return [
    ...(first ? [`${describeRounds(first)}\n${describeMachine(first).join('\n')}`] : []),
    ...(warning === undefined ? [] : [warning]),
    ...reports.flatMap(suiteSections),
    ...(goals ? [`Goals\n${renderTextTable(goals)}`] : []),
  ].join('\n\n')
}

function suiteSections({ cases, absent }: SuiteReport): string[] {
  const missing = absent.map(({ server, reason }) => `missing: ${server}: ${reason}`)
  return [...cases.map(caseSection), ...(missing.length === 0 ? [] : [missing.join('\n')])]
}

function caseSection({ benchCase, results }: CaseReport): string {
  const baseline = findBaseline(results)
  const notes = [
    ...(baseline ? [`× is ${baseline.server} divided by the server of the row.`] : []),
    ...caseNotes(results),
  ]
  const table = renderTextTable(caseTable(benchCase, results))
  return [`${results.name}: ${results.title}\n${table}`, ...notes].join('\n')
}
