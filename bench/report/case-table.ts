// One case as a table: a row for each server, with ratios to the first one measured (Gantry, where it runs).
import type { BenchCase, Metric } from '../cases/bench-case.ts'
import { TOLERATED_OTHERS_SHARE } from './disturbance.ts'
import { formatFigure, formatRatio, formatSpread, NO_FIGURE } from './figures.ts'
import { medianOf, type CaseResults, type ServerResults } from './results.ts'
import { relativeSpread } from './statistics.ts'
import type { Column, Table } from './table.ts'

/** The server that the ratios of a case refer to. */
export function findBaseline({ servers }: CaseResults): ServerResults | undefined {
  return servers.find(({ samples }) => samples.length > 0)
}

export function caseTable({ metrics }: BenchCase, results: CaseResults): Table {
  const baseline = findBaseline(results)
  return {
    columns: [{ title: 'server', align: 'left' }, ...metrics.flatMap(metricColumns)],
    rows: results.servers.map((server) => [
      server.server,
      ...metrics.flatMap((metric) => metricCells(metric, server, baseline)),
    ]),
  }
}

function metricColumns({ title, hasSpread, hasRatio }: Metric): Column[] {
  const titles = [title, ...(hasSpread ? ['±'] : []), ...(hasRatio ? ['×'] : [])]
  return titles.map((text) => ({ title: text, align: 'right' }))
}

function metricCells(metric: Metric, results: ServerResults, baseline: ServerResults | undefined): string[] {
  const summary = results.summary[metric.name]
  const ratio = medianOf(baseline, metric.name) / medianOf(results, metric.name)
  return [
    formatFigure(summary?.median ?? Number.NaN, metric.unit),
    ...(metric.hasSpread
      ? [summary && results.samples.length > 1 ? formatSpread(relativeSpread(summary)) : NO_FIGURE]
      : []),
    ...(metric.hasRatio ? [formatRatio(ratio)] : []),
  ]
}

/** What a reader of the table must know besides: rounds that failed, and rounds that were disturbed. */
export function caseNotes(results: CaseResults): string[] {
  return results.servers.flatMap((server) => [
    ...new Set(server.failures.map((failure) => `${server.server} failed: ${lastLineOf(failure)}`)),
    ...disturbanceNotes(server),
  ])
}

/** The whole of it is in the JSON. */
function lastLineOf(failure: string): string {
  return failure.split('\n').findLast((line) => line.trim().length > 1) ?? failure
}

function disturbanceNotes(results: ServerResults): string[] {
  const othersShare = medianOf(results, 'othersShare')
  const ended = results.summary['processesEnded']?.max ?? 0
  return [
    ...(othersShare > TOLERATED_OTHERS_SHARE
      ? [
          `${results.server}: others used ${formatFigure(othersShare * 100, 'microseconds')} % of its core meanwhile`,
        ]
      : []),
    ...(ended > 0 ? [`${results.server}: ${ended} of its processes ended while it was measured`] : []),
  ]
}
