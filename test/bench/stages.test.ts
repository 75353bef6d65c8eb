// Which cases are measured together, in which rounds, how long that is said to take, and what a resumed run leaves out.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { StageMeasurement } from '../../bench/measuring/measure-stage.ts'
import { estimateSeconds, groupByServerStart, roundsWith, stagesOf } from '../../bench/measuring/stage.ts'
import { warmUntilSteady } from '../../bench/measuring/warm-up.ts'
import { SuiteRecord } from '../../bench/measuring/suite-record.ts'
import { parseBenchOptions } from '../../bench/options.ts'
import { readSuiteResults, renderResults } from '../../bench/report/result-files.ts'
import type { SuiteResults } from '../../bench/report/results.ts'
import type { ServerEntry } from '../../bench/servers/server-entry.ts'
import { roundsOf } from '../../bench/suites/suite.ts'
import { casesOf, SUITES } from '../../bench/suites/suite-table.ts'

const namesOf = (items: readonly { readonly name: string }[]): string[] => items.map(({ name }) => name)

describe('the suites', () => {
  test('have cases whose names are unique, as results are found by them', () => {
    const names = SUITES.flatMap((suite) => namesOf(casesOf(suite)))
    expect(names).toEqual([...new Set(names)])
  })

  test('fit into 31 minutes as they are run by default', () => {
    const { suites, rounds, seconds } = parseBenchOptions([])
    expect(estimateSeconds(stagesOf(suites, rounds), seconds)).toBeLessThan(31 * 60)
  })
})

describe('stagesOf', () => {
  test('measures suites with the same setting and servers on the same running servers', () => {
    const [first, second] = stagesOf(SUITES, 5)
    expect(first?.cases.map(({ suite }) => suite)).toEqual([
      ...['hello', 'hello', 'hello'],
      ...['echo', 'echo'],
      ...['latency', 'latency', 'latency'],
    ])
    expect(second?.cases.map(({ suite }) => suite)).toEqual(['io', 'io'])
  })

  test('takes only what is chosen', () => {
    const stages = stagesOf(SUITES, 5, { servers: ['gantry'], cases: ['idle', 'hello-1k'] })
    expect(
      stages.map(({ servers, cases }) => [namesOf(servers), cases.map(({ benchCase }) => benchCase.name)]),
    ).toEqual([
      [['gantry'], ['hello-1k']],
      [['gantry'], ['idle']],
    ])
  })

  test('gives each case that needs one a server of its own', () => {
    const cases = stagesOf(SUITES, 1).flatMap((stage) => stage.cases)
    const chosen = cases.filter(({ benchCase }) => ['idle', 'hello-1k', 'one'].includes(benchCase.name))
    const groups = groupByServerStart(chosen).map((group) => group.map(({ benchCase }) => benchCase.name))
    expect(groups).toEqual([['hello-1k', 'one'], ['idle']])
  })
})

test.each([
  ['all', 5, 5],
  ['some', 5, 3],
  ['some', 1, 1],
] as const)('a part that is measured in %s of %d rounds takes %d', (rounds, all, expected) => {
  expect(roundsOf({ setting: {} as never, servers: [], cases: [], rounds }, all)).toBe(expected)
})

test('a server that completes the picture takes part in every other round', () => {
  const entry = SUITES[0]?.parts[0]?.servers[0] as ServerEntry
  expect(roundsWith({ ...entry, isSecondary: true }, 5)).toEqual([0, 2, 4])
  expect(roundsWith({ ...entry, isSecondary: false }, 3)).toEqual([0, 1, 2])
})

describe('parseBenchOptions', () => {
  test('a case alone chooses its suite', () => {
    const { suites, cases } = parseBenchOptions(['--cases', 'rate-80,idle'])
    expect([namesOf(suites), cases]).toEqual([
      ['latency', 'idle'],
      ['rate-80', 'idle'],
    ])
  })

  test.each([
    [['--suites', 'helo'], /unknown: helo; there is hello/],
    [['--cases', 'hello-2k'], /unknown: hello-2k/],
    [['--servers', 'unicorn'], /unknown: unicorn/],
    [['--rounds', 'many'], /whole number/],
    [['--seconds', '0'], /seconds from 0.1 on/],
    [['--seconds', 'x'], /seconds from 0.1 on/],
  ])('refuses %j', (argv, message) => {
    expect(() => parseBenchOptions(argv)).toThrow(message)
  })
})

