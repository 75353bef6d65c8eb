// Runs the cases of a folder of test/corpus: the events are the same however the bytes come.

import { describe, expect, test } from 'vitest'
import type { HttpLimits } from '../../src/http/limits.ts'
import { randomPieces, seededRandom } from '../harness/random.ts'
import { readCorpus } from './corpus.ts'

const LONGEST_FOR_EVERY_CUT = 300
const RANDOM_RUNS = 20

/** What a codec makes of pieces of bytes, as the lines of a case. */
type LogEvents = (pieces: readonly Buffer[], limits: HttpLimits) => readonly string[]

export function describeCorpus(folder: string, logEvents: LogEvents): void {
  const cases = readCorpus(folder)
  describe.each(cases.map((one) => [one.name, one] as const))('%s', (_, { request, limits, events }) => {
    test('received whole', () => {
      expect(logEvents([request], limits)).toEqual(events)
    })

    test('received byte by byte', () => {
      expect(logEvents(randomPieces(request, 1, seededRandom(0)), limits)).toEqual(events)
    })

    if (request.length <= LONGEST_FOR_EVERY_CUT) {
      test('received in two pieces, cut anywhere', () => {
        for (let cut = 1; cut < request.length; cut++) {
          const pieces = [request.subarray(0, cut), request.subarray(cut)]
          expect(logEvents(pieces, limits), `cut at ${cut}`).toEqual(events)
        }
      })
    }

    test('received in random pieces', () => {
      for (let seed = 0; seed < RANDOM_RUNS; seed++) {
        const pieces = randomPieces(request, Math.max(2, request.length >> 2), seededRandom(seed))
        expect(logEvents(pieces, limits), `seed ${seed}`).toEqual(events)
      }
    })
  })

  test(`the corpus of ${folder} names each rule once`, () => {
    const names = cases.map(({ name }) => name)
    expect(names).not.toHaveLength(0)
    expect(new Set(names).size).toBe(names.length)
  })
}

/** The codes of the violations that the cases of a folder show, in alphabetical order. */
export function violationsIn(folder: string): readonly string[] {
  const lines = readCorpus(folder).flatMap(({ events }) => events)
  const codes = lines.filter((line) => line.startsWith('violation ')).map((line) => line.split(' ')[1]!)
  return [...new Set(codes)].sort()
}
