// The command `npm run bench:compare -- BASE`: measures this checkout, as built, against another commit and says for each
// hot-path case whether the difference is beyond the noise. With `--with` the same for what options of Gantry cost.
import { parseArgs } from 'node:util'

import { checkOutBase } from './comparing/base-checkout.ts'
import { comparePaired, FEWEST_ROUNDS, type Comparison } from './comparing/paired-ratios.ts'
import { withInstructions } from './comparing/with-instructions.ts'
import { endEverythingOnExit } from './ending.ts'
import { measureStage, type StageMeasurement } from './measuring/measure-stage.ts'
import type { Stage } from './measuring/stage.ts'
import { chooseByName, parseCount } from './options.ts'
import { PLACE, REPOSITORY } from './place.ts'
import { readAllowedCores } from './processes/core-time.ts'
import { whyNoInstructions } from './processes/instructions.ts'
import { formatFigure } from './report/figures.ts'
import { summarize } from './report/statistics.ts'
import { renderTextTable } from './report/table.ts'
import { gantry } from './servers/gantry.ts'
import type { ServerEntry } from './servers/server-entry.ts'
import { choosePython } from './setup/python-packages.ts'
import { pinThisProcess, prepareRun } from './setup/prepare-run.ts'
import { ONE_CORE } from './suites/settings.ts'
import { casesOf, SUITES } from './suites/suite-table.ts'

const HOT_PATH = ['hello-1k', 'hello-10k', 'hello-100k', 'echo-10k', 'echo-1m', 'one']

const HELP = `npm run bench:compare -- [BASE] [options]

  BASE               a commit, a branch or a tag: checked out and built in a temporary directory;
                     may be left out beside --with, and is this checkout then
  --with=OPTIONS     start the server of this checkout with these options too, as in
                     --with='--access-log /tmp/access.log'
  --cases A,B        which cases (default: ${HOT_PATH.join(', ')})
  --rounds N         pairs of measurements (default 12, at least ${FEWEST_ROUNDS})
  --seconds S        length of each measured load (default 1)
`

