// One of several fronts, in a process that the command has started for it (server/run-fronts.ts). It is told what to do, and ends with
// the process that started it.

import { exitStatusOf, renderError } from '../errors.ts'
import { readConfiguration } from '../server/configuration.ts'
import type { FromFront, ToFront } from '../server/front-messages.ts'
import type { Share } from '../server/python-process.ts'
import { runHere } from '../server/run-here.ts'
import type { Running } from '../server/running.ts'

/** Resolves to the exit status once there is nothing left to do. */
export async function frontCommand(argv: readonly string[]): Promise<number> {
  // A terminal sends its signals to the whole group: the process that has started this one decides what they mean.
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => undefined)
  try {
    const share = await started()
    const configuration = await readConfiguration(argv, process.env)
    if (configuration.kind !== 'settings') throw new Error('the command line means something else by now')
    const running = await runHere(configuration, share)
    const { addresses, summary } = running
    tell({ type: 'ready', addresses, summary })
    await stopped(running)
    return 0
  } catch (error) {
    process.stderr.write(`${renderError(error)}\n`)
    return exitStatusOf(error)
  }
}

function started(): Promise<Share> {
  return new Promise((resolve) => {
    process.once('message', (message: ToFront) => {
      if (message.type === 'start') resolve(message.share)
    })
    tell({ type: 'hello' })
  })
}

function tell(message: FromFront): void {
  process.send?.(message)
}

/** Resolves when it was told to stop, or got SIGTERM, and has. */
function stopped(running: Running): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      running.close().then(resolve, reject)
    }
    process.once('SIGTERM', stop)
    process.on('message', ({ type }: ToFront) => {
      if (type === 'stop') stop()
      if (type === 'reopen') running.reopenLogs()
    })
  })
}
