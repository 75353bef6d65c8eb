// Gantry on a terminal: all that it writes arrives on standard output, as the terminal gets it.

import { GantryProcess, MAIN } from './gantry-process.ts'
import { until } from './until.ts'

const DEADLINE_MS = 20_000

// Signals are meant for gantry; a terminal that is closed would send another one, SIGHUP.
const SCRIPT = `
import os, pty, signal, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, lambda number, frame: os.kill(pid, number))
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
os.waitpid(pid, 0)
`

const PLAIN_TERMINAL = { TERM: 'xterm', NO_COLOR: undefined, FORCE_COLOR: undefined }

export class TerminalProcess extends GantryProcess {
  constructor(args: readonly string[], cwd: string, env: Readonly<Record<string, string | undefined>> = {}) {
    const command = ['python3', '-c', SCRIPT, process.execPath, MAIN]
    super(args, { cwd, env: { ...PLAIN_TERMINAL, ...env }, command })
  }

  /** Resolves when the terminal has got `pattern`. */
  async wrote(pattern: RegExp): Promise<void> {
    await until(
      () => pattern.test(this.stdout),
      DEADLINE_MS,
      () => `no ${String(pattern)} on the terminal:\n${JSON.stringify(this.stdout)}`,
    )
  }

  /** What somebody reads there: without colours, and without what was erased. */
  get screen(): readonly string[] {
    return this.stdout
      .replaceAll(/\u001b\[\d+m/g, '')
      .split('\r\n')
      .map((line) => line.slice(line.lastIndexOf('\r\u001b[K') + 1).replace('\u001b[K', ''))
  }
}
