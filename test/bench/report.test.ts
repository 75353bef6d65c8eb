// From samples to tables: columns, ratios, failures, goals, and both ways of rendering.
import { describe, expect, test } from 'vitest'

import type { BenchCase } from '../../bench/cases/bench-case.ts'
import { chooseByName } from '../../bench/options.ts'
import { caseNotes, caseTable } from '../../bench/report/case-table.ts'
import { formatFigure, formatSpread } from '../../bench/report/figures.ts'
import { goalTable } from '../../bench/report/goals.ts'
import { collectCaseResults, type CaseResults, type Measurement } from '../../bench/report/results.ts'
import { renderMarkdownTable, renderTextTable, type Table } from '../../bench/report/table.ts'

const TABLE: Table = {
  columns: [
    { title: 'server', align: 'left' },
    { title: 'req/s', align: 'right' },
  ],
  rows: [
    ['gantry', '60,000'],
    ['a|b', '7'],
  ],
}

const HELLO: BenchCase = {
  name: 'hello-1k',
  title: 'a greeting',
  metrics: [
    { name: 'requestsPerSecond', title: 'req/s', unit: 'per-second' },
    { name: 'cpuUsPerRequest', title: 'CPU', unit: 'microseconds', hasSpread: true, hasRatio: true },
  ],
  needsFreshServer: false,
  canRun: () => true,
  estimateSeconds: () => 0,
  measure: () => Promise.resolve({}),
}

function measured(server: string, cpuUsPerRequest: number, more: Record<string, number> = {}): Measurement {
  const sample = { requestsPerSecond: 1e6 / cpuUsPerRequest, cpuUsPerRequest, ...more }
  return { caseName: 'hello-1k', server, round: 0, outcome: { sample } }
}

function failed(server: string, failure: string): Measurement {
  return { caseName: 'hello-1k', server, round: 0, outcome: { failure } }
}

const ORDER = ['gantry', 'bjoern', 'waitress', 'gunicorn-gthread']

function collect(...measurements: Measurement[]): CaseResults {
  return collectCaseResults(HELLO, measurements, ORDER)
}

describe('rendering a table', () => {
  test('as text: columns line up, numbers to the right', () => {
    expect(renderTextTable(TABLE)).toBe(
      ['server   req/s', '──────  ──────', 'gantry  60,000', 'a|b          7'].join('\n'),
    )
  })

  test('as Markdown: a bar in a cell does not end it', () => {
    expect(renderMarkdownTable(TABLE)).toBe(
      ['| server | req/s |', '| --- | ---: |', '| gantry | 60,000 |', '| a\\|b | 7 |'].join('\n'),
    )
  })
})

describe('caseTable', () => {
  test('shows medians, spreads, and the first server divided by each', () => {
    const measurements = [16, 20, 18].map((cpu) => measured('gantry', cpu))
    const table = caseTable(HELLO, collect(measured('waitress', 60), ...measurements))
    expect(table.columns.map(({ title }) => title)).toEqual(['server', 'req/s', 'CPU', '±', '×'])
    expect(table.rows).toEqual([
      ['gantry', '55,556', '18.0', '±11%', '1.00'],
      ['waitress', '16,667', '60.0', '–', '0.30'],
    ])
  })

  test('a server that failed has a row of dashes and a note, and is nobody’s baseline', () => {
    const results = collect(failed('gantry', 'did not answer'), measured('waitress', 60))
    expect(caseTable(HELLO, results).rows).toEqual([
      ['gantry', '–', '–', '–', '–'],
      ['waitress', '16,667', '60.0', '–', '1.00'],
    ])
    expect(caseNotes(results)).toEqual(['gantry failed: did not answer'])
  })

  test('says when others used the core, and when processes ended', () => {
    const results = collect(measured('gantry', 20, { othersShare: 0.25, processesEnded: 1 }))
    expect(caseNotes(results)).toEqual([
      'gantry: others used 25.0 % of its core meanwhile',
      'gantry: 1 of its processes ended while it was measured',
    ])
  })
})

