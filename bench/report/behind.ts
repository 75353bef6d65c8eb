// Where another server has the better figure: each case's own metric, and what a request costs.
import type { Metric } from '../cases/bench-case.ts'
import { formatFigure, formatRatio } from './figures.ts'
import { isMoreBetter } from './goals.ts'
import { medianOf } from './results.ts'
import type { CaseReport } from './suite-report.ts'
import type { Table } from './table.ts'

/** Of several of them in a case the first counts. */
const OWN = ['gantry', 'gantry-javascript', 'gantry-static']
/** Suites compare other layers with Gantry's own: they are not peers. */
const OWN_KIND = /^(gantry|layers-)/

/** `undefined`: nowhere. */
export function behindTable(cases: readonly CaseReport[]): Table | undefined {
  const rows = cases.flatMap((one) => comparedMetrics(one).flatMap((metric) => behindRow(one, metric)))
  if (rows.length === 0) return undefined
  return {
    columns: [
      { title: 'case', align: 'left' },
      { title: 'figure', align: 'left' },
      { title: 'Gantry', align: 'right' },
      { title: 'ahead of it, and by how much', align: 'left' },
    ],
    rows,
  }
}

function comparedMetrics({ benchCase }: CaseReport): Metric[] {
  const names = new Set([benchCase.chartMetric, 'cpuUsPerRequest'])
  return benchCase.metrics.filter(({ name }) => names.has(name))
}

function behindRow({ results }: CaseReport, { name, title, unit }: Metric): string[][] {
  const own = results.servers.find(({ server }) => OWN.includes(server))
  const figure = medianOf(own, name)
  const ratioOf = (other: number): number => (isMoreBetter(name) ? other / figure : figure / other)
  const ahead = results.servers
    .filter(({ server }) => !OWN_KIND.test(server))
    .map((one) => ({ server: one.server, ratio: ratioOf(medianOf(one, name)) }))
    .filter(({ ratio }) => ratio > 1)
    .sort((one, other) => other.ratio - one.ratio)
    .map(({ server, ratio }) => `${server} (${formatRatio(ratio)})`)
  return ahead.length === 0 ? [] : [[results.name, title, formatFigure(figure, unit), ahead.join(', ')]]
}
