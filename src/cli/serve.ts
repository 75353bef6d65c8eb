// The command `gantry serve`, which is also what `gantry APP` means: start, say so, run until a signal, report what went wrong.
import { exitStatusOf, renderError } from '../errors.ts'
import { type Configuration, frontCount, readConfiguration } from '../server/configuration.ts'
import { FrontFailed, runFronts } from '../server/run-fronts.ts'
import { runHere } from '../server/run-here.ts'
import type { Running } from '../server/running.ts'
import { packageVersion } from '../server/version.ts'
import { askedText } from './asked-text.ts'
import { banner } from './banner.ts'

const SIGNAL_STATUSES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
// npm passes on a Ctrl-C that the terminal has sent to the whole group already: that is one wish to stop, not two.
const SAME_WISH_MS = 500
type StopSignal = keyof typeof SIGNAL_STATUSES
const STOP_SIGNALS: readonly StopSignal[] = ['SIGHUP', 'SIGINT', 'SIGTERM']

/** Resolves to the exit status once there is nothing left to do. */
export async function serveCommand(argv: readonly string[]): Promise<number> {
  const configured = await readConfiguration(argv, process.env)
  switch (configured.kind) {
    case 'request':
      process.stdout.write(askedText(configured.request))
      return 0
    case 'problems':
      return report(new AggregateError(configured.problems))
    case 'settings':
      return await runServer(configured)
  }
}

function start(configuration: Configuration): Promise<Running> {
  const { count } = frontCount(configuration)
  return count === 1 ? runHere(configuration, { index: 0, count }) : runFronts(configuration, count)
}

function runServer(configuration: Configuration): Promise<number> {
  return new Promise((end) => {
    let server: Running | undefined
    let first: { readonly signal: StopSignal; readonly atMs: number } | undefined

    // The first signal finishes what was accepted, the second does not wait. Before the start is complete nothing was accepted.
    const stop = (signal: StopSignal): void => {
      const nowMs = performance.now()
      if (first?.signal === signal && nowMs - first.atMs < SAME_WISH_MS) return
      if (server === undefined || first !== undefined) {
        server?.kill()
        end(SIGNAL_STATUSES[signal])
        return
      }
      first = { signal, atMs: nowMs }
      process.stderr.write(
        `stopping (${signal}): finishing what was accepted; a second signal stops at once\n`,
      )
      server.close().then(
        () => end(0),
        (error: unknown) => end(report(error)),
      )
    }
    for (const signal of STOP_SIGNALS) process.on(signal, stop)
    // Unheard, this signal of log rotation would make Node open its debugger to everybody on the machine.
    process.on('SIGUSR1', () => server?.reopenLogs())

    start(configuration).then(
      (started) => {
        server = started
        process.stderr.write(bannerOf(started))
      },
      (error: unknown) => end(report(error)),
    )
  })
}

function bannerOf({ addresses, summary }: Running): string {
  const nodeVersion = process.versions.node
  return banner({ addresses, summary, version: packageVersion(), nodeVersion, pid: process.pid })
}

function report(error: unknown): number {
  if (error instanceof FrontFailed) return error.exitStatus
  process.stderr.write(`${renderError(error)}\n`)
  return exitStatusOf(error)
}
