// Kills worker after worker under load, each when all serve again.
import { setTimeout as sleep } from 'node:timers/promises'

import { formatFigure } from '../../report/figures.ts'
import { summarize } from '../../report/statistics.ts'
import { ClosedClients } from '../clients/closed-clients.ts'
import type { ClosedFigures, ClosedLoadPlan } from '../clients/closed-load.ts'
import type { Tell } from '../fault-script.ts'
import { describe, failuresOf } from '../load-findings.ts'
import { servingWorkers } from './serving-workers.ts'

const BACK_DEADLINE_MS = 20_000
const LOOK_AGAIN_MS = 100
// Younger ones would be thought unable to live, and be replaced only after a pause.
const OLD_ENOUGH_MS = 1_200
const TELL_EVERY = 10

export interface KillPlan {
  readonly kills: number
  /** That serve. */
  readonly workers: number
}

export interface KillOutcome {
  readonly figures: ClosedFigures
  /** From each kill to the first answer of a worker that was not there before. */
  readonly backUs: readonly number[]
}

export async function killWorkers(
  { kills, workers }: KillPlan,
  load: ClosedLoadPlan,
  tell: Tell,
): Promise<KillOutcome> {
  await using clients = new ClosedClients()
  await clients.begin(load)
  const killedAtMs: number[] = []
  const killed = new Set<number>()
  for (let kill = 1; kill <= kills; kill++) {
    const victim = await oldEnoughWorker(clients, workers, killed)
    killed.add(victim)
    process.kill(victim, 'SIGKILL')
    killedAtMs.push(Date.now())
    if (kill % TELL_EVERY === 0)
      tell(`${kill} of ${kills} killed; failed: ${describe(failuresOf(await clients.tell()))}`)
  }
  await servingWorkers(clients, workers, BACK_DEADLINE_MS, killed)
  const figures = await clients.end()
  const born = Object.values(figures.workers)
    .map(({ firstMs }) => firstMs)
    .sort((one, other) => one - other)
    .slice(workers)
  const backUs = killedAtMs.map((atMs, index) => ((born[index] ?? Number.NaN) - atMs) * 1000)
  return { figures, backUs }
}

/** One of those that have lived for a while, by chance, once all serve. */
async function oldEnoughWorker(
  clients: ClosedClients,
  workers: number,
  killed: ReadonlySet<number>,
): Promise<number> {
  for (;;) {
    const serving = await servingWorkers(clients, workers, BACK_DEADLINE_MS, killed)
    const candidates = serving.filter(({ ageMs }) => ageMs > OLD_ENOUGH_MS)
    const victim = candidates[Math.floor(Math.random() * candidates.length)]
    if (victim !== undefined) return victim.pid
    await sleep(LOOK_AGAIN_MS)
  }
}

export function describeTimes(us: readonly number[]): string {
  const { median, max } = summarize(us)
  return `${formatFigure(median, 'time')}, longest ${formatFigure(max, 'time')}`
}
