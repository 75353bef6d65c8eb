// The command `npm run bench`: installs, measures, prints, writes, and leaves nothing running behind.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { CASES, JAVASCRIPT_CASES } from './cases/case-table.ts'
import { measureRounds } from './measure-rounds.ts'
import { HELP, parseBenchOptions, type BenchOptions } from './options.ts'
import { endAllPinned, killAllPinned } from './processes/pinned-process.ts'
import { stopAllServers } from './processes/running-server.ts'
import { describeMachine } from './report/machine.ts'
import { renderMarkdownReport, renderTextReport } from './report/render-report.ts'
import { collectCaseResults, type RunResults } from './report/results.ts'
import type { LaunchPlace } from './servers/server-entry.ts'
import { installDebianPackages } from './setup/debian-packages.ts'
import { prepareServers } from './setup/prepare-servers.ts'
import { createEnvironment } from './setup/python-packages.ts'

const BENCH = import.meta.dirname
const REPOSITORY = join(BENCH, '..')

const PLACE: LaunchPlace = {
  repository: REPOSITORY,
  appDirectory: BENCH,
  pythonBin: join(REPOSITORY, '.cache', 'bench-venv', 'bin'),
  threads: 4,
}

const ALL_CASES = [...CASES, ...JAVASCRIPT_CASES]

endEverythingOnExit()
process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = parseBenchOptions(argv)
    if (options.wantsHelp) {
      process.stdout.write(HELP)
      return 0
    }
    await installBasics(options)
    const results = await run(options)
    process.stdout.write(`${renderTextReport(results, ALL_CASES)}\n`)
    await writeResults(results, options)
    return 0
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

async function installBasics({ mayInstall, python }: BenchOptions): Promise<void> {
  if (process.platform !== 'linux')
    throw new Error('CPU time and memory are read from /proc: this needs Linux')
  const problem = mayInstall ? await installDebianPackages(['wrk']) : undefined
  if (problem !== undefined) throw new Error(`there is no load generator: ${problem}`)
  const environmentProblem = mayInstall ? await createEnvironment(PLACE.pythonBin, python) : undefined
  if (environmentProblem !== undefined)
    throw new Error(`there is no Python environment: ${environmentProblem}`)
}

async function run(options: BenchOptions): Promise<RunResults> {
  const prepared = await prepareServers(options.servers, PLACE, options.mayInstall)
  const runnable = prepared.flatMap(({ entry, missing }) => (missing === undefined ? [entry] : []))
  for (const { entry, missing } of prepared)
    if (missing !== undefined) tell(`missing: ${entry.name}: ${missing}`)
  if (options.serverCore === options.loadCore) tell('warning: servers and load generator share one core')
  const measurements = await measureRounds(runnable, options.cases, { ...options, place: PLACE, tell })
  const order = new Map(options.servers.map(({ name }, index) => [name, index]))
  const ordered = measurements.toSorted(
    (one, other) => (order.get(one.server) ?? 0) - (order.get(other.server) ?? 0),
  )
  return {
    machine: await describeMachine({ ...options, python: join(PLACE.pythonBin, 'python') }),
    rounds: options.rounds,
    seconds: options.seconds,
    servers: prepared.map(({ entry: { name, settings }, ...found }) => ({ name, settings, ...found })),
    cases: options.cases.map((benchCase) => collectCaseResults(benchCase, ordered)),
  }
}

async function writeResults(
  results: RunResults,
  { jsonFile, isPublished, cases }: BenchOptions,
): Promise<void> {
  if (jsonFile !== undefined) await writeFile(jsonFile, `${JSON.stringify(results, null, 2)}\n`)
  const folder = isPublished ? join(BENCH, 'results') : join(BENCH, 'results', 'local')
  const caseSet = cases.length === CASES.length ? 'all' : cases.map(({ name }) => name).join('+')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${caseSet}.md`), renderMarkdownReport(results, ALL_CASES))
}

function tell(progress: string): void {
  process.stderr.write(`${progress}\n`)
}

/** Ctrl-C reaches only this process, since every server leads its own session: so it must pass the end on. */
function endEverythingOnExit(): void {
  process.once('exit', killAllPinned)
  for (const [signal, status] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
    process.once(signal, () => {
      tell('ending everything that was started …')
      void Promise.all([endAllPinned(), stopAllServers()]).finally(() => process.exit(status))
    })
  }
}
