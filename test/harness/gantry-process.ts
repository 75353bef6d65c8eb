// Starts the built command as a user would, waits for its banner, and ends it. Always on port 0.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { frontOf } from './processes.ts'
import { until } from './until.ts'

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const START_DEADLINE_MS = 30_000
const STOP_DEADLINE_MS = 5_000

export interface GantryOptions {
  readonly cwd?: string
  /** Added to this process's environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Without it `--bind 127.0.0.1:0` is added. */
  readonly hasBind?: boolean
  /** In a process group of its own, as under a terminal: what it starts can be found and signalled as a whole. */
  readonly hasOwnGroup?: boolean
  /** What stands before the arguments, in place of `node dist/cli/main.js`. */
  readonly command?: readonly string[]
}

export interface GantryExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running gantry. `await using` ends it at the end of the block. */
export class GantryProcess implements AsyncDisposable {
  readonly child: ChildProcess
  readonly exited: Promise<GantryExit>
  stdout = ''
  stderr = ''
  hasExited = false

  constructor(args: readonly string[], options: GantryOptions = {}) {
    const { cwd, env, hasBind = false, hasOwnGroup = false, command = [process.execPath, MAIN] } = options
    const bind = hasBind ? [] : ['--bind', '127.0.0.1:0']
    const [program = '', ...first] = command
    this.child = spawn(program, [...first, ...args, ...bind], {
      cwd: cwd ?? REPOSITORY,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: hasOwnGroup,
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.hasExited = true
        resolve({ code, signal })
      })
    })
  }

  /** Of the process that was started: the supervisor. */
  get pid(): number {
    return this.child.pid ?? 0
  }

  /** Of the only front. Linux only. */
  get frontPid(): number {
    return frontOf(this.pid)
  }

  /** The addresses of the banner. */
  get addresses(): string[] {
    return [...this.stderr.matchAll(/^ {2}listening +(\S+)$/gm)].map((match) => match[1]!)
  }

  /** The first TCP address, such as `http://127.0.0.1:41234`. */
  get url(): string {
    const url = this.addresses.find((address) => address.startsWith('http:'))
    if (url === undefined) throw new Error(`gantry has no URL:\n${this.stderr}`)
    return url
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** Resolves when the log holds `pattern`; rejects after the deadline with the whole log. */
  async logged(pattern: RegExp, deadlineMs = 20_000): Promise<void> {
    await until(
      () => pattern.test(this.stderr),
      deadlineMs,
      () => `no ${String(pattern)} in the log:\n${this.stderr}`,
    )
  }

  /** SIGTERM, and the exit that follows. */
  async stop(): Promise<GantryExit> {
    this.child.kill('SIGTERM')
    return await this.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.hasExited) return
    // A second, different signal ends it at once, but in order: its private directories go with it.
    this.child.kill('SIGTERM')
    this.child.kill('SIGINT')
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_DEADLINE_MS)
    await this.exited
    clearTimeout(timer)
  }
}

/** Starts gantry and waits until it is ready; rejects with its output if it ends before. */
export async function startGantry(args: readonly string[], options?: GantryOptions): Promise<GantryProcess> {
  const gantry = new GantryProcess(args, options)
  const isSettled = (): boolean => /^ready$/m.test(gantry.stderr) || gantry.hasExited
  await until(isSettled, START_DEADLINE_MS, () => `gantry is not ready:\n${gantry.stderr}`)
  if (gantry.hasExited) throw new Error(`gantry ended at its start:\n${gantry.stderr}`)
  return gantry
}

/** Runs gantry to its end, for starts that must fail. */
export async function runGantry(
  args: readonly string[],
  options?: GantryOptions,
): Promise<GantryProcess & { exit: GantryExit }> {
  const gantry = new GantryProcess(args, options)
  const exit = await gantry.exited
  return Object.assign(gantry, { exit })
}
