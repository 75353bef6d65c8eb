// The charts of the report: one SVG for each suite, bars side by side for its cases, best first. Vega draws them without
// a browser; the same figures always give the same bytes.
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'

import type { MetricUnit } from '../cases/bench-case.ts'
import { formatFigure } from './figures.ts'
import { isMoreBetter } from './goals.ts'
import type { CaseReport, SuiteReport } from './suite-report.ts'

const BAR_HEIGHT = 18
const CHART_WIDTH = 150
/** Whose bar stands out. */
const OWN = /^gantry/

/** Colours on a light page, and what takes their place on a dark one. */
const COLOURS = {
  text: { light: '#24292f', dark: '#e6edf3' },
  own: { light: '#0969da', dark: '#4493f8' },
  others: { light: '#afb8c1', dark: '#656c76' },
  spread: { light: '#57606a', dark: '#c9d1d9' },
} as const

type Bar = {
  readonly server: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly label: string
  readonly isOwn: boolean
}

/** `undefined` where a suite has nothing to draw. */
export async function renderChart({ suite, cases }: SuiteReport): Promise<string | undefined> {
  const charts = cases.flatMap((one) => caseChart(one))
  if (charts.length === 0) return undefined
  const specification: TopLevelSpec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: suite.title,
    background: 'transparent',
    padding: 4,
    hconcat: charts,
    spacing: 24,
    config: {
      font: 'system-ui, sans-serif',
      view: { stroke: null },
      axis: {
        labelColor: COLOURS.text.light,
        labelFontSize: 12,
        domain: false,
        ticks: false,
        grid: false,
        title: null,
      },
      title: { color: COLOURS.text.light, anchor: 'start', fontSize: 13, subtitleColor: COLOURS.text.light },
    },
  }
  const view = new View(parse(compile(specification).spec), { renderer: 'none' })
  return `${inBothSchemes(await view.toSVG())}\n`
}

type UnitChart = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number]

function caseChart({ benchCase, results }: CaseReport): UnitChart[] {
  const metric = benchCase.metrics.find(({ name }) => name === benchCase.chartMetric)
  if (metric === undefined) return []
  const bars = results.servers.flatMap(({ server, summary }) => {
    const figure = summary[metric.name]
    return figure === undefined || !Number.isFinite(figure.median) ? [] : [bar(server, figure, metric.unit)]
  })
  if (bars.length === 0) return []
  const sign = isMoreBetter(metric.name) ? -1 : 1
  const values = bars.toSorted((one, other) => sign * (one.value - other.value))
  return [barChart(results.name, `${metric.title}, ${sign < 0 ? 'more' : 'less'} is better`, values)]
}

function bar(
  server: string,
  { median, min, max }: { readonly median: number; readonly min: number; readonly max: number },
  unit: MetricUnit,
): Bar {
  return { server, value: median, min, max, label: formatFigure(median, unit), isOwn: OWN.test(server) }
}

function barChart(title: string, subtitle: string, values: readonly Bar[]): UnitChart {
  const y = { field: 'server', type: 'nominal', sort: null } as const
  return {
    title: { text: title, subtitle },
    data: { values: values.map((one) => ({ ...one })) },
    width: CHART_WIDTH,
    height: { step: BAR_HEIGHT },
    encoding: { y },
    layer: [
      {
        mark: { type: 'bar', height: BAR_HEIGHT - 5 },
        encoding: {
          x: { field: 'value', type: 'quantitative', axis: null },
          color: {
            condition: { test: 'datum.isOwn', value: COLOURS.own.light },
            value: COLOURS.others.light,
          },
        },
      },
      {
        mark: { type: 'rule', color: COLOURS.spread.light },
        encoding: { x: { field: 'min', type: 'quantitative' }, x2: { field: 'max' } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 4, color: COLOURS.text.light },
        encoding: { x: { field: 'max', type: 'quantitative' }, text: { field: 'label' } },
      },
    ],
  }
}

/** Pages show the file as an image, which follows the reader's choice of light or dark by itself. */
function inBothSchemes(svg: string): string {
  const rules = Object.values(COLOURS).flatMap(({ light, dark }) => [
    `[fill="${light}"]{fill:${dark}}`,
    `[stroke="${light}"]{stroke:${dark}}`,
  ])
  return svg.replace(/^<svg[^>]*>/, `$&<style>@media(prefers-color-scheme:dark){${rules.join('')}}</style>`)
}
