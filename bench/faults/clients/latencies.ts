// Latencies of a load, and what is said of them.

export interface LatencyFigures {
  readonly p50Us: number
  readonly p99Us: number
  readonly maxUs: number
}

/** Zeros where there are none. */
export function describeLatencies(latenciesUs: readonly number[]): LatencyFigures {
  const sorted = Float64Array.from(latenciesUs).sort()
  return { p50Us: quantile(sorted, 0.5), p99Us: quantile(sorted, 0.99), maxUs: quantile(sorted, 1) }
}

/** The smallest value that at least the given share of all do not pass. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? 0
}
