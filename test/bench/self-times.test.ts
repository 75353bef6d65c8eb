// Where a profile of V8 says the time went.
import { expect, test } from 'vitest'

import { selfTimes, type CpuProfile } from '../../bench/profiling/self-times.ts'

function node(id: number, functionName: string, url = '', lineNumber = 0): CpuProfile['nodes'][number] {
  return { id, callFrame: { functionName, url, lineNumber } }
}

test('a function has the time until the next sample, over all places it was called from, and idling is not work', () => {
  const profile: CpuProfile = {
    nodes: [
      node(1, '(idle)'),
      node(2, 'read', 'file:///gantry/dist/http/parser.js', 41),
      node(3, 'read', 'file:///gantry/dist/http/parser.js', 41),
      node(4, '(garbage collector)'),
    ],
    samples: [1, 2, 4, 3, 1],
    timeDeltas: [5, 1000, 300, 100, 600],
  }
  expect(selfTimes(profile)).toEqual([
    { where: 'read dist/http/parser.js:42', us: 900, share: 0.9 },
    { where: '(garbage collector)', us: 100, share: 0.1 },
  ])
})
