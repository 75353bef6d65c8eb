// The whole crowd, each population in a process of its own, of a lower priority than the well-behaved clients: on a machine with
// few cores their work would otherwise be measured as the server's latency.
import { join } from 'node:path'

import { ClientProcess } from '../clients/client-process.ts'
import type { PopulationFigures } from './population.ts'
import type { PopulationCommand, PopulationSettings } from './population-program.ts'

const PROGRAM = join(import.meta.dirname, 'population-program.ts')
const NON_READERS = join(import.meta.dirname, 'non_readers.py')
const NICENESS = 10

export type PopulationName = PopulationSettings['behaviour'] | 'non-readers'

/** How many of each. */
export type CrowdCounts = Readonly<Record<PopulationName, number>>

type PopulationProcess = ClientProcess<PopulationCommand, PopulationFigures>

export class CrowdProcesses implements AsyncDisposable {
  readonly #processes: readonly (readonly [PopulationName, PopulationProcess])[]

  constructor(port: number, counts: CrowdCounts) {
    const entries = Object.entries(counts) as [PopulationName, number][]
    this.#processes = entries.map(([behaviour, count]) => {
      const program = behaviour === 'non-readers' ? NON_READERS : PROGRAM
      const settings = { port, count, behaviour, niceness: NICENESS }
      return [behaviour, new ClientProcess<PopulationCommand, PopulationFigures>(program, settings)]
    })
  }

  /** Resolves when all are there. */
  async come(): Promise<void> {
    await this.#askAll('come')
  }

  async tell(): Promise<Readonly<Record<PopulationName, PopulationFigures>>> {
    return await this.#askAll('tell')
  }

  /** Everybody leaves at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map(([, process]) => process[Symbol.asyncDispose]()))
  }

  async #askAll(command: PopulationCommand): Promise<Readonly<Record<PopulationName, PopulationFigures>>> {
    const asked = this.#processes.map(async ([name, process]) => [name, await process.ask(command)] as const)
    return Object.fromEntries(await Promise.all(asked)) as Record<PopulationName, PopulationFigures>
  }
}
