// Makes the page and its charts, as files by their path: what the command writes and what its test compares.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { SUITES } from '../suites/suite-table.ts'
import { renderChart } from './charts.ts'
import { renderPage } from './render-page.ts'
import { readAllResults } from './result-files.ts'
import { suiteReports } from './suite-report.ts'

/** Written by hand: what the remaining cost is where Gantry is behind. */
const REMARKS = join(import.meta.dirname, 'remarks.md')

/** Paths are relative to docs/reference/. */
export async function renderReportFiles(resultsFolder: string): Promise<ReadonlyMap<string, string>> {
  const results = await readAllResults(resultsFolder, SUITES)
  const remarks = await readFile(REMARKS, 'utf8')
  const files = new Map([['performance.md', renderPage(SUITES, results, remarks)]])
  for (const report of suiteReports(SUITES, results)) {
    const chart = await renderChart(report)
    if (chart !== undefined) files.set(`performance/${report.suite.name}.svg`, chart)
  }
  return files
}
