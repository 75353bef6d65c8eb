// A CGI script as a process of its own (RFC 3875 §4 to §7): started, fed, listened to, and ended with all that it has started.

import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { GantryError } from '../../errors.ts'
import type { ErrorStream } from '../../wsgi/error-stream.ts'
import { LineTeller } from './line-teller.ts'
import type { MetaVariables } from './meta-variables.ts'
import { ReadableBlocks } from './readable-blocks.ts'
import type { ScriptRun } from './script-run.ts'
import { startCommand } from './start-command.ts'

export interface ScriptCommand {
  readonly path: string
  readonly args: readonly string[]
  /** Its working directory. */
  readonly directory: string
  readonly variables: MetaVariables
}

/** Between asking a script to end and ending it. */
const KILL_AFTER_MS = 3_000
/** A script that has closed its output but goes on has answered: whatever ends it later, the answer is whole. */
const EXIT_FOLLOWS_MS = 1_000

interface Exit {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
}

export class ScriptProcess implements ScriptRun {
  readonly name: string
  readonly whenOver: Promise<void>
  readonly #child: ChildProcess | undefined
  readonly #input: Writable | undefined
  readonly #output: ReadableBlocks | undefined
  readonly #errors: ErrorStream
  readonly #exited: Promise<void>
  #exit: Exit | undefined
  #abortedFor: Error | undefined
  #notStarted: GantryError | undefined
  #timer: NodeJS.Timeout | undefined
  #settle: () => void = () => undefined

  constructor(command: ScriptCommand, errors: ErrorStream) {
    this.name = `the script ${command.path}`
    this.#errors = errors
    this.#exited = this.whenOver = new Promise((resolve) => (this.#settle = resolve))
    try {
      this.#child = start(command)
    } catch (error) {
      this.#fail(error as Error)
      return
    }
    const { stdin, stdout, stderr } = this.#child as Partial<ChildProcess>
    this.#child.once('error', (error) => this.#fail(error))
    this.#child.once('exit', (status, signal) => this.#hasExited({ status, signal }))
    // Out of descriptors, Node makes none of them.
    if (!stdin || !stdout || !stderr) return
    running.add(this)
    this.#input = stdin
    // A script need not read its body.
    stdin.on('error', () => undefined)
    this.#output = new ReadableBlocks(stdout)
    tellLines(stderr, errors)
  }

  get ending(): string {
    const { status = null, signal = null } = this.#exit ?? {}
    if (signal !== null) return ` by ${signal}`
    return status === null ? '' : ` with exit status ${status}`
  }

  async write(block: Uint8Array): Promise<boolean> {
    const input = this.#input
    if (input === undefined || input.destroyed || input.writableEnded) return false
    return await new Promise((resolve) => input.write(block, (error) => resolve(!error)))
  }

  endBody(): void {
    this.#input?.end()
  }

  async next(): Promise<Buffer | undefined> {
    const block = await this.#output?.next()
    if (block !== undefined) return block
    if (this.#output === undefined) await this.#exited
    if (this.#notStarted !== undefined) throw this.#notStarted
    return undefined
  }

  async ended(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const goesOn = new Promise<void>((resolve) => (timer = setTimeout(resolve, EXIT_FOLLOWS_MS)))
    await Promise.race([this.#exited, goesOn])
    clearTimeout(timer)
    if (this.#notStarted !== undefined) throw this.#notStarted
    // Without a length, a cut answer would look like a whole one.
    if (this.#exit !== undefined && this.#exit.signal !== null)
      throw new GantryError('GANTRY_UPSTREAM_ANSWER_BAD', {
        upstream: this.name,
        problem: `was ended${this.ending} before its answer was complete`,
      })
  }

  abort(reason: Error): void {
    if (this.#exit !== undefined || this.#abortedFor !== undefined) return
    this.#abortedFor = reason
    this.#output?.fail(reason)
    this.#child?.stdout?.destroy()
    this.#input?.destroy()
    this.signal('SIGTERM')
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.signal('SIGKILL'), KILL_AFTER_MS)
  }

  release(limitMs: number): void {
    this.#output?.discard()
    if (this.#exit !== undefined || this.#abortedFor !== undefined || this.#timer !== undefined) return
    const tooLong = (): void => {
      this.#errors.write(`${this.name} went on for too long behind its answer, and is ended\n`)
      this.abort(new Error('it went on for too long behind its answer'))
    }
    this.#timer = setTimeout(tooLong, limitMs)
  }

  /** To the whole group: what a script has started is of no use without it. */
  signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid
    if (pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch {
      // All of them are gone already.
    }
  }

  #hasExited(exit: Exit): void {
    this.#exit = exit
    clearTimeout(this.#timer)
    running.delete(this)
    // At once: later the number of the group might be somebody else's.
    if (this.#abortedFor !== undefined) this.signal('SIGKILL')
    else if (exit.status !== 0 && exit.signal === null)
      this.#errors.write(`${this.name} ended${this.ending}\n`)
    this.#settle()
  }

  #fail(error: Error): void {
    const { message } = error
    this.#notStarted = new GantryError('GANTRY_UPSTREAM_UNREACHABLE', {
      upstream: this.name,
      reason: message,
    })
    clearTimeout(this.#timer)
    running.delete(this)
    this.#settle()
  }
}

function start({ path, args, directory, variables }: ScriptCommand): ChildProcess {
  const command = startCommand(path, args, variables)
  return spawn(command.path, command.args, {
    cwd: directory,
    env: command.environment,
    // A group of its own, so that it can be ended as a whole.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

function tellLines(stream: Readable, errors: ErrorStream): void {
  const lines = new LineTeller(errors)
  stream.on('data', (block: Buffer) => lines.tell(block))
  stream.on('error', () => undefined)
  stream.on('end', () => lines.end())
}

/** Scripts do not outlive the process that has started them: nobody would read what they say. */
class RunningScripts {
  readonly #scripts = new Set<ScriptProcess>()
  readonly #endAll = (): void => {
    for (const script of this.#scripts) script.signal('SIGTERM')
  }

  add(script: ScriptProcess): void {
    if (this.#scripts.size === 0) process.on('exit', this.#endAll)
    this.#scripts.add(script)
  }

  delete(script: ScriptProcess): void {
    if (this.#scripts.delete(script) && this.#scripts.size === 0) process.off('exit', this.#endAll)
  }
}

const running = new RunningScripts()
