// The vectors that wait for a timeout, against a server whose timeouts are short.

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
const TIMEOUTS = ['--head-timeout', '1s', '--body-timeout', '1s', '--idle-timeout', '1s']
const slow = VECTORS.filter((vector) => vector.slow === true)

let gantry: GantryProcess

beforeAll(async () => {
  gantry = await startGantry([APPLICATION, '--workers', '1', ...TIMEOUTS])
})
afterAll(async () => {
  await gantry.stop()
})

describe.each(['whole', 'byte by byte', 'at random'] satisfies Cut[])('sent %s', (cut) => {
  for (const [number, vector] of slow.entries()) {
    test.concurrent(`${vector.id} ${vector.title} (${vector.ref})`, async () => {
      const seen = await sendVector(gantry.port, vector, cut, seededRandom(number))
      expect(judge(vector, seen), vector.why).toEqual([])
    })
  }
})
