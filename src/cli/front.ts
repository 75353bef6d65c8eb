// A front, in a process that the supervisor has started for it. It does what it is told, and ends with the supervisor.

import { readConfiguration } from '../server/configuration.ts'
import type { Front } from '../server/front.ts'
import { type FrontHere, runHere } from '../server/run-here.ts'
import type { FromFront, Question, StartFront, ToFront } from '../server/supervisor/front-messages.ts'
import { endWithSupervisor, tellFailure, toldFully } from './supervised.ts'

// A terminal and a service manager send their signals to the whole group: the supervisor decides what they mean.
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGTTIN', 'SIGTTOU'] as const

/** Resolves to the exit status once there is nothing left to do. */
export async function frontCommand(argv: readonly string[]): Promise<number> {
  for (const signal of SIGNALS) process.on(signal, () => undefined)
  endWithSupervisor()
  try {
    const message = await startMessage()
    const here = await start(argv, message)
    tell({ type: 'ready', summary: here.summary })
    if (message.listensFirst) tell({ type: 'serving' })
    // Until it serves nothing else keeps this process.
    process.channel?.ref()
    await obey(here.front)
    await toldFully({ type: 'account', account: here.front.account })
    return 0
  } catch (error) {
    return await tellFailure(error)
  }
}

function startMessage(): Promise<StartFront> {
  return new Promise((resolve) => {
    // It comes for certain, if not at once.
    process.channel?.ref()
    process.once('message', (message: ToFront) => {
      process.channel?.unref()
      if (message.type !== 'start') throw new Error(`a front was told ${message.type} before it was to start`)
      resolve(message)
    })
  })
}

async function start(argv: readonly string[], message: StartFront): Promise<FrontHere> {
  const configuration = await readConfiguration(argv, process.env)
  if (configuration.kind !== 'settings') throw new Error('the command line means something else by now')
  return await runHere(configuration, message, (boot) => tell({ type: 'booting', boot }))
}

/** Resolves when it has been told to stop, and has. */
function obey(front: Front): Promise<void> {
  void front.whenClosedToNew.then(() => tell({ type: 'closed' }))
  return new Promise((end, fail) => {
    process.on('message', (message: ToFront) => {
      switch (message.type) {
        case 'start':
          break
        case 'serve':
          front.serve().then(() => tell({ type: 'serving' }), fail)
          break
        case 'lame-duck':
          front.beginLameDuck()
          break
        case 'stop':
          front.close().then(end, fail)
          break
        case 'drain':
          front.drain().then(end, fail)
          break
        case 'reopen':
          front.reopenLogs()
          break
        case 'question':
          void answer(front, message.question).then((given) =>
            tell({ type: 'answer', id: message.id, answer: given }),
          )
          break
      }
    })
  })
}

async function answer(front: Front, question: Question): Promise<unknown> {
  switch (question.about) {
    case 'life':
      return true
    case 'status':
      return front.status()
    case 'dump':
      return await front.dump()
    case 'resize':
      return front.resize(question.by)
  }
}

function tell(message: FromFront): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}
