// The process of a worker that a template has forked. Its end is told by the template, and looked for when that is gone.

import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { PassThrough } from 'node:stream'
import { LAST_LINES_MS, readLines } from './child.ts'
import type { Child, ChildExit, ChildOwner } from './child.ts'
import type { FrameSocket } from './frame-socket.ts'
import { STATUS_UNKNOWN } from './frames.ts'

const LOOK_EVERY_MS = 50
// A template that is held up does not tell of ends.
const UNTOLD_MS = 1_000
const OUTPUTS = 2
const UNKNOWN_EXIT: ChildExit = { code: null, signal: null }
// As if there had been a process: whoever gives it up ends it.
const GIVEN_UP: ChildExit = { code: null, signal: 'SIGKILL' }

export class ForkedChild implements Child {
  readonly worker: number
  readonly whenEnded: Promise<void>
  pid: number | undefined
  hasEnded = false
  readonly #owner: ChildOwner
  #resolveEnded: () => void = () => undefined
  #isAskedFor = false
  /** Sent when there is a process to send it to. */
  #firstSignal: NodeJS.Signals | number | undefined
  /** What tells the process from a later one of the same number. */
  #beginning: string | undefined
  #isOrphan = false
  #closedOutputs = 0
  #exit: ChildExit | undefined
  #isEndTold = false

  constructor(worker: number, owner: ChildOwner) {
    this.worker = worker
    this.#owner = owner
    this.whenEnded = new Promise((resolve) => (this.#resolveEnded = resolve))
  }

  kill(signal: NodeJS.Signals | number): void {
    if (this.hasEnded) return
    if (!this.#isAskedFor) this.#endAs(GIVEN_UP)
    else if (this.pid === undefined) this.#firstSignal = signal
    else if (!this.#isOrphan || this.#isAlive()) {
      sendSignal(this.pid, signal)
      if (signal === 'SIGKILL') setTimeout(() => this.#lookAfterKill(), UNTOLD_MS)
    }
  }

  /** Tells whether a template is to fork it now: whoever asks tells it then how that went. */
  beginFork(): boolean {
    if (this.hasEnded || this.#isAskedFor) return false
    this.#isAskedFor = true
    return true
  }

  forked(pid: number): void {
    this.pid = pid
    this.#beginning = beginningOf(pid)
    if (this.#firstSignal !== undefined) this.kill(this.#firstSignal)
  }

  failed(error: Error): void {
    this.#end()
    this.#owner.notStarted(error)
  }

  /** A link on which it prints. */
  attachOutput(name: 'stdout' | 'stderr', socket: FrameSocket): void {
    const stream = new PassThrough()
    readLines(stream, (line) => this.#owner.printed(name, line))
    socket.receiver = {
      frame: () => undefined,
      closed: () => stream.end(),
    }
    stream.once('close', () => {
      this.#closedOutputs += 1
      if (this.#closedOutputs === OUTPUTS && this.#exit !== undefined) this.#tellEnd(this.#exit)
    })
    socket.readOn((bytes, length) => stream.write(Buffer.from(bytes.subarray(0, length))))
  }

  /** `status` is what `waitpid` has told of it. */
  ended(status: number): void {
    if (!this.hasEnded) this.#endAs(exitOf(status))
  }

  /** The template that was asked for it, if any was, is gone, and all that it has told is known. */
  templateEnded(): void {
    if (this.hasEnded || this.#isOrphan) return
    if (this.pid === undefined) {
      this.#isAskedFor = false
      if (this.#firstSignal !== undefined) this.#endAs(GIVEN_UP)
      return
    }
    this.#isOrphan = true
    this.#look()
  }

  #lookAfterKill(): void {
    if (!this.hasEnded && !this.#isAlive()) this.#endAs(GIVEN_UP)
  }

  #look(): void {
    if (this.hasEnded) return
    if (this.#isAlive()) setTimeout(() => this.#look(), LOOK_EVERY_MS)
    else this.#endAs(UNKNOWN_EXIT)
  }

  /** Not where it waits for its parent to look; and that it is the same process: the numbers of processes are used again. */
  #isAlive(): boolean {
    if (this.pid === undefined) return false
    if (process.platform !== 'linux') return sendSignal(this.pid, 0)
    return this.#beginning !== undefined && beginningOf(this.pid) === this.#beginning
  }

  #endAs(exit: ChildExit): void {
    this.#end()
    this.#exit = exit
    // Its outputs are read to their end first, but see LAST_LINES_MS.
    if (this.#closedOutputs === OUTPUTS) this.#tellEnd(exit)
    else setTimeout(() => this.#tellEnd(exit), this.pid === undefined ? 0 : LAST_LINES_MS)
  }

  #end(): void {
    this.hasEnded = true
    this.#resolveEnded()
  }

  #tellEnd(exit: ChildExit): void {
    if (this.#isEndTold) return
    this.#isEndTold = true
    this.#owner.ended(exit)
  }
}

/** How a process ended by the status that `waitpid` tells, which is the same on all systems that Gantry runs on. */
export function exitOf(status: number): ChildExit {
  if (status === STATUS_UNKNOWN) return UNKNOWN_EXIT
  const number = status & 0x7f
  if (number === 0) return { code: (status >>> 8) & 0xff, signal: null }
  const names = Object.entries(constants.signals) as [NodeJS.Signals, number][]
  return { code: null, signal: names.find(([, value]) => value === number)?.[0] ?? 'SIGKILL' }
}

/** Tells whether there is such a process; of those that end just now, too. */
function sendSignal(pid: number, signal: NodeJS.Signals | number): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** When a process that has not ended began, in the words of the system; undefined where that cannot be known. */
function beginningOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field, a name in parentheses, may hold anything; the third is the state, the 22nd the time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
