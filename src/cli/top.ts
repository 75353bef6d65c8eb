// The command `gantry top`: what a server is doing, looked at each second until somebody leaves.

import type { ControlClient } from '../server/control/client.ts'
import { runControlCommand } from './control-command.ts'
import { TerminalScreen } from './terminal-screen.ts'
import { type Sample, topLines } from './top-screen.ts'

export const TOP = {
  name: 'top',
  usage: '',
  help: `Shows what the server is doing, and looks again each second: rates are those of the last second. q or Ctrl-C
leaves. Where standard output is no terminal it is printed once.`,
}

const REFRESH_MS = 1_000
const WHOLE = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY }

export const topCommand = (argv: readonly string[]): Promise<number> =>
  runControlCommand(argv, TOP, async (client) => {
    if (process.stdout.isTTY) await watch(client)
    else {
      const lines = topLines(await look(client), undefined, Date.now(), WHOLE)
      process.stdout.write(`${lines.join('\n')}\n`)
    }
    return 0
  })

async function watch(client: ControlClient): Promise<void> {
  const screen = new TerminalScreen(process.stdin, process.stdout)
  try {
    await watchOn(screen, client)
  } finally {
    screen.giveBack()
  }
}

async function watchOn(screen: TerminalScreen, client: ControlClient): Promise<void> {
  let before: Sample | undefined
  for (;;) {
    const now = await Promise.race([look(client), screen.whenLeft])
    if (now === 'left') return
    screen.draw(topLines(now, before, Date.now(), screen.size))
    before = now
    if ((await Promise.race([pause(), screen.whenLeft])) === 'left') return
  }
}

const look = async (client: ControlClient): Promise<Sample> => {
  const status = await client.ask({ command: 'status' })
  return { status, atMs: performance.now() }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, REFRESH_MS))
