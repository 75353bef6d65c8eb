// Slow, silent and deaf clients, many at once: whoever behaves is served as if they were not there, and nothing of them is left.
// The full size is `npm run faults -- crowd`.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ClientProcess } from '../../bench/faults/clients/client-process.ts'
import { SteadyLoad } from '../../bench/faults/clients/steady-load.ts'
import { idleClients } from '../../bench/faults/crowd/idle-clients.ts'
import { Population, type PopulationFigures } from '../../bench/faults/crowd/population.ts'
import type { PopulationCommand } from '../../bench/faults/crowd/population-program.ts'
import { slowHeads } from '../../bench/faults/crowd/slow-heads.ts'
import { slowUploads } from '../../bench/faults/crowd/slow-uploads.ts'
import { Rest } from '../../bench/faults/server/rest.ts'
import { ServerUnderFaults } from '../../bench/faults/server/server-under-faults.ts'
import { openConnection, getRequest } from '../harness/fixtures.ts'
import { until } from '../harness/until.ts'
import { missedGoals } from './missed-goals.ts'

const NON_READERS = join(import.meta.dirname, '../../bench/faults/crowd/non_readers.py')
const DEADLINE_MS = 20_000
const RATE = { requestsPerSecond: 200, seconds: 3 }
// 50 answers of which 256 KiB wait in memory, 550 connections, and what V8 has not collected yet.
const MOST_GROWTH_BYTES = 150e6

const startNonReaders = (server: ServerUnderFaults, count: number) =>
  new ClientProcess<PopulationCommand, PopulationFigures>(NON_READERS, { port: server.port, count })

// What is left behind is read from /proc.
describe.skipIf(process.platform !== 'linux')('a crowd of clients that mean no good', () => {
  test('while 600 clients are slow, silent or deaf, every well-behaved request is answered; nothing of them is left', async () => {
    await using server = await ServerUnderFaults.start({ options: ['--head-timeout', '2s'] })
    using steady = await SteadyLoad.open(server.port, 20)
    await steady.measure(RATE.requestsPerSecond, 1)
    const rest = new Rest(server)
    const startBytes = server.rssBytes
    const populations = [
      new Population(server.port, 200, slowHeads(500)),
      new Population(server.port, 50, slowUploads()),
      new Population(server.port, 300, idleClients),
    ] as const
    {
      using slow = populations[0]
      using uploading = populations[1]
      using idle = populations[2]
      await using deaf = startNonReaders(server, 50)
      await Promise.all([...[slow, uploading, idle].map((each) => each.come(DEADLINE_MS)), deaf.ask('come')])
      const figures = await steady.measure(RATE.requestsPerSecond, RATE.seconds)
      expect(figures).toMatchObject({
        answered: RATE.requestsPerSecond * RATE.seconds,
        errors: 0,
        unanswered: 0,
      })
      expect((await deaf.ask('tell')).open).toBe(50)
      expect(uploading.figures).toEqual({ open: 50, ended: 0, answers: {} })
      expect(idle.figures).toEqual({ open: 300, ended: 0, answers: { '200': 300 } })
      // Each of them is told so when its time is over, and comes again.
      await until(
        () => (slow.figures.answers['408'] ?? 0) >= 200,
        DEADLINE_MS,
        () => JSON.stringify(slow.figures),
      )
    }
    expect(server.memory.peakRssBytes - startBytes).toBeLessThan(MOST_GROWTH_BYTES)
    await rest.returned(DEADLINE_MS)
    expect(missedGoals(rest.findings())).toEqual([])
  }, 90_000)

  test('50 clients that read nothing of 4 MiB do not hold the only thread', async () => {
    await using server = await ServerUnderFaults.start({ workers: 1, threads: 1 })
    const rest = new Rest(server)
    {
      await using deaf = startNonReaders(server, 50)
      // The answer of each has begun; so all have had the thread, one after the other.
      expect((await deaf.ask('come')).open).toBe(50)
      using connection = await openConnection(server.gantry)
      expect((await connection.request(getRequest('/'))).status).toBe(200)
      expect((await deaf.ask('tell')).ended).toBe(0)
    }
    await rest.returned(DEADLINE_MS)
    expect(missedGoals(rest.findings())).toEqual([])
  }, 60_000)
})
