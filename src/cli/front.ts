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
    const { whenToStart, whenToStop } = orders()
    // Before it is ready it has accepted nothing, so there is nothing to finish.
    const running = await Promise.race([whenToStart.then((share) => start(argv, share)), whenToStop])
    if (running === undefined) return 0
    const { addresses, summary } = running
    tell({ type: 'ready', addresses, summary })
    process.on('message', ({ type }: ToFront) => {
      if (type === 'reopen') running.reopenLogs()
    })
    await whenToStop
    await running.close()
    return 0
  } catch (error) {
    process.stderr.write(`${renderError(error)}\n`)
    return exitStatusOf(error)
  }
}

interface Orders {
  readonly whenToStart: Promise<Share>
  /** It is told to stop, or gets SIGTERM. */
  readonly whenToStop: Promise<undefined>
}

function orders(): Orders {
  const whenToStart = new Promise<Share>((resolve) => {
    process.on('message', (message: ToFront) => {
      if (message.type === 'start') resolve(message.share)
    })
  })
  const whenToStop = new Promise<undefined>((resolve) => {
    process.once('SIGTERM', () => resolve(undefined))
    process.on('message', ({ type }: ToFront) => {
      if (type === 'stop') resolve(undefined)
    })
  })
  tell({ type: 'hello' })
  return { whenToStart, whenToStop }
}

function tell(message: FromFront): void {
  process.send?.(message)
}

async function start(argv: readonly string[], share: Share): Promise<Running> {
  const configuration = await readConfiguration(argv, process.env)
  if (configuration.kind !== 'settings') throw new Error('the command line means something else by now')
  return await runHere(configuration, share)
}
