// Whatever a worker sends, the front finds frames in it or says that it is none: no other error, no endless loop, no byte read
// that may have changed. `npm run fuzz` goes on from here.

import { describe, expect, test } from 'vitest'
import { FRAME_SOURCES, fuzzFrames } from '../fuzz/fuzz-frames.ts'
import type { FrameSource } from '../fuzz/fuzz-frames.ts'

const ROUNDS = 20_000
const SEED = 1

describe('the front takes frames or refuses them, however they are cut', () => {
  test.each(Object.keys(FRAME_SOURCES) as FrameSource[])('%s', (source) => {
    const ends = fuzzFrames(source, SEED, 0, ROUNDS)
    expect(ends.frames).toBeGreaterThan(0)
    expect(ends.refused).toBeGreaterThan(0)
  })
})
