// What is measured together: one setting, and on each of its running servers the cases of one suite or of several that
// follow one another. Also how long that takes.
import type { BenchCase } from '../cases/bench-case.ts'
import type { ServerEntry, Setting } from '../servers/server-entry.ts'
import { roundsOf, type Suite } from '../suites/suite.ts'
import { estimateWarmUp } from './warm-up.ts'

export type Stage = {
  readonly setting: Setting
  readonly servers: readonly ServerEntry[]
  readonly cases: readonly StagedCase[]
  readonly rounds: number
}

export type StagedCase = { readonly suite: string; readonly benchCase: BenchCase }

/** Which of the suites' servers and cases take part; without a list, all. */
export type Choice = {
  readonly servers?: readonly string[] | undefined
  readonly cases?: readonly string[] | undefined
}

// Start, first answer and end of a server, as seen on two cores.
const START_SECONDS = 0.9

export function stagesOf(suites: readonly Suite[], rounds: number, choice: Choice = {}): Stage[] {
  const stages: Stage[] = []
  for (const { name, parts } of suites) {
    for (const part of parts) {
      const stage: Stage = {
        setting: part.setting,
        servers: part.servers.filter((one) => choice.servers?.includes(one.name) ?? true),
        cases: part.cases
          .filter((one) => choice.cases?.includes(one.name) ?? true)
          .map((benchCase) => ({ suite: name, benchCase })),
        rounds: roundsOf(part, rounds),
      }
      if (stage.servers.length > 0 && stage.cases.length > 0) appendStage(stages, stage)
    }
  }
  return stages
}

function appendStage(stages: Stage[], stage: Stage): void {
  const last = stages.at(-1)
  if (last !== undefined && canShareServers(last, stage))
    stages[stages.length - 1] = { ...last, cases: [...last.cases, ...stage.cases] }
  else stages.push(stage)
}

function canShareServers(one: Stage, other: Stage): boolean {
  return (
    one.setting === other.setting &&
    one.rounds === other.rounds &&
    one.servers.map(({ name }) => name).join() === other.servers.map(({ name }) => name).join()
  )
}

/** Cases that may follow one another on the same server, and each of the others alone. */
export function groupByServerStart(cases: readonly StagedCase[]): StagedCase[][] {
  const sharing = cases.filter(({ benchCase }) => !benchCase.needsFreshServer)
  const alone = cases.filter(({ benchCase }) => benchCase.needsFreshServer).map((one) => [one])
  return sharing.length === 0 ? alone : [sharing, ...alone]
}

export function estimateSeconds(stages: readonly Stage[], seconds: number): number {
  return stages.reduce((sum, stage) => sum + estimateStage(stage, seconds), 0)
}

function estimateStage({ servers, cases, rounds }: Stage, seconds: number): number {
  const perServer = servers.map((entry) => {
    const own = cases.filter(({ benchCase }) => benchCase.canRun(entry))
    const groups = groupByServerStart(own)
    const measuring = own.reduce((sum, { benchCase }) => sum + estimateCase(benchCase, entry, seconds), 0)
    return roundsWith(entry, rounds).length * (groups.length * START_SECONDS + measuring)
  })
  return perServer.reduce((sum, one) => sum + one, 0)
}

function estimateCase(benchCase: BenchCase, entry: ServerEntry, seconds: number): number {
  const warmUp = benchCase.needsFreshServer ? 0 : estimateWarmUp(entry.isCompiledWhileRunning ?? false)
  return warmUp + benchCase.estimateSeconds(seconds)
}

/** A server that is there to complete the picture takes part in every other round. */
export function roundsWith({ isSecondary = false }: ServerEntry, rounds: number): number[] {
  return Array.from({ length: rounds }, (_, round) => round).filter(
    (round) => !isSecondary || round % 2 === 0,
  )
}
