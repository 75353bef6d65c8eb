// Bytes that no client ought to send, and ends that no client ought to make: the server outlives them all and keeps nothing of
// them. `npm run faults -- streams` and `-- resets` do the same a hundred times over.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Rest } from '../../bench/faults/server/rest.ts'
import { ServerUnderFaults } from '../../bench/faults/server/server-under-faults.ts'
import { randomStream } from '../../bench/faults/streams/random-stream.ts'
import { sendResets } from '../../bench/faults/streams/send-resets.ts'
import { sendStreams, SHORT_TIMES } from '../../bench/faults/streams/send-streams.ts'
import { get } from '../harness/fixtures.ts'
import { seededRandom } from '../harness/random.ts'
import { missedGoals } from './missed-goals.ts'

const SEED = 20_112
const DEADLINE_MS = 20_000

// What is left behind is read from /proc.
describe.skipIf(process.platform !== 'linux')('hostile bytes', () => {
  let server: ServerUnderFaults
  beforeAll(async () => {
    server = await ServerUnderFaults.start({ options: SHORT_TIMES })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** The server is as it was before `act`. */
  async function leavesNothing(act: () => Promise<void>): Promise<void> {
    const rest = new Rest(server)
    await act()
    await rest.returned(DEADLINE_MS)
    expect(missedGoals(rest.findings())).toEqual([])
    expect((await get(server.gantry, '/')).status).toBe(200)
  }

  test('3,000 random and mutated streams: each connection ends, and nothing of it is left (RFC 9112 §9.6)', async () => {
    await leavesNothing(async () => {
      const outcome = await sendStreams({ port: server.port, seed: SEED, first: 0, count: 3_000 })
      expect(outcome).toEqual({ hung: [], refused: [] })
    })
  }, 90_000)

  test('1,000 connections reset before, in or after a request leave nothing behind', async () => {
    await leavesNothing(async () => {
      expect(await sendResets(server.port, 1_000, seededRandom(SEED))).toBe(0)
    })
  }, 60_000)

  test('a stream is the same whenever it is made, and no two are', () => {
    expect(randomStream(SEED, 7)).toEqual(randomStream(SEED, 7))
    const texts = Array.from({ length: 100 }, (_, number) => Buffer.concat(randomStream(SEED, number).pieces))
    expect(new Set(texts.map((bytes) => bytes.toString('latin1'))).size).toBeGreaterThan(80)
  })
})
