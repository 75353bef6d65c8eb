// The few numbers that a handful of rounds allow: median, extremes, and how far they lie apart.

export type Summary = { readonly median: number; readonly min: number; readonly max: number }

export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((one, other) => one - other)
  return { median: medianOfSorted(sorted), min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN }
}

/** Half the distance between the extremes, as a share of the median: the x of "median ± x". */
export function relativeSpread({ median, min, max }: Summary): number {
  return max === min ? 0 : (max - min) / 2 / median
}

function medianOfSorted(sorted: readonly number[]): number {
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
