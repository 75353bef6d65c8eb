// The page docs/reference/performance.md: made from the published results and from the remarks, nothing else.
import type { Suite } from '../suites/suite.ts'
import { caseNotes, caseTable, findBaseline } from './case-table.ts'
import { behindTable } from './behind.ts'
import { disturbanceWarning } from './disturbance.ts'
import { goalTable } from './goals.ts'
import type { ServerNote, SuiteResults } from './results.ts'
import { describeMachine, describeRounds } from './run-description.ts'
import { suiteReports, type CaseReport, type SuiteReport } from './suite-report.ts'
import { renderMarkdownTable, type Table } from './table.ts'

const INTRODUCTION = `# Performance

<!-- Written by \`npm run bench:report\` from bench/results/*.json: do not edit. -->

Gantry and the servers people use for WSGI today, side by side, on the same work, in one run that anyone can repeat
(\`npm run build && npm run bench\`). [bench/README.md](../../bench/README.md) says how it is measured.

- **CPU µs/req** is user and system time of all processes of a server (nginx *and* uWSGI, front *and* worker), divided by
  the requests. It is what a request costs, and the figure to compare.
- **req/s** is what one core can do, as all processes of a server share one (except in \`scale\`). **p50**, **p99** and
  **p99.9** at 64 connections are mostly the wait behind 63 others; look at \`latency\` for the time of one request.
- **±** is half the distance between the extremes of the rounds, **×** the first server of the table (Gantry, where it was
  measured) divided by the server of the row: 0.25 in the column of the CPU time means that Gantry needs a quarter.
- **PSS** is the memory of all processes after the load. A figure with **errors** is not a figure.`

export function renderPage(
  suites: readonly Suite[],
  allResults: readonly SuiteResults[],
  remarks: string,
): string {
  const reports = suiteReports(suites, allResults)
  const cases = reports.flatMap((one) => one.cases)
  const goals = goalTable(cases.map(({ results }) => results))
  const behind = behindTable(cases)
  const warning = disturbanceWarning(allResults)
  return `${[
    INTRODUCTION,
    ...runLines(allResults),
    ...(warning === undefined ? [] : [warning]),
    ...(goals ? [`## Goals\n\n${renderMarkdownTable(goals)}`] : []),
    `## Where Gantry is behind\n\n${behind ? renderMarkdownTable(behind) : 'Nowhere in this run.'}`,
    remarks.trim(),
    ...reports.flatMap(suiteSections),
    `## Servers\n\n${renderMarkdownTable(serverTable(allResults))}`,
  ].join('\n\n')}\n`
}

/** Once where all suites agree, else each suite's own. */
function runLines(allResults: readonly SuiteResults[]): string[] {
  const describe = (one: SuiteResults): string =>
    [`Medians of ${describeRounds(one)}.`, ...describeMachine(one)].map((line) => `- ${line}`).join('\n')
  const descriptions = [...new Set(allResults.map(describe))]
  if (descriptions.length === 1) return descriptions
  return descriptions.map((lines) => {
    const suites = allResults.filter((one) => describe(one) === lines).map(({ suite }) => suite)
    return `${suites.join(', ')}:\n\n${lines}`
  })
}

function suiteSections({ suite, cases, absent }: SuiteReport): string[] {
  const missing = absent.map(({ server, reason }) => `${server} (${reason})`)
  return [
    `## ${suite.name}: ${suite.title}`,
    ...(suite.notes ?? []),
    `![${suite.title}](performance/${suite.name}.svg)`,
    ...cases.map(caseSection),
    ...(missing.length === 0 ? [] : [`Not measured: ${missing.join('; ')}.`]),
  ]
}

function caseSection({ benchCase, results }: CaseReport): string {
  const table = `### ${results.name}: ${results.title}\n\n${renderMarkdownTable(caseTable(benchCase, results))}`
  const baseline = findBaseline(results)
  const foreign = baseline === undefined || baseline.server.startsWith('gantry') ? undefined : baseline.server
  const notes = [
    ...(foreign === undefined ? [] : [`× is ${foreign} divided by the server of the row.`]),
    ...caseNotes(results),
  ]
  return [table, ...notes].join('\n\n')
}

function serverTable(allResults: readonly SuiteResults[]): Table {
  const notes = new Map(allResults.flatMap(({ servers }) => servers).map((note) => [note.name, note]))
  const columns = ['server', 'version', 'settings'].map((title) => ({ title, align: 'left' }) as const)
  const versionCell = ({ version, missing }: ServerNote): string => version ?? `missing: ${missing ?? ''}`
  return { columns, rows: [...notes.values()].map((note) => [note.name, versionCell(note), note.settings]) }
}
