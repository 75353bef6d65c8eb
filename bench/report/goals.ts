// The figures Gantry has set itself, each checked against the same run. A goal whose peer was not measured stays open.
import { formatFigure, formatRatio, NO_FIGURE } from './figures.ts'
import { medianOf, type CaseResults } from './results.ts'
import type { MetricUnit } from '../cases/bench-case.ts'
import type { Table } from './table.ts'

type Goal = {
  readonly caseName: string
  readonly metric: string
  readonly atMost: number
  /** The limit is this server's figure times `atMost`; without it `atMost` itself. */
  readonly peer?: string
  readonly text: string
}

export const GOALS: readonly Goal[] = [
  { caseName: 'hello-1k', metric: 'cpuUsPerRequest', atMost: 20, text: 'CPU µs per request' },
  cpuGoal('hello-1k', 'gunicorn-gthread', 0.25),
  cpuGoal('hello-1k', 'waitress', 0.35),
  cpuGoal('hello-1k', 'nginx-uwsgi', 0.5),
  cpuGoal('hello-1k', 'bjoern', 2.2),
  cpuGoal('hello-1k', 'granian', 1),
  cpuGoal('echo-10k', 'gunicorn-gthread', 0.35),
  { caseName: 'one', metric: 'p50Us', peer: 'gunicorn-sync', atMost: 1.3, text: 'p50' },
  { caseName: 'idle', metric: 'frontRssBytes', atMost: 120e6, text: 'RSS of the front' },
  { caseName: 'upload', metric: 'frontPeakRssBytes', atMost: 150e6, text: 'peak RSS of the front' },
]

const UNITS: Readonly<Record<string, MetricUnit>> = { frontRssBytes: 'bytes', frontPeakRssBytes: 'bytes' }

function cpuGoal(caseName: string, peer: string, atMost: number): Goal {
  return { caseName, metric: 'cpuUsPerRequest', peer, atMost, text: 'CPU per request' }
}

/** `undefined` when Gantry itself was not measured. */
export function goalTable(cases: readonly CaseResults[]): Table | undefined {
  const rows = GOALS.flatMap((goal) => goalRow(goal, cases) ?? [])
  if (rows.length === 0) return undefined
  return {
    columns: [
      { title: 'case', align: 'left' },
      { title: 'goal', align: 'left' },
      { title: 'measured', align: 'right' },
      { title: '', align: 'left' },
    ],
    rows,
  }
}

function goalRow(goal: Goal, cases: readonly CaseResults[]): string[][] | undefined {
  const results = cases.find(({ name }) => name === goal.caseName)
  const figureOf = (server: string): number =>
    medianOf(
      results?.servers.find((one) => one.server === server),
      goal.metric,
    )
  const own = figureOf('gantry')
  if (!Number.isFinite(own)) return undefined
  const measured = goal.peer === undefined ? own : own / figureOf(goal.peer)
  return [
    [goal.caseName, describeGoal(goal), describeMeasured(goal, measured), verdict(measured, goal.atMost)],
  ]
}

function describeGoal({ text, atMost, peer, metric }: Goal): string {
  return `${text} ≤ ${peer === undefined ? formatFigure(atMost, unitOf(metric)) : `${atMost} × ${peer}`}`
}

function describeMeasured({ peer, metric }: Goal, measured: number): string {
  return peer === undefined ? formatFigure(measured, unitOf(metric)) : formatRatio(measured)
}

function verdict(measured: number, atMost: number): string {
  if (!Number.isFinite(measured)) return NO_FIGURE
  return measured <= atMost ? 'reached' : 'MISSED'
}

function unitOf(metric: string): MetricUnit {
  return UNITS[metric] ?? 'microseconds'
}
