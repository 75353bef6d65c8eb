// Requests of the corpus with bytes put in, taken out or doubled: whatever the parser makes of them, it must make the same of
// them however they come, and nothing after a violation. A difference is a hole that a request can be smuggled through.

import { expect, test } from 'vitest'
import { randomBetween, randomPieces, seededRandom } from '../harness/random.ts'
import type { Random } from '../harness/random.ts'
import { escapeBytes, readCorpus } from './corpus.ts'
import { logEvents } from './event-log.ts'

const MUTATIONS = 4_000
const LONGEST = 400
// What other parsers trim, take for a line's end, or split at.
const SUSPICIOUS = Buffer.from('\r\n\0\t :,;\x0b\x0c\x85\xa0-+0a', 'latin1')
const MARKER = Buffer.from('GET /marker HTTP/1.1\r\nHost: marker.test\r\n\r\n')

const requests = readCorpus('http1').filter(({ request }) => request.length > 0 && request.length <= LONGEST)

function mutate(bytes: Buffer, random: Random): Buffer {
  const at = randomBetween(0, bytes.length - 1, random)
  const end = randomBetween(at, Math.min(bytes.length, at + 20), random)
  const inserted = SUSPICIOUS.subarray(randomBetween(0, SUSPICIOUS.length - 1, random)).subarray(0, 1)
  switch (randomBetween(0, 3, random)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)])
    case 1:
      return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + 1)])
    case 2:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])
    default:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
  }
}

test('mutated requests are read the same however they are cut, and a violation is the last word (RFC 9112 §11.2)', () => {
  for (let seed = 0; seed < MUTATIONS; seed++) {
    const random = seededRandom(seed)
    const { request, limits } = requests[seed % requests.length]!
    let bytes: Buffer = request
    for (let count = randomBetween(1, 3, random); count > 0 && bytes.length > 0; count--)
      bytes = mutate(bytes, random)
    bytes = Buffer.concat([bytes, MARKER])
    const whole = logEvents([bytes], limits)
    const said = `seed ${seed}: ${escapeBytes(bytes)}`
    expect(logEvents(randomPieces(bytes, 1, random), limits), said).toEqual(whole)
    expect(logEvents(randomPieces(bytes, 30, random), limits), said).toEqual(whole)
    expect(logEvents(randomPieces(bytes, 30, random), limits, 'at the end'), said).toEqual(whole)
    const violation = whole.findIndex((line) => line.startsWith('violation '))
    expect(violation === -1 || violation === whole.length - 1, said).toBe(true)
  }
})
