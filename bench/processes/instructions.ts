// Instructions of a server's processes while something happens, where the kernel and the machine let perf count them. They
// do not depend on how busy the machine is. Virtual machines often have no such counters.
import { once } from 'node:events'
import { spawn, type ChildProcess } from 'node:child_process'
import { text } from 'node:stream/consumers'

import { runCommand } from '../setup/run-command.ts'

export type Instructions = { readonly user: number; readonly kernel: number }

const EVENTS = ['instructions:u', 'instructions:k'] as const

/** Why they cannot be counted here, or `undefined`. */
export async function whyNoInstructions(): Promise<string | undefined> {
  const { isOk, stdout, reason } = await runCommand(['sh', '-c', 'perf stat -x, -e instructions:u true 2>&1'])
  if (!isOk) return `perf does not run: ${reason}`
  return parsePerfCount(stdout, EVENTS[0]) === undefined
    ? 'perf has no counter of instructions here'
    : undefined
}

export class InstructionCount {
  readonly #perf: ChildProcess
  readonly #output: Promise<string>

  constructor(pids: readonly number[]) {
    this.#perf = spawn('perf', ['stat', '-x,', '-e', EVENTS.join(), '-p', pids.join()], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#output = this.#perf.stderr === null ? Promise.resolve('') : text(this.#perf.stderr)
  }

  async end(): Promise<Instructions> {
    const ended = once(this.#perf, 'exit')
    this.#perf.kill('SIGINT')
    await ended
    const output = await this.#output
    const [user, kernel] = EVENTS.map((event) => parsePerfCount(output, event))
    if (user === undefined || kernel === undefined) throw new Error(`perf printed no counts:\n${output}`)
    return { user, kernel }
  }
}

/** Reads a line as in `12345,,instructions:u,…`; `undefined` where it says `<not supported>` or nothing. */
export function parsePerfCount(output: string, event: string): number | undefined {
  const line = output.split('\n').find((one) => one.split(',')[2] === event)
  const count = Number(line?.split(',')[0])
  return Number.isFinite(count) ? count : undefined
}