describe('goalTable', () => {
  test('compares with the peers of the same run, and leaves open what was not measured', () => {
    const results = collect(
      measured('gantry', 18),
      measured('gunicorn-gthread', 90),
      measured('waitress', 45),
    )
    const rows = goalTable([results])?.rows.map(([, goal, figure, verdict]) => [goal, figure, verdict])
    expect(rows).toContainEqual(['CPU µs per request ≤ 20.0', '18.0', 'reached'])
    expect(rows).toContainEqual(['CPU per request ≤ 0.25 × gunicorn-gthread', '0.20', 'reached'])
    expect(rows).toContainEqual(['CPU per request ≤ 0.35 × waitress', '0.40', 'MISSED'])
    expect(rows).toContainEqual(['CPU per request ≤ 2 × bjoern', '–', '–'])
  })

  test('to be first is to have the best figure of all, or of those that are named', () => {
    const rates = (caseName: string, figures: Record<string, number>): CaseResults => {
      const measurements = Object.entries(figures).map(([server, requestsPerSecond]) => ({
        ...measured(server, 1),
        caseName,
        outcome: { sample: { requestsPerSecond } },
      }))
      return collectCaseResults({ ...HELLO, name: caseName }, measurements, Object.keys(figures))
    }
    const verdicts = goalTable([
      rates('flask-page', { gantry: 900, waitress: 899 }),
      rates('django-page', { gantry: 900, waitress: 901 }),
      rates('scale-1', { gantry: 900, bjoern: 2000, 'nginx-uwsgi': 800 }),
      rates('sleep-10ms', { gantry: 6080 }),
    ])?.rows.map(([name, , figure, verdict]) => [name, figure, verdict])
    expect(verdicts).toEqual([
      ['sleep-10ms', '6,080', 'reached'],
      ['flask-page', '900; waitress 899', 'reached'],
      ['django-page', '900; waitress 901', 'MISSED'],
      ['scale-1', '900; nginx-uwsgi 800', 'reached'],
    ])
  })

  test('a server with Gantry in it is judged by its own figure', () => {
    const results = collectCaseResults(
      { ...HELLO, name: 'gateway-1k' },
      [measured('nginx-gantry-http', 50), measured('nginx-gantry-scgi', 66), measured('nginx-uwsgi', 60)].map(
        (one) => ({ ...one, caseName: 'gateway-1k' }),
      ),
      ['nginx-gantry-http', 'nginx-gantry-scgi', 'nginx-uwsgi'],
    )
    expect(goalTable([results])?.rows).toEqual([
      ['gateway-1k', 'nginx-gantry-http: CPU per request ≤ 1 × nginx-uwsgi', '0.83', 'reached'],
      ['gateway-1k', 'nginx-gantry-scgi: CPU per request ≤ 1 × nginx-uwsgi', '1.10', 'MISSED'],
    ])
  })

  test('there is none without Gantry', () => {
    expect(goalTable([collect(measured('waitress', 45))])).toBeUndefined()
  })
})

describe('formatting', () => {
  test.each([
    [12345.6, 'per-second', '12,346'],
    [16.44, 'microseconds', '16.4'],
    [114, 'time', '114 µs'],
    [2684, 'time', '2.68 ms'],
    [2_684_000, 'time', '2.68 s'],
    [9_800, 'bytes', '9.80 KB'],
    [119_900_000, 'bytes', '120 MB'],
    [Number.NaN, 'bytes', '–'],
  ] as const)('%d as %s is %s', (value, unit, expected) => {
    expect(formatFigure(value, unit)).toBe(expected)
  })

  test('a spread is a percentage', () => {
    expect([0.004, 0.25, Number.NaN].map(formatSpread)).toEqual(['±0.4%', '±25%', '–'])
  })
})

describe('chooseByName', () => {
  const table = [{ name: 'one' }, { name: 'two' }, { name: 'three' }]

  test('keeps the order of the table', () => {
    expect(chooseByName(table, 'three,one').map(({ name }) => name)).toEqual(['one', 'three'])
  })

  test('takes all when nothing is chosen', () => {
    expect(chooseByName(table, undefined)).toBe(table)
  })

  test('refuses a name that does not exist and lists those that do', () => {
    expect(() => chooseByName(table, 'one,four')).toThrow('unknown: four; there is one, two, three')
  })
})
