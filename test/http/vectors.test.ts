// The vectors at the codec alone: those that must be refused are, with a status that will do, and no others.

import { describe, expect, test } from 'vitest'
import { RequestParser } from '../../src/http/request-parser.ts'
import { violationSpec } from '../../src/http/violation.ts'
import { VECTORS } from '../vectors/vector.ts'
import type { Vector } from '../vectors/vector.ts'
import { DEFAULT_LIMITS } from '../harness/default-limits.ts'

const SERVED = 200

/** The status that the first request is refused with, or 200; undefined while it is not complete. */
function firstOutcome({ bytes }: Vector): number | undefined {
  const parser = new RequestParser(DEFAULT_LIMITS)
  parser.receive(Buffer.from(bytes, 'latin1'))
  for (;;) {
    const event = parser.next()
    if (event === 'need-data') return undefined
    if (event === 'violation') return violationSpec(parser.violation!).status
    if (event === 'end' || (event === 'head' && !parser.head.hasBody)) return SERVED
  }
}

// Statuses that an application may give for a request that is in order count as served here.
const isServed = (status: number): boolean => status < 400 || [404, 405, 421, 426].includes(status)

describe('of the vectors', () => {
  const complete = VECTORS.map((vector) => ({ ...vector, outcome: firstOutcome(vector) })).filter(
    ({ outcome }) => outcome !== undefined,
  )

  test('all but those that wait for more are complete', () => {
    const waiting = VECTORS.filter((vector) => firstOutcome(vector) === undefined).map(({ id }) => id)
    expect(waiting).toEqual(['cl-20', 'ch-27', 'ex-02', 'to-01', 'to-02', 'to-03'])
  })

  test.each(complete)('$id $title: as it must be ($ref)', ({ outcome, expect: { status }, why }) => {
    const allowed = status.some((one) => (isServed(one) ? outcome === SERVED : one === outcome))
    expect(allowed, `${outcome}, not one of ${status.join(', ')}: ${why}`).toBe(true)
  })
})
