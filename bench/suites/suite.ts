// What a suite is: cases on servers with a setting. A new suite is one value of this type in a file of its own.
import type { BenchCase } from '../cases/bench-case.ts'
import type { ServerEntry, Setting } from '../servers/server-entry.ts'

export type Suite = {
  readonly name: string
  readonly title: string
  /** What a reader of its tables should know. */
  readonly notes?: readonly string[]
  readonly parts: readonly SuitePart[]
  /** Who would belong here and cannot be measured, and why. */
  readonly absent?: readonly Absence[]
}

/** Cases that are measured with one setting. Names of cases are unique over all suites. */
export type SuitePart = {
  readonly setting: Setting
  readonly servers: readonly ServerEntry[]
  readonly cases: readonly BenchCase[]
  /** Measured in all rounds, or in three of five, as its figures vary less or matter less. */
  readonly rounds: 'all' | 'some'
}

export type Absence = { readonly server: string; readonly reason: string }

const SOME_SHARE = 0.6

/** In how many of a run's rounds a part is measured. */
export function roundsOf({ rounds }: SuitePart, all: number): number {
  return rounds === 'all' ? all : Math.max(1, Math.round(all * SOME_SHARE))
}
