// Feeds the readers of FastCGI, SCGI and uwsgi what no web server should send: they find a request or say what is wrong, the same however the
// bytes are cut, and never throw. Starts from the cases of the corpus.

import { logHead } from '../cgi/head-log.ts'
import { logEvents } from '../fastcgi/event-log.ts'
import { DEFAULT_LIMITS } from '../harness/default-limits.ts'
import { type Random, randomBetween, randomPieces, seededRandom } from '../harness/random.ts'
import { readCorpus } from '../http/corpus.ts'
import { ScgiHeadReader } from '../../src/scgi/head-reader.ts'
import { UwsgiHeadReader } from '../../src/uwsgi/head-reader.ts'
import { pick } from './generate-requests.ts'

const LIMITS = { ...DEFAULT_LIMITS, maxHeadBytes: 2_000 }
// A reader that goes on for ever would fill the memory first.
const MOST_EVENTS = 5_000
const LONGEST_SAMPLE = 4_096

/** What a codec makes of pieces, a line an event. */
const READERS = {
  fastcgi: (pieces: readonly Buffer[]) => logEvents(pieces, LIMITS),
  scgi: (pieces: readonly Buffer[]) => logHead(new ScgiHeadReader(LIMITS.maxHeadBytes), pieces),
  uwsgi: (pieces: readonly Buffer[]) => logHead(new UwsgiHeadReader(LIMITS.maxHeadBytes), pieces),
} as const

export type FuzzedProtocol = keyof typeof READERS
export const FUZZED_PROTOCOLS = Object.keys(READERS) as readonly FuzzedProtocol[]

const samples = new Map(
  FUZZED_PROTOCOLS.map((protocol) => [
    protocol,
    readCorpus(protocol)
      .map(({ request }) => request)
      .filter(({ length }) => length > 0 && length <= LONGEST_SAMPLE),
  ]),
)

/** How often a codec found a request, or nothing wrong, and how often it refused. */
export interface ProtocolEnds {
  taken: number
  refused: number
}

/** Runs rounds `first` to `first + count - 1`. Throws for a round that ends in another way, and says which. */
export function fuzzProtocol(
  protocol: FuzzedProtocol,
  seed: number,
  first: number,
  count: number,
): ProtocolEnds {
  const ends: ProtocolEnds = { taken: 0, refused: 0 }
  for (let round = first; round < first + count; round++) {
    const random = seededRandom(seed * 1_000_003 + round)
    const bytes = mutated(protocol, random)
    try {
      ends[readBothWays(protocol, bytes, random)]++
    } catch (error) {
      throw new Error(`${protocol}, seed ${seed}, round ${round}: ${bytes.toString('hex')}`, { cause: error })
    }
  }
  return ends
}

function readBothWays(protocol: FuzzedProtocol, bytes: Buffer, random: Random): keyof ProtocolEnds {
  const read = READERS[protocol]
  const whole = read([bytes])
  const pieces = read(randomPieces(bytes, randomBetween(1, Math.max(1, bytes.length), random), random))
  if (whole.length > MOST_EVENTS) throw new Error('events without end')
  if (whole.join('\n') !== pieces.join('\n'))
    throw new Error(`whole: ${whole.join('; ')}, in pieces: ${pieces.join('; ')}`)
  return whole.at(-1)?.startsWith('violation') === true ? 'refused' : 'taken'
}

function mutated(protocol: FuzzedProtocol, random: Random): Buffer {
  const of = (): Buffer => pick(samples.get(protocol)!, random)
  switch (randomBetween(0, 4, random)) {
    case 0:
      return withBytesChanged(of(), random)
    case 1:
      return of().subarray(0, randomBetween(0, 64, random))
    case 2: {
      const [outer, inner] = [of(), of()]
      const at = randomBetween(0, outer.length, random)
      return Buffer.concat([outer.subarray(0, at), inner, outer.subarray(at)])
    }
    case 3:
      return Buffer.concat([of(), of()])
    default:
      return Buffer.from(
        Array.from({ length: randomBetween(0, 64, random) }, () => randomBetween(0, 255, random)),
      )
  }
}

function withBytesChanged(sample: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(sample)
  for (let count = randomBetween(1, 4, random); count > 0; count--)
    bytes[randomBetween(0, bytes.length - 1, random)] = randomBetween(0, 255, random)
  return bytes
}
