// The command `npm run bench`: installs, measures, keeps, prints, and leaves nothing running behind.
import { join } from 'node:path'

import { endEverythingOnExit } from './ending.ts'
import { measureStage } from './measuring/measure-stage.ts'
import { estimateSeconds, stagesOf, type Stage } from './measuring/stage.ts'
import { SuiteRecord } from './measuring/suite-record.ts'
import { HELP, parseBenchOptions, type BenchOptions } from './options.ts'
import { PLACE, RESULTS } from './place.ts'
import { readAllowedCores } from './processes/core-time.ts'
import { describeMachine } from './report/machine.ts'
import { renderTextReport } from './report/render-text.ts'
import { pinThisProcess, prepareRun } from './setup/prepare-run.ts'
import { prepareServers, type PreparedServer } from './setup/prepare-servers.ts'
import { installPythonPackages } from './setup/python-packages.ts'
import type { Suite } from './suites/suite.ts'

endEverythingOnExit()
process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = parseBenchOptions(argv)
    if (options.wantsHelp) {
      process.stdout.write(HELP)
      return 0
    }
    for (const problem of await prepareRun({ place: PLACE, ...options })) tell(`warning: ${problem}`)
    await run(options)
    return 0
  } catch (error) {
    tell(`bench: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

async function run(options: BenchOptions): Promise<void> {
  const { suites, rounds, seconds, serverCore, loadCore } = options
  const wanted = stagesOf(suites, rounds, options)
  const servers = new Map(wanted.flatMap((stage) => stage.servers).map((entry) => [entry.name, entry]))
  const prepared = await prepareServers([...servers.values()], PLACE, options.mayInstall)
  for (const { entry, missing } of prepared)
    if (missing !== undefined) tell(`missing: ${entry.name}: ${missing}`)
  const record = await beginRecord(options, prepared)
  if (serverCore === loadCore) tell('warning: servers and load generator share one core')
  const stages = await runnableStages(wanted, prepared, options)
  tell(`about ${formatMinutes(estimateSeconds(stages, seconds))} for ${rounds} rounds of ${seconds} s`)
  const cores = { server: serverCore, load: loadCore, all: readAllowedCores().join(',') }
  await pinThisProcess(loadCore)
  const startedAtMs = performance.now()
  for (const [index, stage] of stages.entries()) {
    const left = estimateSeconds(stages.slice(index), seconds)
    const suite = [...new Set(stage.cases.map((one) => one.suite))].join(' + ')
    tell(`${suite}: about ${formatMinutes(left)} left`)
    await measureStage(stage, { place: PLACE, seconds, cores, tell }, record)
  }
  tell(`took ${formatMinutes((performance.now() - startedAtMs) / 1_000)}`)
  process.stdout.write(
    `${renderTextReport(
      suites,
      suites.map(({ name }) => record.results(name)),
    )}\n`,
  )
}

/** All suites begin before the first is measured: what cannot be resumed is said at once. */
async function beginRecord(options: BenchOptions, prepared: readonly PreparedServer[]): Promise<SuiteRecord> {
  const record = new SuiteRecord(options.isPublished ? RESULTS : join(RESULTS, 'local'))
  const facts = {
    date: new Date().toISOString().slice(0, 10),
    machine: await describeMachine({ ...options, python: join(PLACE.pythonBin, 'python') }),
    rounds: options.rounds,
    seconds: options.seconds,
  }
  for (const suite of options.suites)
    await record.begin(suite.name, facts, notesOf(suite, prepared), options.isResuming)
  return record
}

function notesOf({ parts }: Suite, prepared: readonly PreparedServer[]): PreparedServer['note'][] {
  const names = new Set(parts.flatMap((part) => part.servers.map(({ name }) => name)))
  return prepared.filter(({ entry }) => names.has(entry.name)).map(({ note }) => note)
}

/** Without the servers that are missing, and without the stages whose application is. */
async function runnableStages(
  stages: readonly Stage[],
  prepared: readonly PreparedServer[],
  { mayInstall }: BenchOptions,
): Promise<Stage[]> {
  const missing = prepared.flatMap((one) => (one.missing === undefined ? [] : [one.entry.name]))
  const runnable: Stage[] = []
  for (const stage of stages) {
    const { module, pythonPackages } = stage.setting.application
    const problem =
      mayInstall && pythonPackages.length > 0
        ? await installPythonPackages(PLACE.pythonBin, pythonPackages, false)
        : undefined
    if (problem === undefined)
      runnable.push({ ...stage, servers: stage.servers.filter(({ name }) => !missing.includes(name)) })
    else tell(`missing: the application ${module}: ${problem}`)
  }
  return runnable
}

function formatMinutes(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(0)} minutes`
}

function tell(progress: string): void {
  process.stderr.write(`${progress}\n`)
}
