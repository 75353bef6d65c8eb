// What a hostile or broken client might send, and how it might leave: made from a seed and a number, so that each can be had again.
import { readCorpus } from '../../../test/http/corpus.ts'
import { type Random, randomBetween, randomPieces, seededRandom } from '../../../test/harness/random.ts'
import { VECTORS } from '../../../test/vectors/vector.ts'

export interface RandomStream {
  /** What is sent, in so many writes. */
  readonly pieces: readonly Buffer[]
  /** What the client does when it has sent them; to `wait` is to leave the end to the server. */
  readonly ending: 'half-close' | 'close' | 'reset' | 'wait'
  /** For how long it reads nothing. */
  readonly deafMs: number
}

const BASES: readonly Buffer[] = [
  ...readCorpus('http1').map(({ request }) => request),
  ...VECTORS.map(({ bytes }) => Buffer.from(bytes, 'latin1')),
].filter(({ length }) => length > 0)
const BIG = Buffer.from('GET /big HTTP/1.1\r\nHost: big.test\r\n\r\n')
const SUSPICIOUS = Buffer.from('\r\n\0\t :,;\x0b\x0c\x85\xa0-+0aGP/.%2_', 'latin1')
const MOST_RANDOM_BYTES = 3_000
const MOST_PIECES = 40
const MOST_DEAF_MS = 1_500
// More of them would only wait longer.
const DEAF_SHARE = 0.03

/** The stream of that number. */
export function randomStream(seed: number, number: number): RandomStream {
  const random = seededRandom(seed + number)
  const isDeaf = random() < DEAF_SHARE
  const bytes = Buffer.concat(isDeaf ? [BIG, randomBytesOf(random)] : [randomBytesOf(random)])
  const pieces = split(bytes, random)
  // Some leave before they have said everything.
  const sent = random() < 0.2 ? randomBetween(0, pieces.length, random) : pieces.length
  return {
    pieces: pieces.slice(0, sent),
    ending: randomEnding(random),
    deafMs: isDeaf ? randomBetween(1, MOST_DEAF_MS, random) : 0,
  }
}

function randomBytesOf(random: Random): Buffer {
  const parts = Array.from({ length: randomBetween(1, 3, random) }, () => {
    if (random() < 0.1) return noise(random)
    let bytes = BASES[randomBetween(0, BASES.length - 1, random)]!
    for (let count = randomBetween(0, 3, random); count > 0; count--) bytes = mutate(bytes, random)
    return bytes
  })
  return Buffer.concat(parts)
}

function noise(random: Random): Buffer {
  const bytes = Buffer.alloc(randomBetween(1, MOST_RANDOM_BYTES, random))
  for (let at = 0; at < bytes.length; at++) bytes[at] = randomBetween(0, 255, random)
  return bytes
}

/** Puts a byte in, changes one, takes some out, or says some twice. */
function mutate(bytes: Buffer, random: Random): Buffer {
  const at = randomBetween(0, bytes.length, random)
  const end = Math.min(bytes.length, at + randomBetween(1, 20, random))
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  const byte = random() < 0.8 ? SUSPICIOUS[randomBetween(0, SUSPICIOUS.length - 1, random)]! : random() * 256
  switch (randomBetween(0, 3, random)) {
    case 0:
      return Buffer.concat([before, Buffer.of(byte), after])
    case 1:
      return Buffer.concat([before, Buffer.of(byte), after.subarray(1)])
    case 2:
      return Buffer.concat([before, bytes.subarray(end)])
    default:
      return Buffer.concat([bytes.subarray(0, end), after])
  }
}

function split(bytes: Buffer, random: Random): readonly Buffer[] {
  if (random() < 0.5) return [bytes]
  const least = Math.ceil((2 * bytes.length) / MOST_PIECES)
  return randomPieces(bytes, randomBetween(least, Math.max(bytes.length >> 1, least), random), random)
}

function randomEnding(random: Random): RandomStream['ending'] {
  const share = random()
  if (share < 0.6) return 'half-close'
  if (share < 0.75) return 'reset'
  return share < 0.96 ? 'close' : 'wait'
}
