// Workers that die: what they held is answered 502, everything else goes on, and a new one takes their place.

import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  FIXTURES,
  FIXTURE_ENVIRONMENT,
  get,
  getRequest,
  openConnection,
  startFixtures,
} from '../harness/fixtures.ts'
import { type GantryProcess, MAIN, startGantry } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { MemoryGroup } from '../harness/memory-group.ts'
import { isAlive } from '../harness/processes.ts'
import type { RawConnection } from '../harness/raw-connection.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const WORKERS = 2
const THREADS = 2
const DEADLINE_MS = 15_000

let gantry: GantryProcess
beforeAll(async () => {
  gantry = await startFixtures(['--workers', String(WORKERS), '--threads', String(THREADS)])
})
afterAll(() => gantry[Symbol.asyncDispose]())

/** The process ids of workers, from the log. */
const readyPids = (): string[] =>
  [...gantry.stderr.matchAll(/worker \d+ is ready \(pid (\d+)\)/g)].map((match) => match[1]!)

async function replaced(count: number): Promise<void> {
  await until(
    () => readyPids().length >= count,
    DEADLINE_MS,
    () => `no replacement:\n${gantry.stderr}`,
  )
}

describe('a worker that is killed', () => {
  test('its requests answer 502, others go on, it is replaced, and the log names the cause', async () => {
    using gate = await Gate.start()
    const before = readyPids().length
    // As many as there are threads, so that each worker holds two.
    const names = Array.from({ length: WORKERS * THREADS }, (_, index) => `held-${index}`)
    const connections = new Map<string, RawConnection>()
    for (const name of names) {
      const connection = await openConnection(gantry)
      connection.send(getRequest(`/waits_at_the_gate?${gate.port}:${name}`))
      connections.set(name, connection)
    }
    await gate.arrived(names.length)
    const killed = gate.pidOf('held-0')
    const lost = names.filter((name) => gate.pidOf(name) === killed)
    const others = names.filter((name) => gate.pidOf(name) !== killed)
    expect([lost.length, others.length]).toEqual([THREADS, THREADS])

    process.kill(killed, 'SIGKILL')
    for (const name of lost) {
      const answer = await connections.get(name)!.readResponse()
      expect([answer.status, answer.isComplete]).toEqual([502, true])
    }
    await replaced(before + 1)
    const entry = new RegExp(
      `error worker \\d+ died and is replaced.*: process ${killed} ended: killed by SIGKILL, not by gantry; answered 502: (.*)\\(GANTRY_WORKER_CRASHED`,
    ).exec(gantry.stderr)
    const told = [...(entry?.[1] ?? '').matchAll(/\S+ GET \/waits_at_the_gate\?\d+:(held-\d)/g)]
    expect(told.map(([, name]) => name).sort()).toEqual(lost)
    gate.open()
    for (const name of others) expect((await connections.get(name)!.readResponse()).text).toBe(name)
    for (const connection of connections.values()) connection.close()
    expect(isAlive(killed)).toBe(false)
  })

  test('a worker that holds nothing is replaced too', async () => {
    const before = readyPids().length
    const { text: pid } = await get(gantry, '/raises_to_exit?pid')
    process.kill(Number(pid), 'SIGKILL')
    await replaced(before + 1)
    await gantry.logged(
      new RegExp(`process ${pid} ended: killed by SIGKILL, not by gantry; no request was lost`),
    )
    expect((await get(gantry, '/answers_hello')).text).toBe('hello')
  })

  test('an answer that it had begun is cut', async () => {
    using gate = await Gate.start()
    const before = readyPids().length
    using connection = await openConnection(gantry)
    connection.send(getRequest(`/waits_between_blocks?yields:${gate.port}`))
    await connection.receive((received) => received.includes('data: 0'))
    await gate.arrived(1)
    process.kill(gate.pidOf('0'), 'SIGKILL')
    expect((await connection.readResponse()).isComplete).toBe(false)
    await replaced(before + 1)
    expect(gantry.stderr).toMatch(/; cut, as the answer had begun: \S+ GET \/waits_between_blocks/)
  })
})

describe('an application that ends its process', () => {
  test('os._exit answers 502, the log says with which status, and the server goes on', async () => {
    const before = readyPids().length
    expect((await get(gantry, '/ends_its_process?7')).status).toBe(502)
    await replaced(before + 1)
    await gantry.logged(
      /died and is replaced.*: process \d+ ended: it exited by itself with status 7.*; answered 502: \S+ GET \/ends_its_process\?7/,
    )
    expect((await get(gantry, '/answers_hello')).text).toBe('hello')
  })

  test('a process that it has forked, and that holds its links, keeps nobody waiting', async () => {
    const before = readyPids().length
    const startedMs = performance.now()
    const lost = get(gantry, '/leaves_a_process')
    await replaced(before + 1)
    // No thread that is gone with its worker gets one of these.
    const others = Array.from({ length: 20 }, () => get(gantry, '/answers_hello'))
    expect((await Promise.all(others)).map(({ text }) => text)).toEqual(Array(20).fill('hello'))
    expect((await lost).status).toBe(502)
    expect(performance.now() - startedMs).toBeLessThan(14_000)
  })

  test('workers that die again and again are replaced again and again', async () => {
    const before = readyPids().length
    for (let time = 1; time <= 4; time++) {
      expect((await get(gantry, '/ends_its_process?1')).status).toBe(502)
      await replaced(before + time)
    }
    expect((await get(gantry, '/answers_hello')).text).toBe('hello')
  })
})

