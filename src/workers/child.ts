// The process of a worker as its owner sees it, however it was started.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { LineSplitter } from './line-splitter.ts'

/** How long a process that has ended is waited for to close its outputs: one that it has started may hold them. */
export const LAST_LINES_MS = 500

/** How a process ended. */
export interface ChildExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ChildOwner {
  printed(stream: 'stdout' | 'stderr', line: string): void
  /** It could not be started. Nothing else follows. */
  notStarted(error: Error): void
  /** Called once, after its last lines. */
  ended(exit: ChildExit): void
}

export interface Child {
  /** Undefined where it could not be started. */
  readonly pid: number | undefined
  readonly hasEnded: boolean
  /** Resolves when it has ended. */
  readonly whenEnded: Promise<void>
  /** Does nothing once it has ended. */
  kill(signal: NodeJS.Signals | number): void
}

/** Starts a process for its owner, which is told of it from the next turn of the event loop on. */
export type StartChild = (worker: number, owner: ChildOwner) => Child

/** What to start. */
export interface Program {
  readonly path: string
  readonly args: readonly string[]
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** A child of this process. */
export class SpawnedChild implements Child {
  readonly whenEnded: Promise<void>
  readonly #process: ChildProcess
  #isEndTold = false

  constructor(program: Program, owner: ChildOwner) {
    const child = spawn(program.path, [...program.args], {
      cwd: program.directory,
      env: program.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    this.whenEnded = new Promise((resolve) => child.once('exit', () => resolve()))
    child.once('error', (error) => owner.notStarted(error))
    // 'close' comes after the last lines, perhaps a traceback; but not as long as a process that the application has started holds them.
    child.once('exit', (code, signal) => {
      setTimeout(() => this.#tellEnd(owner, { code, signal }), LAST_LINES_MS)
    })
    child.once('close', (code, signal) => this.#tellEnd(owner, { code, signal }))
    readLines(child.stdout, (line) => owner.printed('stdout', line))
    readLines(child.stderr, (line) => owner.printed('stderr', line))
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  get hasEnded(): boolean {
    return this.pid === undefined || this.#process.exitCode !== null || this.#process.signalCode !== null
  }

  kill(signal: NodeJS.Signals | number): void {
    // Node's own `kill` knows no real-time signals. Until it has told of the end nobody else gets the number.
    if (typeof signal === 'string') this.#process.kill(signal)
    else if (!this.hasEnded) process.kill(this.pid!, signal)
  }

  #tellEnd(owner: ChildOwner, exit: ChildExit): void {
    if (this.#isEndTold) return
    this.#isEndTold = true
    owner.ended(exit)
  }
}

/** Lines of text. */
export function readLines(stream: Readable | null, tell: (line: string) => void): void {
  if (stream === null) return
  const lines = new LineSplitter(tell)
  stream.on('data', (bytes: Buffer) => lines.add(bytes))
  stream.on('end', () => lines.end())
}
