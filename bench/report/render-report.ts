// The whole report, for the terminal and as a Markdown page.
import type { BenchCase } from '../cases/bench-case.ts'
import { caseNotes, caseTable, findBaseline } from './case-table.ts'
import { formatFigure } from './figures.ts'
import { goalTable } from './goals.ts'
import type { Machine } from './machine.ts'
import type { CaseResults, RunResults, ServerNote } from './results.ts'
import { renderMarkdownTable, renderTextTable, type Table } from './table.ts'

export function renderTextReport(results: RunResults, cases: readonly BenchCase[]): string {
  const sections = results.cases.flatMap((one) => caseSections(one, cases, renderTextTable, (text) => text))
  const goals = goalTable(results.cases)
  return [
    `${describeRun(results)}\n${describeMachineLines(results.machine).join('\n')}`,
    ...sections,
    ...(goals ? [`Goals\n${renderTextTable(goals)}`] : []),
    ...missingLines(results.servers),
  ].join('\n\n')
}

export function renderMarkdownReport(results: RunResults, cases: readonly BenchCase[]): string {
  const sections = results.cases.flatMap((one) =>
    caseSections(one, cases, renderMarkdownTable, (text) => `## ${text}\n`),
  )
  const goals = goalTable(results.cases)
  return `${[
    '# Benchmark results',
    '<!-- Written by `npm run bench`: do not edit. How to read it: bench/README.md -->',
    describeRun(results),
    describeMachineLines(results.machine)
      .map((line) => `- ${line}`)
      .join('\n'),
    ...sections,
    ...(goals ? [`## Goals\n\n${renderMarkdownTable(goals)}`] : []),
    `## Servers\n\n${renderMarkdownTable(serverTable(results.servers))}`,
  ].join('\n\n')}\n`
}

function describeRun({ rounds, seconds }: RunResults): string {
  const each = rounds === 1 ? 'One round' : `${rounds} interleaved rounds`
  return `${each} of ${seconds} s; medians. ± is half the distance between the extremes of the rounds.`
}

function describeMachineLines(machine: Machine): string[] {
  return [
    `${machine.cpuModel}, ${machine.cores} cores, ${formatFigure(machine.memoryBytes, 'bytes')} of memory`,
    `${machine.system}, Linux ${machine.kernel}, Node ${machine.node}, ${machine.python}, ${machine.wrk}`,
    `servers pinned to core ${machine.serverCore}, load generator to core ${machine.loadCore}; ${machine.date}`,
  ]
}

function caseSections(
  results: CaseResults,
  cases: readonly BenchCase[],
  renderTable: (table: Table) => string,
  renderHeading: (text: string) => string,
): string[] {
  const benchCase = cases.find(({ name }) => name === results.name)
  if (benchCase === undefined || results.servers.length === 0) return []
  const table = `${renderHeading(`${results.name}: ${results.title}`)}\n${renderTable(caseTable(benchCase, results))}`
  const baseline = findBaseline(results)
  const notes = [
    ...(baseline ? [`× is ${baseline.server} divided by the server of the row.`] : []),
    ...caseNotes(results),
  ]
  return [[table, ...notes].join('\n\n')]
}

function missingLines(servers: readonly ServerNote[]): string[] {
  const lines = servers.flatMap(({ name, missing }) =>
    missing === undefined ? [] : [`missing: ${name}: ${missing}`],
  )
  return lines.length === 0 ? [] : [lines.join('\n')]
}

function serverTable(servers: readonly ServerNote[]): Table {
  const columns = ['server', 'version', 'settings'].map((title) => ({ title, align: 'left' }) as const)
  const versionCell = ({ version, missing }: ServerNote): string => version ?? `missing: ${missing ?? ''}`
  return { columns, rows: servers.map((note) => [note.name, versionCell(note), note.settings]) }
}
