// The figures Gantry has set itself, each checked against the same run. A goal whose peer was not measured stays open.
import type { MetricUnit } from '../cases/bench-case.ts'
import { NGINX_GANTRY } from '../servers/nginx-gantry.ts'
import { formatFigure, formatRatio, NO_FIGURE } from './figures.ts'
import { medianOf, type CaseResults } from './results.ts'
import type { Table } from './table.ts'

type Limit =
  | { readonly kind: 'at-most'; readonly value: number }
  | { readonly kind: 'at-least'; readonly value: number }
  /** At most this many times a peer's figure. */
  | { readonly kind: 'at-most-times'; readonly value: number; readonly peer: string }
  /** No other has a better figure; without a list, none of those measured. */
  | { readonly kind: 'first'; readonly among?: readonly string[] }

type Goal = {
  readonly caseName: string
  /** Whose figure it is, where Gantry stands behind another server, or serves files by itself. */
  readonly server?: string
  readonly metric: keyof typeof UNITS
  readonly text: string
  readonly limit: Limit
}

const UNITS = {
  cpuUsPerRequest: 'microseconds',
  requestsPerSecond: 'per-second',
  p50Us: 'time',
  p99Us: 'time',
  bytesPerConnection: 'bytes',
  frontPeakRssBytes: 'bytes',
} as const satisfies Record<string, MetricUnit>

const OWN = 'gantry'
/** Those that do what Gantry does beside calling an application: TLS at their front, limits, and whole bodies. */
const WHOLE_SERVERS = ['nginx-uwsgi', 'mod-wsgi']

export const GOALS: readonly Goal[] = [
  {
    caseName: 'hello-1k',
    metric: 'cpuUsPerRequest',
    text: 'CPU µs per request',
    limit: { kind: 'at-most', value: 20 },
  },
  cpuGoal('hello-1k', 0.25, 'gunicorn-gthread'),
  cpuGoal('hello-1k', 0.35, 'waitress'),
  cpuGoal('hello-1k', 0.5, 'nginx-uwsgi'),
  cpuGoal('hello-1k', 2, 'bjoern'),
  cpuGoal('hello-1k', 1, 'granian'),
  cpuGoal('echo-10k', 0.35, 'gunicorn-gthread'),
  {
    caseName: 'one',
    metric: 'p50Us',
    text: 'p50',
    limit: { kind: 'at-most-times', value: 1.3, peer: 'gunicorn-sync' },
  },
  { caseName: 'rate-80', metric: 'p99Us', text: 'p99', limit: { kind: 'first' } },
  rateGoal('sleep-10ms', { kind: 'at-least', value: 0.95 * 6_400 }),
  ...['flask-page', 'flask-json', 'django-page', 'django-json'].map((name) =>
    rateGoal(name, { kind: 'first' }),
  ),
  { ...cpuGoal('static-10k', 2, 'nginx'), server: 'gantry-static' },
  ...NGINX_GANTRY.map(({ name }) => ({ ...cpuGoal('gateway-1k', 1, 'nginx-uwsgi'), server: name })),
  {
    caseName: 'idle',
    metric: 'bytesPerConnection',
    text: 'memory of a connection',
    limit: { kind: 'at-most', value: 10_000 },
  },
  {
    caseName: 'upload',
    metric: 'frontPeakRssBytes',
    text: 'peak RSS of the front',
    limit: { kind: 'at-most', value: 150e6 },
  },
  rateGoal('scale-1', { kind: 'first', among: WHOLE_SERVERS }),
  rateGoal('scale-2', { kind: 'first', among: WHOLE_SERVERS }),
]

function cpuGoal(caseName: string, value: number, peer: string): Goal {
  const limit = { kind: 'at-most-times', value, peer } as const
  return { caseName, metric: 'cpuUsPerRequest', text: 'CPU per request', limit }
}

function rateGoal(caseName: string, limit: Limit): Goal {
  return { caseName, metric: 'requestsPerSecond', text: 'requests/s', limit }
}

/** `undefined` when Gantry itself was not measured. */
export function goalTable(cases: readonly CaseResults[]): Table | undefined {
  const rows = GOALS.flatMap((goal) => goalRow(goal, cases))
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

function goalRow(goal: Goal, cases: readonly CaseResults[]): string[][] {
  const { caseName, metric, server = OWN } = goal
  const servers = cases.find(({ name }) => name === caseName)?.servers ?? []
  const figures = new Map(servers.map((one) => [one.server, medianOf(one, metric)]))
  const own = figures.get(server) ?? Number.NaN
  if (!Number.isFinite(own)) return []
  const { measured, isReached } = judge(goal, own, figures)
  return [[caseName, describeGoal(goal), measured, isReached === undefined ? NO_FIGURE : verdict(isReached)]]
}

type Judgement = { readonly measured: string; readonly isReached: boolean | undefined }

function judge({ metric, limit }: Goal, own: number, figures: ReadonlyMap<string, number>): Judgement {
  switch (limit.kind) {
    case 'at-most':
      return { measured: formatFigure(own, UNITS[metric]), isReached: own <= limit.value }
    case 'at-least':
      return { measured: formatFigure(own, UNITS[metric]), isReached: own >= limit.value }
    case 'at-most-times':
      return judgeRatio(own / (figures.get(limit.peer) ?? Number.NaN), limit.value)
    case 'first':
      return judgeFirst(metric, own, figures, limit.among)
  }
}

function judgeRatio(ratio: number, atMost: number): Judgement {
  return { measured: formatRatio(ratio), isReached: Number.isFinite(ratio) ? ratio <= atMost : undefined }
}

function judgeFirst(
  metric: Goal['metric'],
  own: number,
  figures: ReadonlyMap<string, number>,
  among: readonly string[] | undefined,
): Judgement {
  const others = [...figures].filter(
    ([name, figure]) => name !== OWN && Number.isFinite(figure) && (among?.includes(name) ?? true),
  )
  const sign = isMoreBetter(metric) ? -1 : 1
  const [best] = others.sort(([, one], [, other]) => sign * (one - other))
  if (best === undefined) return { measured: formatFigure(own, UNITS[metric]), isReached: undefined }
  const measured = `${formatFigure(own, UNITS[metric])}; ${best[0]} ${formatFigure(best[1], UNITS[metric])}`
  return { measured, isReached: sign * (own - best[1]) <= 0 }
}

export function isMoreBetter(metric: string): boolean {
  return metric === 'requestsPerSecond'
}

function describeGoal(goal: Goal): string {
  return `${goal.server === undefined ? '' : `${goal.server}: `}${describeLimit(goal)}`
}

function describeLimit({ metric, text, limit }: Goal): string {
  switch (limit.kind) {
    case 'at-most':
      return `${text} ≤ ${formatFigure(limit.value, UNITS[metric])}`
    case 'at-least':
      return `${text} ≥ ${formatFigure(limit.value, UNITS[metric])}`
    case 'at-most-times':
      return `${text} ≤ ${limit.value} × ${limit.peer}`
    case 'first':
      return `best ${text}${limit.among === undefined ? '' : ` among ${limit.among.join(', ')}`}`
  }
}

function verdict(isReached: boolean): string {
  return isReached ? 'reached' : 'MISSED'
}
