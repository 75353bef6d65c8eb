// Feeds the front's frame decoder what no worker should send. It finds frames or throws FrameError, the same however the bytes are
// cut, and keeps nothing of bytes that it was told may change.

import { FrameError, FrameReader } from '../../src/workers/frames.ts'
import { randomBetween, randomPieces, seededRandom } from '../harness/random.ts'
import type { Random } from '../harness/random.ts'
import { VECTORS, decodeFields } from '../workers/frame-vectors.ts'
import { pick } from './generate-requests.ts'

const LONGEST_RANDOM = 64
// The shortest frame has five bytes, and the longest row of vectors a few hundred.
const MOST_FRAMES = 1_000
const LENGTHS = [
  0, 1, 2, 4, 5, 13, 14, 255, 65_536, 16_777_215, 16_777_216, 16_777_217, 0x7fffffff, 0xffffffff,
]

const frames = VECTORS.valid.map(({ hex }) => Buffer.from(hex, 'hex'))
const invalidFrames = VECTORS.invalid.map(({ hex }) => Buffer.from(hex, 'hex'))

/** What is sent instead of good frames. */
export const FRAME_SOURCES = {
  'random bytes': (random) => randomBytes(randomBetween(0, LONGEST_RANDOM, random), random),
  'random payloads in frames of every type': (random) => {
    const payload = randomBytes(randomBetween(0, LONGEST_RANDOM, random), random)
    return Buffer.concat([lengthBytes(1 + payload.length), randomBytes(1, random, 0x40), payload])
  },
  'vectors with bytes changed': (random) =>
    Buffer.concat([changeBytes(pickFrame(random), random), pickFrame(random)]),
  'vectors cut off': (random) => {
    const bytes = Buffer.concat([pickFrame(random), pickFrame(random)])
    return bytes.subarray(0, randomBetween(0, bytes.length, random))
  },
  'vectors whose length lies': (random) =>
    Buffer.concat([
      pickFrame(random),
      lengthBytes(pick(LENGTHS, random) + randomBetween(0, 1, random)),
      pickFrame(random).subarray(4),
      pickFrame(random),
    ]),
  'vectors one into the other': (random) => {
    const [outer, inner] = [pickFrame(random), pickFrame(random)]
    const at = randomBetween(0, outer.length, random)
    return Buffer.concat([outer.subarray(0, at), inner, outer.subarray(at)])
  },
} satisfies Record<string, (random: Random) => Buffer>

export type FrameSource = keyof typeof FRAME_SOURCES

/** How often the decoder found frames to the end, and how often it refused some. */
export interface FrameEnds {
  frames: number
  refused: number
}

/** Runs rounds `first` to `first + count - 1`. Throws for a round that ends in another way, and says which. */
export function fuzzFrames(source: FrameSource, seed: number, first: number, count: number): FrameEnds {
  const ends: FrameEnds = { frames: 0, refused: 0 }
  for (let round = first; round < first + count; round++) {
    const random = seededRandom(seed * 1_000_003 + round)
    const bytes = FRAME_SOURCES[source](random)
    try {
      ends[readBothWays(bytes, random)]++
    } catch (error) {
      throw new Error(`${source}, seed ${seed}, round ${round}: ${bytes.toString('hex')}`, { cause: error })
    }
  }
  return ends
}

function readBothWays(bytes: Buffer, random: Random): keyof FrameEnds {
  const whole = read([bytes])
  const pieces = read(randomPieces(bytes, randomBetween(1, Math.max(1, bytes.length), random), random))
  if (whole.join('\n') !== pieces.join('\n'))
    throw new Error(`whole: ${whole.join('; ')}, in pieces: ${pieces.join('; ')}`)
  return whole.at(-1) === 'refused' ? 'refused' : 'frames'
}

/** The frames of `pieces` as text, and `refused` if they end so. */
function read(pieces: readonly Buffer[]): string[] {
  const reader = new FrameReader()
  const found: string[] = []
  try {
    for (const piece of pieces) takeFrames(reader, piece, found)
  } catch (error) {
    if (!(error instanceof FrameError)) throw error
    found.push('refused')
  }
  return found
}

function takeFrames(reader: FrameReader, piece: Buffer, found: string[]): void {
  // As the link's read buffer is: filled anew once the reader has kept the rest.
  const shared = Buffer.concat([piece, Buffer.alloc(8, 0xee)])
  reader.receive(shared, piece.length)
  while (reader.next()) {
    found.push(`${reader.type} ${JSON.stringify(decodeFields(reader))}`)
    if (found.length > MOST_FRAMES) throw new Error('frames without end')
  }
  reader.keepRest()
  shared.fill(0xee)
}

function pickFrame(random: Random): Buffer {
  return pick(random() < 0.8 ? frames : invalidFrames, random)
}

function changeBytes(frame: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(frame)
  for (let count = randomBetween(1, 4, random); count > 0; count--)
    bytes[randomBetween(0, bytes.length - 1, random)] = randomBetween(0, 255, random)
  return bytes
}

function lengthBytes(length: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length >>> 0)
  return bytes
}

function randomBytes(length: number, random: Random, most = 255): Buffer {
  return Buffer.from(Array.from({ length }, () => randomBetween(0, most, random)))
}
