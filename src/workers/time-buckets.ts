// Buckets for times, as a histogram counts them: each power of two is divided into 2^3, so that the end of a bucket is at most an
// eighth above any time in it.

const STEP_BITS = 3
const STEPS = 1 << STEP_BITS

/** For whole numbers of microseconds below 2^32. */
export const TIME_BUCKETS = 256

export function bucketOf(micros: number): number {
  if (micros < STEPS) return micros
  const power = 31 - Math.clz32(micros)
  return ((power - STEP_BITS + 1) << STEP_BITS) + ((micros >>> (power - STEP_BITS)) & (STEPS - 1))
}

/** The longest time of a bucket. */
export function endOf(bucket: number): number {
  if (bucket < STEPS) return bucket
  const power = (bucket >> STEP_BITS) + STEP_BITS - 1
  return (STEPS + (bucket & (STEPS - 1)) + 1) * 2 ** (power - STEP_BITS) - 1
}
