// Whatever a worker sends, the front finds frames in it or says that it is none: no other error, no endless loop.

import { describe, expect, test } from 'vitest'
import { FrameError, FrameReader } from '../../src/workers/frames.ts'
import { randomBetween, randomPieces, seededRandom } from '../harness/random.ts'
import type { Random } from '../harness/random.ts'
import { VECTORS, decodeFields } from './frame-vectors.ts'

const ROUNDS = 20_000

const frames = VECTORS.valid.map(({ hex }) => Buffer.from(hex, 'hex'))

/** How reading `bytes` ends. Anything but frames and FrameError is thrown. */
function read(bytes: Buffer, random: Random): 'frames' | 'refused' {
  const reader = new FrameReader()
  let found = 0
  try {
    for (const piece of randomPieces(bytes, Math.max(1, bytes.length), random)) {
      reader.receive(piece)
      while (reader.next()) {
        decodeFields(reader)
        found++
        if (found > bytes.length) throw new Error('more frames than bytes')
      }
      reader.keepRest()
    }
  } catch (error) {
    if (error instanceof FrameError) return 'refused'
    throw error
  }
  return 'frames'
}

function randomBytes(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => randomBetween(0, 255, random)))
}

function mutate(frame: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(frame)
  for (let count = randomBetween(1, 4, random); count > 0; count--) {
    bytes[randomBetween(0, bytes.length - 1, random)] = randomBetween(0, 255, random)
  }
  return random() < 0.3 ? bytes.subarray(0, randomBetween(0, bytes.length, random)) : bytes
}

/** Ends of all rounds; a round that throws names its seed. */
function endsOf(makeBytes: (random: Random) => Buffer): Record<string, number> {
  const ends: Record<string, number> = {}
  for (let seed = 0; seed < ROUNDS; seed++) {
    const random = seededRandom(seed)
    const bytes = makeBytes(random)
    try {
      const end = read(bytes, random)
      ends[end] = (ends[end] ?? 0) + 1
    } catch (error) {
      throw new Error(`seed ${seed}, ${bytes.toString('hex')}`, { cause: error })
    }
  }
  return ends
}

describe('the front takes frames or refuses them', () => {
  test('of random bytes', () => {
    const ends = endsOf((random) => randomBytes(randomBetween(0, 64, random), random))
    expect(ends['refused']).toBeGreaterThan(0)
  })

  test('of random payloads in frames of every type', () => {
    const ends = endsOf((random) => {
      const payload = randomBytes(randomBetween(0, 40, random), random)
      return Buffer.concat([Buffer.of(0, 0, 0, 1 + payload.length, randomBetween(0, 0x40, random)), payload])
    })
    expect(ends['refused']).toBeGreaterThan(0)
    expect(ends['frames']).toBeGreaterThan(0)
  })

  test('of vectors with a few bytes changed or cut off, one after the other', () => {
    const ends = endsOf((random) => {
      const pick = (): Buffer => frames[randomBetween(0, frames.length - 1, random)]!
      return Buffer.concat([mutate(pick(), random), pick()])
    })
    expect(ends['refused']).toBeGreaterThan(0)
    expect(ends['frames']).toBeGreaterThan(0)
  })
})
