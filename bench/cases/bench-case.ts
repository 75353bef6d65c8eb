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

/** Where a measurement takes place. */
export type MeasureSetup = {
  /** As taskset takes them: `1`, or `0-1` where servers and load generator share all. */
  readonly serverCores: string
  readonly loadCores: string
  readonly seconds: number
  /** What the cases before this one found on the same running server, by their names. */
  readonly earlier: ReadonlyMap<string, Sample>
}

export type BenchCase = {
  readonly name: string
  readonly title: string
  readonly metrics: readonly Metric[]
  /** The metric that its chart shows; without it there is no chart. */
  readonly chartMetric?: string
  /** Its figures depend on what the server did before, so it gets one that has done nothing. */
  readonly needsFreshServer: boolean
  readonly canRun: (entry: ServerEntry) => boolean
  /** How long it takes on one server, for the estimate. */
  readonly estimateSeconds: (seconds: number) => number
  readonly measure: (server: RunningServer, setup: MeasureSetup) => Promise<Sample>
}
