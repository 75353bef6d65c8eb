// One round of the crowd script: the well-behaved clients alone, while the crowd comes, beside the crowd, and after it has left.
import { ClientProcess } from '../clients/client-process.ts'
import type { LoadFigures } from '../clients/steady-load.ts'
import type { SteadyCommand, SteadySettings } from '../clients/steady-program.ts'
import type { Tell } from '../fault-script.ts'
import type { Rest } from '../server/rest.ts'
import type { ServerUnderFaults } from '../server/server-under-faults.ts'
import { type CrowdCounts, CrowdProcesses, type PopulationName } from './crowd-processes.ts'
import type { PopulationFigures } from './population.ts'

const LEAVE_DEADLINE_MS = 30_000
const PIECE_SECONDS = 1

export type SteadyProcess = ClientProcess<SteadyCommand, LoadFigures>

export const startSteadyClients = (settings: SteadySettings): SteadyProcess =>
  new ClientProcess<SteadyCommand, LoadFigures>(
    new URL('../clients/steady-program.ts', import.meta.url).pathname,
    settings,
  )

export interface CrowdRound {
  readonly alone: LoadFigures
  /** Second by second, for as long as it took. */
  readonly coming: readonly LoadFigures[]
  readonly beside: LoadFigures
  readonly after: LoadFigures
  /** At the end of `beside`. */
  readonly crowd: Readonly<Record<PopulationName, PopulationFigures>>
  readonly pssBesideBytes: number
}

export interface CrowdPlan {
  readonly server: ServerUnderFaults
  readonly rest: Rest
  readonly steady: SteadyProcess
  readonly load: SteadyCommand
  readonly counts: CrowdCounts
  readonly tell: Tell
}

export async function runCrowdRound({
  server,
  rest,
  steady,
  load,
  counts,
  tell,
}: CrowdPlan): Promise<CrowdRound> {
  const measure = async (name: string, seconds = load.seconds): Promise<LoadFigures> => {
    const figures = await steady.ask({ ...load, seconds })
    const { p50Us, p99Us, ownLatenessP99Us } = figures
    tell(
      `  ${name.padEnd(16)} p50 ${ms(p50Us)}, p99 ${ms(p99Us)} (client late by ${ms(ownLatenessP99Us)}), RSS ${mb(server)}`,
    )
    return figures
  }
  const alone = await measure('alone')
  const beside = await (async () => {
    await using crowd = new CrowdProcesses(server.port, counts)
    const coming = await measureUntil(crowd.come(), () => measure('while it comes', PIECE_SECONDS))
    const figures = await measure('beside the crowd')
    return { coming, beside: figures, crowd: await crowd.tell(), pssBesideBytes: server.memory.pssBytes }
  })()
  if (!(await rest.returned(LEAVE_DEADLINE_MS))) tell('  not everything of the crowd is gone from the server')
  return { alone, ...beside, after: await measure('after it left') }
}

/** Measures piece by piece until `done` has come about. */
async function measureUntil(
  done: Promise<void>,
  measurePiece: () => Promise<LoadFigures>,
): Promise<readonly LoadFigures[]> {
  const crowd: { isThere: boolean } = { isThere: false }
  const finished = done.then(() => (crowd.isThere = true))
  const pieces: LoadFigures[] = []
  do pieces.push(await measurePiece())
  while (!crowd.isThere)
  await finished
  return pieces
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(2)} ms`
}

function mb({ rssBytes }: ServerUnderFaults): string {
  return `${(rssBytes / 1e6).toFixed(0)} MB`
}