endEverythingOnExit()
process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        cases: { type: 'string', default: HOT_PATH.join() },
        rounds: { type: 'string', default: '12' },
        seconds: { type: 'string', default: '1' },
        with: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    const [base] = positionals
    const options = values.with?.split(' ').filter((word) => word !== '') ?? []
    if (values.help || (base === undefined && options.length === 0)) {
      process.stdout.write(HELP)
      return values.help ? 0 : 2
    }
    const { cases, rounds, seconds } = values
    await compare({ base, options, cases, rounds: parseCount(rounds), seconds: Number(seconds) })
    return 0
  } catch (error) {
    tell(`bench:compare: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

type Asked = {
  /** Without it: this checkout. */
  readonly base: string | undefined
  /** Of Gantry's command line, for this checkout only. */
  readonly options: readonly string[]
  readonly cases: string
  readonly rounds: number
  readonly seconds: number
}

async function compare({ base, options, cases: names, rounds, seconds }: Asked): Promise<void> {
  if (rounds < FEWEST_ROUNDS) throw new RangeError(`at least ${FEWEST_ROUNDS} rounds`)
  const cases = chooseByName(SUITES.flatMap(casesOf), names)
  await prepareRun({ place: PLACE, python: choosePython(), mayInstall: true })
  const problem = await whyNoInstructions()
  if (problem !== undefined) tell(`instructions are not counted: ${problem}`)
  if (base !== undefined) tell(`checking out and building ${base} …`)
  const checkout = base === undefined ? undefined : await checkOutBase(REPOSITORY, base)
  try {
    const stage: Stage = {
      setting: ONE_CORE,
      servers: [builtIn('base', checkout?.folder ?? REPOSITORY, []), builtIn('this', REPOSITORY, options)],
      cases: cases.map((benchCase) => ({
        suite: '',
        benchCase: problem === undefined ? withInstructions(benchCase) : benchCase,
      })),
      rounds,
    }
    const measurements = await measure(stage, seconds)
    const figures = ['cpuUsPerRequest', ...(problem === undefined ? ['instructionsPerRequest'] : [])]
    const rows = cases.flatMap(({ name }) =>
      figures.map((figure) => comparisonRow(name, figure, measurements, rounds)),
    )
    const sides = describeSides(checkout?.commit, options)
    process.stdout.write(`${describe(sides, rounds, seconds)}\n\n${renderRows(rows)}\n`)
  } finally {
    await checkout?.remove()
  }
}

function builtIn(name: string, repository: string, options: readonly string[]): ServerEntry {
  const plan: ServerEntry['plan'] = (setup) => {
    const { commands, ...rest } = gantry.plan({ ...setup, repository })
    return { ...rest, commands: commands.map((one) => ({ ...one, argv: [...one.argv, ...options] })) }
  }
  return { ...gantry, name, plan }
}

async function measure(stage: Stage, seconds: number): Promise<StageMeasurement[]> {
  const cores = readAllowedCores()
  const [load = 0, server = load] = [cores[0], cores.at(-1)]
  const setup = { place: PLACE, seconds, cores: { server, load, all: cores.join() }, tell }
  await pinThisProcess(load)
  const all: StageMeasurement[] = []
  await measureStage(stage, setup, {
    isDone: () => false,
    add: (measurements) => {
      all.push(...measurements)
      return Promise.resolve()
    },
  })
  return all
}

function comparisonRow(
  caseName: string,
  figure: string,
  measurements: readonly StageMeasurement[],
  rounds: number,
): string[] {
  const figureOf = (server: string, round: number): number => {
    const found = measurements.find(
      ({ measurement: one }) => one.caseName === caseName && one.server === server && one.round === round,
    )
    const outcome = found?.measurement.outcome
    if (outcome !== undefined && 'sample' in outcome) return outcome.sample[figure] ?? Number.NaN
    tell(`${caseName}, round ${round + 1}, ${server}: left out: ${outcome?.failure ?? 'not measured'}`)
    return Number.NaN
  }
  const pairs = Array.from(
    { length: rounds },
    (_, round) => [figureOf('base', round), figureOf('this', round)] as const,
  ).filter((pair) => pair.every(Number.isFinite))
  const unit = figure === 'cpuUsPerRequest' ? 'CPU µs' : 'instructions'
  return [caseName, unit, ...describeComparison(comparePaired(pairs), pairs)]
}

function describeComparison(
  { ratio, low, high, lower, unequal, signP, verdict }: Comparison,
  pairs: readonly (readonly [number, number])[],
): string[] {
  const middle = (which: 0 | 1): string =>
    formatFigure(summarize(pairs.map((pair) => pair[which])).median, 'microseconds')
  const interval = `${low.toFixed(3)} to ${high.toFixed(3)}`
  const signs = `${lower} of ${unequal} (p ${signP.toFixed(3)})`
  return [middle(0), middle(1), ratio.toFixed(3), interval, signs, verdict]
}

function describeSides(commit: string | undefined, options: readonly string[]): string {
  const here = options.length === 0 ? '' : ` with ${options.join(' ')}`
  return `this checkout (dist/ as it is built)${here} and of ${commit === undefined ? 'the same without' : commit.slice(0, 10)}`
}

function describe(sides: string, rounds: number, seconds: number): string {
  return `CPU µs per request of ${sides}, ${rounds} pairs of ${seconds} s.
The ratio is the median of this/base over the pairs; between the two bounds it lies with 95 % (bootstrap).`
}

function renderRows(rows: readonly string[][]): string {
  const titles = ['case', 'a request', 'base', 'this', 'ratio', '95 %', 'less in', 'verdict']
  const columns = titles.map(
    (title, index) => ({ title, align: index < 2 || index > 5 ? 'left' : 'right' }) as const,
  )
  return renderTextTable({ columns, rows })
}

function tell(progress: string): void {
  process.stderr.write(`${progress}\n`)
}
