// The state that a server has to come back to: what it looked like before anybody did anything to it, and what is left of that.
import { demand, type Finding } from '../finding.ts'
import { settles } from './settles.ts'
import type { ServerUnderFaults } from './server-under-faults.ts'

const SHOWN = 5

export class Rest {
  readonly #descriptors: readonly string[]
  readonly #processes: string
  readonly #server: ServerUnderFaults

  /** As it is now. */
  constructor(server: ServerUnderFaults) {
    this.#server = server
    this.#descriptors = server.descriptors
    this.#processes = server.processes
  }

  /** Waits until nothing is left of whoever has come since; false when something still is after the deadline. */
  async returned(deadlineMs: number): Promise<boolean> {
    const { length } = this.#descriptors
    return await settles(
      () => this.#server.descriptors.length <= length && this.#server.spooledFiles === 0,
      deadlineMs,
    )
  }

  /** What must be as it was. */
  findings(): readonly Finding[] {
    const { isAlive, processes, spooledFiles, defects } = this.#server
    const areSame = processes === this.#processes
    return [
      demand('server', isAlive ? 'alive' : 'ended', 'alive', isAlive),
      demand('processes', areSame ? 'the same' : `${this.#processes} → ${processes}`, 'the same', areSame),
      demand('defects in the log', defects[0] ?? 'none', 'none', defects.length === 0),
      this.#descriptorFinding(),
      demand('spooled files', spooledFiles, '0', spooledFiles === 0),
    ]
  }

  #descriptorFinding(): Finding {
    const now = this.#server.descriptors
    const most = this.#descriptors.length
    const left = now.filter((target) => !this.#descriptors.includes(target)).slice(0, SHOWN)
    const isMet = now.length <= most
    const value = isMet ? String(now.length) : `${now.length}: ${left.join(', ')} …`
    return demand('open descriptors', value, `at most ${most}, as at the start`, isMet)
  }
}
