// A server that is none: remembers what it was asked, and answers what it was made with.

import type { Controlled, ReloadOutcome, ServerStatus } from '../../../src/server/controlled.ts'
import { serverStatus } from '../../cli/server-status.ts'

export class ControlledFake implements Controlled {
  readonly asked: string[] = []
  outcome: ReloadOutcome = { isDone: true, generation: 2 }
  /** What is awaited before a reload is over. */
  gate: Promise<void> = Promise.resolve()
  current: ServerStatus = serverStatus({ pid: process.pid })

  status(): Promise<ServerStatus> {
    this.asked.push('status')
    return Promise.resolve(this.current)
  }

  async reload(why: string): Promise<ReloadOutcome> {
    this.asked.push(`reload: ${why}`)
    await this.gate
    return this.outcome
  }

  stop(): Promise<void> {
    this.asked.push('stop')
    return Promise.resolve()
  }

  dump(): Promise<string> {
    this.asked.push('dump')
    return Promise.reject(new Error('nothing to see'))
  }

  resize(by: number): Promise<{ readonly fewest: number; readonly most: number }> {
    this.asked.push(`resize: ${by}`)
    return Promise.resolve({ fewest: 2 + by, most: 8 })
  }
}