describe('SuiteRecord', () => {
  const facts = {
    date: '2026-01-01',
    machine: { cores: 2 } as SuiteResults['machine'],
    rounds: 2,
    seconds: 1,
  }
  let folder = ''

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gantry-bench-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function measured(server: string, round: number, outcome: object): StageMeasurement {
    return {
      suite: 'hello',
      measurement: { caseName: 'hello-1k', server, round, outcome } as StageMeasurement['measurement'],
    }
  }

  async function beginAnew(isResuming: boolean, changed: object = {}): Promise<SuiteRecord> {
    const record = new SuiteRecord(folder)
    await record.begin('hello', { ...facts, ...changed }, [], isResuming)
    return record
  }

  test('keeps every measurement at once, and a resumed run does not measure it again', async () => {
    await (await beginAnew(false)).add([measured('gantry', 0, { sample: { cpuUsPerRequest: 20.123456 } })])
    const resumed = await beginAnew(true)
    const isDone = (round: number): boolean => resumed.isDone('hello', 'hello-1k', 'gantry', round)
    expect([isDone(0), isDone(1)]).toEqual([true, false])
    await resumed.add([measured('gantry', 1, { sample: { cpuUsPerRequest: 21 } })])
    const samples = (await readSuiteResults(folder, 'hello'))?.measurements.map(({ outcome }) => outcome)
    expect(samples).toEqual([{ sample: { cpuUsPerRequest: 20.123 } }, { sample: { cpuUsPerRequest: 21 } }])
  })

  test('a resumed run tries again what has failed', async () => {
    await (await beginAnew(false)).add([measured('gantry', 0, { failure: 'did not answer' })])
    const resumed = await beginAnew(true)
    expect(resumed.isDone('hello', 'hello-1k', 'gantry', 0)).toBe(false)
    await resumed.add([measured('gantry', 0, { sample: { cpuUsPerRequest: 20 } })])
    expect(resumed.results('hello').measurements).toHaveLength(1)
  })

  test('a run does not go on with one of other lengths', async () => {
    await (await beginAnew(false)).add([measured('gantry', 0, { sample: {} })])
    await expect(beginAnew(true, { seconds: 2 })).rejects.toThrow(/without --resume/)
  })

  test('a new run forgets the former one', async () => {
    await (await beginAnew(false)).add([measured('gantry', 0, { sample: {} })])
    expect((await beginAnew(false)).results('hello').measurements).toEqual([])
  })

  test('the file has a line for each measurement', async () => {
    const record = await beginAnew(false)
    await record.add([measured('gantry', 0, { sample: {} }), measured('waitress', 0, { sample: {} })])
    const text = readFileSync(join(folder, 'hello.json'), 'utf8')
    expect(text).toBe(renderResults(record.results('hello')))
    expect(text.split('\n').filter((line) => line.includes('"caseName"'))).toHaveLength(2)
  })
})

describe('warmUntilSteady', () => {
  /** Runs of so many requests at these costs, and how many of them it takes. */
  async function runsTaken(costs: readonly number[], requests: number): Promise<number> {
    let taken = 0
    await warmUntilSteady(() =>
      Promise.resolve({ requests, cpuUsPerRequest: costs[Math.min(taken++, costs.length - 1)] ?? 0 }),
    )
    return taken
  }

  test.each([
    ['a server that is warm from the start', [20], 3],
    ['one that is compiled', [400, 200, 90, 40, 30, 29.9, 30.2, 1], 7],
    ['one piece of noise is not the end', [400, 410, 100, 101, 102], 5],
    ['one that never settles', Array.from({ length: 50 }, (_, run) => 0.9 ** run * 1e6), 24],
  ])('%s', async (_, costs, expected) => {
    expect(await runsTaken(costs, 100_000)).toBe(expected)
  })

  test('one that has answered few requests may not be compiled yet', async () => {
    expect(await runsTaken([200], 1_000)).toBe(5)
    expect(await runsTaken([2_000], 100)).toBe(24)
  })

  test('a run that had little of its core is no whole piece', async () => {
    // 1,000 requests at 75 µs are half of a piece.
    expect(await runsTaken([75], 1_000)).toBe(6)
  })
})
