// Randomness that comes out the same in every run, so that a failure can be had again.

/** A number from 0 up to 1. */
export type Random = () => number

/** Mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A whole number from `least` to `most`. */
export function randomBetween(least: number, most: number, random: Random): number {
  return least + Math.floor(random() * (most - least + 1))
}

/** Cuts `bytes` into pieces of 1 to `mostBytes` bytes. */
export function randomPieces(bytes: Buffer, mostBytes: number, random: Random): Buffer[] {
  const pieces: Buffer[] = []
  let at = 0
  while (at < bytes.length) {
    const end = at + randomBetween(1, mostBytes, random)
    pieces.push(bytes.subarray(at, end))
    at = end
  }
  return pieces
}
