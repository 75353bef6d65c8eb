// The closed loop, in a process of its own: what a script asks of it.
import { ClientProcess } from './client-process.ts'
import type { ClosedCounts, ClosedFigures, ClosedLoadPlan } from './closed-load.ts'
import type { ClosedCommand } from './closed-program.ts'

const PROGRAM = new URL('closed-program.ts', import.meta.url).pathname

export class ClosedClients implements AsyncDisposable {
  readonly #process = new ClientProcess<ClosedCommand, ClosedFigures>(PROGRAM, {})

  async begin(plan: ClosedLoadPlan): Promise<void> {
    await this.#process.ask({ type: 'begin', plan })
  }

  /** So far. */
  tell(): Promise<ClosedCounts> {
    return this.#process.ask({ type: 'tell' })
  }

  /** When every client has left by itself, or at the deadline. */
  left(deadlineMs: number): Promise<ClosedCounts> {
    return this.#process.ask({ type: 'left', deadlineMs })
  }

  /** Nothing more is asked, and what was asked is waited for. */
  end(): Promise<ClosedFigures> {
    return this.#process.ask({ type: 'end' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]()
  }
}
