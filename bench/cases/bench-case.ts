// What a case is: something measured on one running server, giving named figures. A new case is one value of this type.
import type { RunningServer } from '../processes/running-server.ts'
import type { ServerEntry } from '../servers/server-entry.ts'

/** The figures of one measurement, by name. */
export type Sample = Readonly<Record<string, number>>

export type MetricUnit = 'per-second' | 'microseconds' | 'time' | 'bytes' | 'count'

/** One column of a case's table. */
export type Metric = {
  /** The name in the sample. */
  readonly name: string
  readonly title: string
  readonly unit: MetricUnit
  /** Also a column with the spread over the rounds. */
  readonly hasSpread?: boolean
  /** Also a column with the first server's figure divided by this one's. */
  readonly hasRatio?: boolean
}

export type MeasureSetup = {
  readonly serverCore: number
  readonly loadCore: number
  readonly seconds: number
}

export type BenchCase = {
  readonly name: string
  readonly title: string
  readonly metrics: readonly Metric[]
  /** Its figures depend on what the server did before, so it gets one that has done nothing. */
  readonly needsFreshServer: boolean
  readonly canRun: (entry: ServerEntry) => boolean
  readonly measure: (server: RunningServer, setup: MeasureSetup) => Promise<Sample>
}
