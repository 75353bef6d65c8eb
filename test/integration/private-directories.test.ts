// What gantry keeps on disk while it runs: only for its own user, and gone whatever ends it.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { get, openConnection, startFixtures } from '../harness/fixtures.ts'
import type { GantryOptions, GantryProcess } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { openFilesIn } from '../harness/open-files.ts'
import { isGroupAlive } from '../harness/processes.ts'
import type { RawConnection } from '../harness/raw-connection.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 15_000
const BODY = 'x'.repeat(2_000_000)

let parent: string
let temporary: string
let spool: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'gantry-test-'))
  temporary = mkdtempSync(join(parent, 't'))
  spool = mkdtempSync(join(parent, 's'))
})
afterEach(() => rmSync(parent, { recursive: true }))

const start = (options: GantryOptions = {}): Promise<GantryProcess> =>
  startFixtures(['--workers', '1', '--threads', '2', '--spool-dir', spool], {
    ...options,
    env: { TMPDIR: temporary },
  })

/** Everything below a directory. */
const filesIn = (directory: string): string[] => readdirSync(directory, { recursive: true }).map(String)

async function sendSpooledBody(gantry: GantryProcess, gate: Gate): Promise<RawConnection> {
  const connection = await openConnection(gantry)
  const head = `POST /waits_with_its_body?${gate.port} HTTP/1.1\r\nHost: test\r\nContent-Length: ${BODY.length}\r\n\r\n`
  connection.send(head + BODY)
  await gate.arrived(1)
  return connection
}

/** What is spooled now: files with names, and those that only the front's descriptors lead to. */
function spooled(gantry: GantryProcess): string[] {
  const entries = readdirSync(spool, { recursive: true, withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
  return [...names, ...(process.platform === 'linux' ? openFilesIn(spool, gantry.frontPid) : [])]
}

const untilNothingIsSpooled = (gantry: GantryProcess): Promise<void> =>
  until(
    () => spooled(gantry).length === 0,
    DEADLINE_MS,
    () => spooled(gantry).join(),
  )

test('the directories of links and of spooled bodies are open to their owner alone, and gone after the end', async () => {
  await using gantry = await start()
  expect(readdirSync(temporary)).toEqual([expect.stringMatching(/^gantry-/)])
  for (const directory of [temporary, spool]) {
    for (const name of readdirSync(directory)) {
      expect(name).toMatch(/^gantry-/)
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o700)
    }
  }
  expect(await gantry.stop()).toEqual({ code: 0, signal: null })
  expect([...filesIn(temporary), ...filesIn(spool)]).toEqual([])
})

test.runIf(process.platform === 'linux')('a spooled body never has a name', async () => {
  using gate = await Gate.start()
  await using gantry = await start()
  using connection = await sendSpooledBody(gantry, gate)
  // The application is in the middle of reading it.
  expect(filesIn(spool)).toEqual([])
  expect(spooled(gantry)).toHaveLength(1)
  gate.open()
  expect((await connection.readResponse('POST')).text).toBe(String(BODY.length))
  await untilNothingIsSpooled(gantry)
  await gantry.stop()
})

test('a worker that is killed leaves no spooled body behind', async () => {
  using gate = await Gate.start()
  await using gantry = await start()
  using connection = await sendSpooledBody(gantry, gate)
  process.kill(gate.pidOf('spooled'), 'SIGKILL')
  expect((await connection.readResponse('POST')).status).toBe(502)
  await untilNothingIsSpooled(gantry)
  await gantry.logged(/worker \d+ is ready/, DEADLINE_MS)
  expect((await get(gantry, '/answers_hello')).text).toBe('hello')
  await gantry.stop()
  expect([...filesIn(temporary), ...filesIn(spool)]).toEqual([])
})

test('a client that leaves in the middle of a large body leaves nothing of it behind', async () => {
  await using gantry = await start()
  const connection = await openConnection(gantry)
  connection.send(
    `POST /reads_its_body?read HTTP/1.1\r\nHost: test\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY.slice(9)}`,
  )
  await until(
    () => spooled(gantry).length > 0,
    DEADLINE_MS,
    () => 'nothing is spooled',
  )
  connection.close()
  await untilNothingIsSpooled(gantry)
  await gantry.stop()
})

test.runIf(process.platform === 'linux')(
  'nothing of a body is left when all processes are killed at once',
  async () => {
    using gate = await Gate.start()
    await using gantry = await start({ hasOwnGroup: true })
    using reading = await sendSpooledBody(gantry, gate)
    using arriving = await openConnection(gantry)
    arriving.send(
      `POST /reads_its_body?read HTTP/1.1\r\nHost: test\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY.slice(9)}`,
    )
    await until(
      () => spooled(gantry).length === 2,
      DEADLINE_MS,
      () => spooled(gantry).join(),
    )
    expect([reading.received.length, arriving.received.length]).toEqual([0, 0])
    process.kill(-gantry.pid, 'SIGKILL')
    await gantry.exited
    await until(
      () => !isGroupAlive(gantry.pid),
      DEADLINE_MS,
      () => 'a worker lives on',
    )
    expect(filesIn(spool)).toEqual([])
  },
)

test('a supervisor that is killed leaves nothing behind', async () => {
  await using gantry = await start()
  await get(gantry, '/answers_hello')
  gantry.child.kill('SIGKILL')
  const left = (): string[] => [...filesIn(temporary), ...filesIn(spool)]
  await until(
    () => left().length === 0,
    DEADLINE_MS,
    () => left().join(),
  )
})

test('a start that fails leaves nothing behind', async () => {
  const failing = startFixtures(['--spool-dir', spool, '--chdir', spool], { env: { TMPDIR: temporary } })
  await expect(failing).rejects.toThrow(/ended at its start/)
  expect([...filesIn(temporary), ...filesIn(spool)]).toEqual([])
})
