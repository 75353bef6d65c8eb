// Clients that leave and clients that are slow: neither may hold a thread, or more memory than a bounded amount.

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { get, getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { peakMemoryBytes } from '../harness/processes.ts'
import type { RawConnection } from '../harness/raw-connection.ts'
import { until } from '../harness/until.ts'

const LARGE_BYTES = 50 * 1024 * 1024
// What front and worker together may hold of an answer that nobody takes, with room for what a garbage collector leaves.
const MOST_HELD_BYTES = 25 * 1024 * 1024
// Far more than what the garbage collector lets lie about.
const SPOOLED_BYTES = 200 * 1024 * 1024
const DEADLINE_MS = 20_000

const directory = mkdtempSync(join(tmpdir(), 'gantry-clients-'))
const largeFile = join(directory, 'large')
const largeContent = randomBytes(LARGE_BYTES)

// One thread: whatever holds it, holds everything.
let gantry: GantryProcess
beforeAll(async () => {
  writeFileSync(largeFile, largeContent)
  gantry = await startFixtures(['--workers', '1', '--threads', '1', '--write-timeout', '1s'], {
    env: { LARGE_FILE: largeFile },
  })
})
afterAll(async () => {
  await gantry[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true })
})

/** A client that sends its request and then takes nothing. */
async function takeNothing(server: GantryProcess, target: string): Promise<RawConnection> {
  const connection = await openConnection(server)
  connection.send(getRequest(target))
  await connection.receive((received) => received.includes('\r\n\r\n'))
  connection.socket.pause()
  return connection
}

async function takeAll(connection: RawConnection): Promise<Buffer> {
  connection.socket.resume()
  const { body, isComplete } = await connection.readResponse()
  expect(isComplete).toBe(true)
  return body
}

describe('a client that leaves', () => {
  test('ends a stream that nobody reads, and the thread serves again', async () => {
    for (const mark of ['left-1', 'left-2', 'left-3']) {
      using connection = await openConnection(gantry)
      connection.send(getRequest(`/tells_of_its_close?endless:${mark}`))
      await connection.receive((received) => received.includes('more and more'))
      connection.close()
      await gantry.logged(new RegExp(`closed ${mark}\n`))
      expect((await get(gantry, '/answers_hello')).text).toBe('hello')
    }
  })

  test('ends a stream that was paused for it', async () => {
    using connection = await takeNothing(gantry, '/tells_of_its_close?flood:paused')
    connection.close()
    await gantry.logged(/closed paused\n/)
    expect((await get(gantry, '/answers_hello')).text).toBe('hello')
  })

  test('does not end a request that has not answered yet, whose thread serves again afterwards', async () => {
    using gate = await Gate.start()
    using connection = await openConnection(gantry)
    connection.send(getRequest(`/waits_at_the_gate?${gate.port}:waits`))
    await gate.arrived(1)
    connection.close()
    gate.open()
    expect((await get(gantry, '/answers_hello')).text).toBe('hello')
  })

  test('that only closes its sending side is answered', async () => {
    using gate = await Gate.start()
    using connection = await openConnection(gantry)
    connection.send(getRequest(`/waits_at_the_gate?${gate.port}:half-closed`))
    await gate.arrived(1)
    connection.socket.end()
    gate.open()
    expect((await connection.readResponse()).text).toBe('half-closed')
    await connection.ended()
  })
})

describe('a client that takes nothing', () => {
  test('of a file leaves the thread free, and gets it whole when it reads on', async () => {
    using connection = await takeNothing(gantry, '/sends_a_named_file')
    for (let request = 0; request < 20; request++) {
      expect((await get(gantry, '/answers_hello')).text).toBe('hello')
    }
    expect((await takeAll(connection)).equals(largeContent)).toBe(true)
  })

  test('has its connection reset after --write-timeout, and the iterable closed', async () => {
    using connection = await takeNothing(gantry, '/tells_of_its_close?flood:too-slow')
    await gantry.logged(/closed too-slow\n/, DEADLINE_MS)
    await gantry.logged(/cut an answer to 127\.0\.0\.1: .*\(ANSWER_NOT_TAKEN\); the limit is --write-timeout/)
    expect((await get(gantry, '/answers_hello')).text).toBe('hello')
    connection.socket.resume()
    expect((await connection.readResponse()).isComplete).toBe(false)
  })

  test.skipIf(process.platform !== 'linux')(
    'of a large stream beyond --response-spool-bytes makes neither front nor worker hold it, while other requests go on',
    async () => {
      await using threaded = await startFixtures([...THREADS, '--response-spool-bytes', '4MiB'])
      const { pids, before } = await measuredProcesses(threaded)
      using connection = await takeNothing(threaded, `/streams_many_bytes?${LARGE_BYTES}`)

      // The stream has come to rest when other requests find it where the ones before found it.
      let last = -1
      const isAtRest = async (): Promise<boolean> => last === (last = await produced(threaded))
      await until(isAtRest, DEADLINE_MS, () => `the application goes on: ${last} bytes`)
      expect(last).toBeGreaterThan(4 * 1024 * 1024)
      expect(last).toBeLessThan(LARGE_BYTES / 2)
      expect(peakMemory(pids) - before).toBeLessThan(MOST_HELD_BYTES)

      expect((await takeAll(connection)).length).toBe(LARGE_BYTES)
      expect(peakMemory(pids) - before).toBeLessThan(MOST_HELD_BYTES * 2)
    },
  )

  test.skipIf(process.platform !== 'linux')(
    'of a stream within --response-spool-bytes leaves the thread free, holds no memory, and gets it whole when it reads on',
    async () => {
      await using threaded = await startFixtures([...THREADS, '--response-spool-bytes', '1GiB'])
      const { pids, before } = await measuredProcesses(threaded)
      using connection = await takeNothing(threaded, `/streams_many_bytes?${SPOOLED_BYTES}`)
      const isDone = async (): Promise<boolean> => (await produced(threaded)) >= SPOOLED_BYTES
      await until(isDone, DEADLINE_MS, () => 'the application is held up by a client that takes nothing')
      expect(peakMemory(pids) - before).toBeLessThan(SPOOLED_BYTES / 3)

      expect((await takeAll(connection)).length).toBe(SPOOLED_BYTES)
      expect(peakMemory(pids) - before).toBeLessThan(SPOOLED_BYTES / 2)
    },
  )
})

const THREADS = ['--workers', '1', '--threads', '2']

/** Gives the front time for some rounds of its event loop, then asks how far the stream has come. */
async function produced(server: GantryProcess): Promise<number> {
  for (let request = 0; request < 50; request++) await get(server, '/answers_hello')
  return Number((await get(server, '/streams_many_bytes/produced')).text)
}

async function measuredProcesses(server: GantryProcess) {
  const worker = Number((await get(server, '/streams_many_bytes/produced')).values('X-Pid')[0])
  const pids = [server.frontPid, worker]
  return { pids, before: peakMemory(pids) }
}

const peakMemory = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + peakMemoryBytes(pid), 0)