describe('a worker that dies young', () => {
  test('is replaced later each time, so that a crash at every start is no busy loop', async () => {
    // Serves as soon as it is imported, and ends a moment after.
    await using crashing = await startGantry(['ends_itself_soon', '--chdir', FIXTURES, '--workers', '1'], {
      env: FIXTURE_ENVIRONMENT,
    })
    const pauses = (): string[] =>
      [...crashing.stderr.matchAll(/died and is replaced in (\d+) ms: process/g)].map(([, ms]) => ms!)
    await until(
      () => pauses().length >= 4,
      DEADLINE_MS,
      () => `it does not die:\n${crashing.stderr}`,
    )
    expect(pauses().slice(0, 4)).toEqual(['100', '200', '400', '800'])
  })
})

test('a worker is replaced although a process that its application has started still holds its output', async () => {
  using gate = await Gate.start()
  await using single = await startGantry(['leaves_a_process_behind', '--chdir', FIXTURES, '--workers', '1'], {
    env: FIXTURE_ENVIRONMENT,
  })
  expect((await get(single, `/?${gate.port}`)).status).toBe(502)
  await gate.arrived(1)
  await single.logged(/worker 1 died and is replaced.*exited by itself with status 3/)
  await single.logged(/worker 2 is ready/)
})

test('code that breaks while the server runs: nobody serves, tries become rarer, and it is back when the code is mended', async () => {
  using directory = new TemporaryDirectory()
  const write = (source: string): void => writeFileSync(directory.join('site.py'), source)
  const working =
    'import os\n\ndef application(environ, start_response):\n' +
    '    if environ["PATH_INFO"] == "/end":\n        os._exit(3)\n' +
    '    start_response("200 OK", [])\n    return [b"mended"]\n'
  write(working)
  await using broken = await startGantry(
    ['site.py', '--chdir', directory.path, '--workers', '2', '--threads', '1'],
    { env: FIXTURE_ENVIRONMENT },
  )
  write('raise LookupError("not yet")\n')
  expect((await get(broken, '/end')).status).toBe(502)
  expect((await get(broken, '/end')).status).toBe(502)
  const tries = (): string[] =>
    [
      ...broken.stderr.matchAll(
        /cannot start, the next try is in (\d+) ms, nobody serves meanwhile: .*LookupError/g,
      ),
    ].map(([, ms]) => ms!)
  // Each time twice as long, but for the second of two that fail together.
  await until(
    () => ['200', '400'].every((pause) => tries().includes(pause)),
    DEADLINE_MS,
    () => `it is not tried again:\n${broken.stderr}`,
  )
  expect(broken.stderr.match(/Traceback \(most recent call last\)/g)).toHaveLength(1)
  const waiting = get(broken, '/')
  write(working)
  expect((await waiting).text).toBe('mended')
})

test('a fault in native code is told from a signal that somebody sent', async () => {
  await using gantry = await startGantry(['worker_life', '--chdir', FIXTURES, '--workers', '1'], {
    env: FIXTURE_ENVIRONMENT,
  })
  expect((await get(gantry, '/segfault')).status).toBe(502)
  await gantry.logged(
    /worker 1 died and is replaced.*: it crashed with SIGSEGV; answered 502: \S+ GET \/segfault/,
  )
  await gantry.logged(/PYTHONFAULTHANDLER=1/)
})

const memoryGroup = MemoryGroup.make(160 * 1024 ** 2)
afterAll(() => memoryGroup?.remove())

test.skipIf(memoryGroup === undefined)(
  'a worker that the kernel kills for want of memory is told as that',
  async () => {
    await using gantry = await startGantry(['worker_life', '--chdir', FIXTURES, '--workers', '1'], {
      env: FIXTURE_ENVIRONMENT,
      command: [...(memoryGroup?.command ?? []), process.execPath, MAIN],
    })
    expect((await get(gantry, '/keep?400')).status).toBe(502)
    await gantry.logged(
      /worker 1 died.*: the kernel killed it because memory ran out.*; answered 502: \S+ GET \/keep/,
    )
    await gantry.logged(/--max-rss-hard/)
    expect((await get(gantry, '/?back')).text).toBe('back')
  },
)
