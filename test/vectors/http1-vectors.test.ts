// Every vector against a real server, cut in three ways. Those that wait for a timeout are in http1-timeouts.test.ts.

import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGantry } from '../harness/gantry-process.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { seededRandom } from '../harness/random.ts'
import { judge } from './judge.ts'
import { sendVector } from './send-vector.ts'
import type { Cut } from './send-vector.ts'
import { VECTORS } from './vector.ts'

const APPLICATION = fileURLToPath(new URL('echo_app.py', import.meta.url))
const fast = VECTORS.filter(({ slow }) => slow !== true)

let gantry: GantryProcess

beforeAll(async () => {
  gantry = await startGantry([APPLICATION, '--workers', '1'])
})
afterAll(async () => {
  await gantry.stop()
})

test('no vector was left out: 153 here, 3 with the timeouts', () => {
  expect([fast.length, VECTORS.length]).toEqual([153, 156])
})

describe.each(['whole', 'byte by byte', 'at random'] satisfies Cut[])('sent %s', (cut) => {
  for (const [number, vector] of fast.entries()) {
    test.concurrent(`${vector.id} ${vector.title} (${vector.ref})`, async () => {
      const seen = await sendVector(gantry.port, vector, cut, seededRandom(number))
      expect(judge(vector, seen), vector.why).toEqual([])
    })
  }
})
