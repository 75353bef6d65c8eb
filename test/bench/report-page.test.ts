// The performance page and its charts are what the published results give, and nothing else; and how a page is made.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { RESULTS } from '../../bench/place.ts'
import { renderChart } from '../../bench/report/charts.ts'
import { renderReportFiles } from '../../bench/report/report-files.ts'
import { renderPage } from '../../bench/report/render-page.ts'
import type { Measurement, SuiteResults } from '../../bench/report/results.ts'
import { suiteReports, type SuiteReport } from '../../bench/report/suite-report.ts'
import { helloSuite } from '../../bench/suites/hello.ts'
import { ioSuite } from '../../bench/suites/io.ts'
import { REPOSITORY } from '../harness/gantry-process.ts'

const REFERENCE = join(REPOSITORY, 'docs', 'reference')

describe('the published page', () => {
  test('is what the published results give: else run npm run bench:report', async () => {
    const files = await renderReportFiles(RESULTS)
    const published = [
      'performance.md',
      ...readdirSync(join(REFERENCE, 'performance')).map((name) => `performance/${name}`),
    ]
    expect(published.sort()).toEqual([...files.keys()].sort())
    for (const [name, content] of files)
      expect(readFileSync(join(REFERENCE, name), 'utf8'), name).toBe(content)
  })
})

const MACHINE: SuiteResults['machine'] = {
  cpuModel: 'Abacus',
  cores: 2,
  memoryBytes: 8e9,
  system: 'Debian',
  kernel: '6.1',
  node: 'v20',
  python: 'Python 3.11',
  wrk: 'wrk 4',
  serverCore: 1,
  loadCore: 0,
}

function results(
  suite: string,
  caseName: string,
  figures: Record<string, Record<string, number>>,
): SuiteResults {
  const servers = [...Object.keys(figures), 'lost'].map((name) => ({
    name,
    settings: `settings of ${name}`,
    ...(name === 'lost' ? { missing: 'no such package' } : { version: '1.0' }),
  }))
  const measurements: Measurement[] = Object.entries(figures).map(([server, sample]) => ({
    caseName,
    server,
    round: 0,
    outcome: { sample },
  }))
  return { suite, date: '2026-01-01', machine: MACHINE, rounds: 1, seconds: 1, servers, measurements }
}

const HELLO = results('hello', 'hello-1k', {
  gantry: { requestsPerSecond: 40_000, cpuUsPerRequest: 22 },
  bjoern: { requestsPerSecond: 80_000, cpuUsPerRequest: 11 },
  waitress: { requestsPerSecond: 9_000, cpuUsPerRequest: 110 },
})
const IO = results('io', 'sleep-10ms', { gantry: { requestsPerSecond: 6_300, cpuUsPerRequest: 60 } })
const SUITES = [helloSuite, ioSuite]

describe('renderPage', () => {
  const page = renderPage(SUITES, [HELLO, IO], '### Why\n\nBecause.\n')

  test('says where Gantry is behind, by how much, and what is remarked on it', () => {
    expect(page).toContain('| hello-1k | CPU µs/req | 22.0 | bjoern (2.00) |')
    expect(page).not.toContain('waitress (')
    expect(page).toContain('### Why\n\nBecause.')
  })

  test('has a section with a chart for each suite that was measured, and a table for each case', () => {
    expect(page.match(/^## \w+: /gm)).toEqual(['## hello: ', '## io: '])
    expect(page).toContain('](performance/hello.svg)')
    expect(page).toContain('| gantry | 40,000 | – | 1.00 |')
    expect(page).not.toContain('hello-10k:')
  })

  test('names who was not measured, and why', () => {
    expect(page).toContain('Not measured: lost (no such package).')
    expect(page).toContain('| lost | missing: no such package | settings of lost |')
    expect(page).toContain('bjoern (one request at a time)')
  })

  test('warns of a run that was disturbed, and only of such', () => {
    const disturbed = results('hello', 'hello-1k', { gantry: { cpuUsPerRequest: 22, othersShare: 0.4 } })
    const quiet = results('hello', 'hello-1k', { gantry: { cpuUsPerRequest: 22, othersShare: 0.01 } })
    expect(renderPage(SUITES, [disturbed], '')).toContain('**This run was disturbed.** In 100 % of')
    expect(renderPage(SUITES, [quiet, IO], '')).not.toContain('disturbed')
  })

  test('describes the machine once, or for each suite where they differ', () => {
    expect(page.match(/Abacus/g)).toHaveLength(1)
    const elsewhere = { ...IO, machine: { ...MACHINE, cpuModel: 'Zuse Z3' } }
    const mixed = renderPage(SUITES, [HELLO, elsewhere], '')
    expect(mixed).toMatch(/hello:\n\n- Medians of one round of 1 s\.\n- Abacus/)
    expect(mixed).toMatch(/io:\n\n- Medians of one round of 1 s\.\n- Zuse Z3/)
  })
})

describe('renderChart', () => {
  const reportOf = (one: SuiteResults): SuiteReport => suiteReports(SUITES, [one])[0] as SuiteReport

  test('draws a bar with its figure for each server, best first, readable on light and dark pages', async () => {
    const svg = (await renderChart(reportOf(HELLO))) ?? ''
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text)
    expect(texts).toEqual(
      expect.arrayContaining(['hello-1k', 'gantry', 'bjoern', 'waitress', '22.0', '11.0', '110']),
    )
    expect(texts.indexOf('bjoern')).toBeLessThan(texts.indexOf('gantry'))
    expect(texts.indexOf('gantry')).toBeLessThan(texts.indexOf('waitress'))
    expect(svg).toContain('prefers-color-scheme:dark')
    expect(svg).not.toContain('fill="white"')
  })

  test('the same figures give the same bytes', async () => {
    expect(await renderChart(reportOf(HELLO))).toBe(await renderChart(reportOf(HELLO)))
  })

  test('a suite without figures has no chart', async () => {
    expect(await renderChart(reportOf({ ...HELLO, measurements: [] }))).toBeUndefined()
  })
})
