// Do two commits differ? Each round measures both, one right after the other, and gives one ratio; what changes on the
// machine from round to round is in both of its figures and cancels out. Of the ratios the median counts, and how far it
// may be off is found by drawing rounds again and again from those there are (bootstrap).

import { summarize } from '../report/statistics.ts'
import { seededRandom } from '../../test/harness/random.ts'

export type Comparison = {
  /** New divided by old: below 1 the new one needs less. */
  readonly ratio: number
  /** The true ratio lies between these with a probability of 95 %. */
  readonly low: number
  readonly high: number
  /** In how many rounds the new one needed less, of how many that were not equal. */
  readonly lower: number
  readonly unequal: number
  /** How likely so one-sided a count is when there is no difference (sign test, both sides). */
  readonly signP: number
  readonly verdict: 'less' | 'more' | 'within the noise'
}

const DRAWS = 2_000
const CONFIDENCE = 0.95
/** With fewer rounds not even all of them on one side would say much: 2 × ½⁵ = 0.06. */
export const FEWEST_ROUNDS = 6

export function comparePaired(pairs: readonly (readonly [old: number, now: number])[]): Comparison {
  const logs = pairs.map(([old, now]) => Math.log(now / old))
  if (logs.length < FEWEST_ROUNDS || !logs.every(Number.isFinite))
    throw new RangeError(`a comparison needs ${FEWEST_ROUNDS} rounds with figures`)
  const medians = bootstrapMedians(logs)
  const at = (share: number): number =>
    Math.exp(medians[Math.round(share * (medians.length - 1))] ?? Number.NaN)
  const [low, high] = [at((1 - CONFIDENCE) / 2), at((1 + CONFIDENCE) / 2)]
  const lower = logs.filter((log) => log < 0).length
  const unequal = logs.filter((log) => log !== 0).length
  const signP = signTest(lower, unequal)
  return {
    ratio: Math.exp(summarize(logs).median),
    low,
    high,
    lower,
    unequal,
    signP,
    verdict: judge(low, high, signP),
  }
}

/** Both must agree: the interval alone is too narrow with few rounds, the signs alone say nothing of the size. */
function judge(low: number, high: number, signP: number): Comparison['verdict'] {
  if (signP > 1 - CONFIDENCE) return 'within the noise'
  if (high < 1) return 'less'
  return low > 1 ? 'more' : 'within the noise'
}

function bootstrapMedians(values: readonly number[]): number[] {
  // The same rounds always give the same verdict.
  const random = seededRandom(values.length)
  const medians = Array.from(
    { length: DRAWS },
    () => summarize(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN)).median,
  )
  return medians.sort((one, other) => one - other)
}

export function signTest(lower: number, count: number): number {
  const fewer = Math.min(lower, count - lower)
  let probability = 0
  let ways = 1
  for (let i = 0; i <= fewer; i++) {
    probability += ways / 2 ** count
    ways = (ways * (count - i)) / (i + 1)
  }
  return Math.min(1, 2 * probability)
}
