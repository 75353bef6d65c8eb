// The command `gantry serve`, which is also what `gantry APP` means: start, say so, run until a signal, report what went wrong.

import { SYSTEM_CLOCK } from '../observe/clock.ts'
import { openErrorLog } from '../observe/error-log.ts'
import { type Log, textLog } from '../observe/log.ts'
import { RewrittenLine } from '../observe/rewritten-line.ts'
import { eraseBeforeLines } from '../observe/standard-streams.ts'
import { Teller } from '../observe/teller.ts'
import { runUnderInit } from '../server/process-one.ts'
import { showsBoot } from '../server/shows-boot.ts'
import { type Launch, ownLaunch } from '../server/supervisor/launch.ts'
import { readSettings } from '../server/supervisor/read-settings.ts'
import { supervisorReports } from '../server/supervisor/reports.ts'
import { openServiceManager } from '../server/supervisor/service-manager.ts'
import { type StopSignal, obeySignals } from '../server/supervisor/signals.ts'
import { failureOf } from '../server/supervisor/start-failure.ts'
import type { SupervisedSettings } from '../server/supervisor/supervised-settings.ts'
import { type Started, Supervisor } from '../server/supervisor/supervisor.ts'
import { packageVersion } from '../server/version.ts'
import { askedText } from './asked-text.ts'
import { banner } from './banner.ts'

/** Resolves to the exit status once there is nothing left to do. */
export async function serveCommand(argv: readonly string[]): Promise<number> {
  const from = ownLaunch(argv)
  const status = await runUnderInit(from, () => supervisorReports(textLog()).withoutInit())
  if (status !== undefined) return status
  try {
    const read = await readSettings(from)
    if (read.type === 'settings') {
      await hintAtGunicorn(process.env)
      return await supervise(read.settings, from)
    }
    if (read.request === 'check-config') return await (await import('./config.ts')).checkConfiguration(argv)
    process.stdout.write(askedText(read.request))
    return 0
  } catch (error) {
    return report(error)
  }
}

/** Where there is no such application, a command may have been meant. */
async function hintAtCommand(error: unknown, word = ''): Promise<void> {
  if (!failureOf(error).text.includes('(GANTRY_APPLICATION_NOT_FOUND)')) return
  const { misspeltCommandHint } = await import('./misspelt-command.ts')
  process.stderr.write(misspeltCommandHint(word))
}

/** Whoever comes from gunicorn may still set it, and believe that it counts. */
async function hintAtGunicorn({ GUNICORN_CMD_ARGS: text = '' }: NodeJS.ProcessEnv): Promise<void> {
  if (text === '') return
  const { gunicornHint } = await import('./gunicorn-hint.ts')
  process.stderr.write(gunicornHint(text))
}

function supervise(settings: SupervisedSettings, from: Launch): Promise<number> {
  const log = openErrorLog(settings, new Teller(SYSTEM_CLOCK), SYSTEM_CLOCK)
  const manager = openServiceManager(process.env, log)
  const bootLine = bootLineFor(settings)
  const supervisor = new Supervisor({ settings, launch: from, log, bootLine, ...manager })
  return new Promise((end) => {
    let isEnding = false
    const endsNow = (status: number): void => {
      isEnding = true
      void supervisor
        .kill()
        .then(() => log.close())
        .then(() => end(status))
    }
    const stops = (signal: StopSignal): void => {
      void (signal === 'SIGQUIT' ? supervisor.dumpAndStop(signal) : supervisor.stop(signal))
    }
    const signals = obeySignals(supervisor, { endsNow, stops })
    void supervisor.stopped.then(() => log.close()).then(() => end(0))
    supervisor.start().then(
      (started) => {
        signals.serving()
        manager.watch(() => supervisor.isWell())
        tellReady(bannerOf(started), settings, log)
      },
      (error: unknown) => {
        // What is ended while it starts cannot start, which is no news.
        if (isEnding) return
        const status = report(error)
        void hintAtCommand(error, from.argv[0]).finally(() => end(status))
      },
    )
  })
}

function bootLineFor(settings: SupervisedSettings): RewrittenLine | undefined {
  if (settings.isScript || !showsBoot(settings)) return undefined
  eraseBeforeLines()
  return new RewrittenLine(process.stderr)
}

/** On standard error, unless that is all JSON; a log that is elsewhere has it too. */
function tellReady(text: string, { errorLog, logFormat }: SupervisedSettings, log: Log): void {
  const isOwnLog = errorLog.kind === 'stderr'
  if (!isOwnLog || logFormat === 'json') log.info('ready', text)
  if (!isOwnLog || logFormat === 'text') process.stderr.write(text)
}

function bannerOf({ addresses, summary }: Started): string {
  const nodeVersion = process.versions.node
  return banner({ addresses, summary, version: packageVersion(), nodeVersion, pid: process.pid })
}

function report(error: unknown): number {
  const { text, exitStatus } = failureOf(error)
  process.stderr.write(`${text}\n`)
  return exitStatus
}
