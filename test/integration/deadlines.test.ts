// What happens to requests that take too long, and to the threads that run them, with real workers.

import { expect, test } from 'vitest'
import { openControlClient } from '../../src/server/control/client.ts'
import {
  FIXTURES,
  FIXTURE_ENVIRONMENT,
  frontHasRead,
  get,
  getRequest,
  openConnection,
} from '../harness/fixtures.ts'
import { type GantryProcess, runGantry, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const APPLICATION = ['takes_its_time', '--chdir', FIXTURES]
const start = (...options: readonly string[]): Promise<GantryProcess> =>
  startGantry([...APPLICATION, '--workers', '1', ...options], { env: FIXTURE_ENVIRONMENT })

const statusOf = async (gantry: GantryProcess, target: string): Promise<number> =>
  (await get(gantry, target)).status
const pidOf = async (gantry: GantryProcess): Promise<string> => (await get(gantry, '/')).text
const countOf = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length

test('the only thread of a worker is interrupted wherever it is, and serves on', async () => {
  await using gantry = await start(
    ...['--threads', '1', '--access-log', '-', '--request-timeout', '1s'],
    ...['--response-idle-timeout', '500ms', '--interrupt-grace', '20s'],
  )
  const pid = await pidOf(gantry)
  const late = ['/loops', '/sleeps?long=1', '/waits_for_a_pipe', '/waits_for_a_lock']
  for (const target of late) expect([target, await statusOf(gantry, target)]).toEqual([target, 504])

  // An answer that has begun is cut, and its iterable closed.
  using connection = await openConnection(gantry)
  const { status, text, isComplete } = await connection.request(getRequest('/pauses'))
  expect([status, text, isComplete]).toEqual([200, 'one', false])
  expect((await get(gantry, '/tells_what_was_closed')).text).toBe('blocks')

  // The same process all the while, one entry for each, with the stack where its thread was.
  expect(await pidOf(gantry)).toBe(pid)
  expect(countOf(gantry.stderr, /its thread is interrupted: MainThread; worker 1 \(pid \d+\)/g)).toBe(5)
  expect(gantry.stderr).toMatch(
    /error the application worked on a request for longer than 1 s; answered 504: \S+ GET \/sleeps\?long=1, \d\.\d s old; .*\(GANTRY_REQUEST_TIMEOUT\)\n +File ".*takes_its_time\.py", line \d+, in application\n.*\n +File ".*", line \d+, in sleeps\n +time\.sleep\(60\)/,
  )
  expect(gantry.stderr).toMatch(/sent no more of its answer for 0\.5 s; cut its answer: \S+ GET \/pauses, /)
  await until(
    () => /"GET \/pauses HTTP\/1\.1" 200 .* GANTRY_RESPONSE_IDLE_TIMEOUT /m.test(gantry.stdout),
    5_000,
    () => gantry.stdout,
  )
  expect(countOf(gantry.stdout, /" 504 .* GANTRY_REQUEST_TIMEOUT /gm)).toBe(4)
})

test('a thread that cannot be interrupted costs its worker its life, not the others of its requests', async () => {
  await using gantry = await start(
    ...['--threads', '3', '--request-timeout', '2s', '--interrupt-grace', '300ms'],
  )
  const pids = [await pidOf(gantry)]
  for (const target of ['/waits_for_a_pipe', '/catches_everything']) {
    expect(await statusOf(gantry, target)).toBe(504)
    const { status } = await get(gantry, '/naps?0.5')
    expect(status).toBe(200)
    await gantry.logged(new RegExp(`stuck: a thread of it did not come back from GET ${target}`))
    await gantry.logged(new RegExp(`worker ${pids.length} died: .*did not come back.*no request was lost`))
    pids.push(await pidOf(gantry))
  }
  expect(new Set(pids).size).toBe(3)
  expect(gantry.stderr).toMatch(/File ".*", line \d+, in waits_for_a_pipe\n/)

  // Code that does not let go of the interpreter holds up the whole worker: what it did is seen by a signal.
  expect(await statusOf(gantry, '/holds_the_interpreter')).toBe(504)
  await gantry.logged(/held up as a whole, by code that does not let go of the interpreter; worker 3/)
  await gantry.logged(/File ".*takes_its_time\.py", line \d+ in holds_the_interpreter\n/)
  await gantry.logged(/worker 3 died: /)
  expect(pids).not.toContain(await pidOf(gantry))
})

test('what a request did is told although its worker is killed as soon as its time is up', async () => {
  await using gantry = await start(
    ...['--threads', '3', '--request-timeout', '2s', '--interrupt-grace', '300ms'],
  )
  expect(await statusOf(gantry, '/waits_for_a_pipe')).toBe(504)
  // The worker is found to be stuck by then, and this is the last of its requests.
  expect(await statusOf(gantry, '/loops')).toBe(504)
  await gantry.logged(/GET \/loops, .* old; its thread is interrupted: \S+; worker \d/)
  await gantry.logged(/File ".*takes_its_time\.py", line \d+, in loops\n/)
})

test('a thread whose client has left is interrupted when the time of its request is up', async () => {
  await using gantry = await start('--threads', '2', '--request-timeout', '1s')
  const pid = await pidOf(gantry)
  const leaving = await openConnection(gantry)
  leaving.send(getRequest('/loops'))
  await frontHasRead(gantry)
  // Closed in order it might still read.
  leaving.socket.resetAndDestroy()
  await gantry.logged(/its client had left: \S+ GET \/loops, [1-9]\.\d s old; its thread is interrupted/)
  expect(await pidOf(gantry)).toBe(pid)
})

test('a request that finds no free thread in time is answered 504', async () => {
  await using gantry = await start('--threads', '1', '--queue-timeout', '200ms', '--access-log', '-')
  using holder = await openConnection(gantry)
  holder.send(getRequest('/naps?1.5'))
  await until(
    async () => (await statusOf(gantry, '/')) === 504,
    10_000,
    () => 'every request found a thread',
  )
  expect((await holder.readResponse()).status).toBe(200)
  expect(gantry.stderr).toMatch(
    /warning no thread was free within 0\.2 s; answered 504: .*\(GANTRY_QUEUE_TIMEOUT\)/,
  )
  await until(
    () => / 504 .* GANTRY_QUEUE_TIMEOUT /m.test(gantry.stdout),
    5_000,
    () => gantry.stdout,
  )
})

test('requests that are lost with their worker are tried again, once, if they may be', async () => {
  using directory = new TemporaryDirectory()
  await using gantry = await start('--retry-idempotent')
  const target = (name: string): string => `/dies_once?${directory.join(name)}`
  expect(await statusOf(gantry, target('a'))).toBe(200)
  await gantry.logged(/worker 1 died.*; given to another worker: \S+ GET \/dies_once/)
  using connection = await openConnection(gantry)
  const post = getRequest(target('b'), 'Content-Length: 0').replace('GET', 'POST')
  expect((await connection.request(post)).status).toBe(502)
})

test('a worker that cannot answer for its health gets no requests, and a first one ends gantry', async () => {
  const { exit, stderr } = await runGantry([...APPLICATION, '--workers', '1', '--health-path', '/fails'], {
    env: FIXTURE_ENVIRONMENT,
  })
  expect(stderr).toMatch(/is not healthy: GET \/fails was answered 500/)
  expect(exit.code).toBe(1)
  await using gantry = await start('--health-path', '/')
  expect(await statusOf(gantry, '/')).toBe(200)
})

test('the stacks of all requests in flight can be had at any time, harmlessly', async () => {
  using directory = new TemporaryDirectory()
  const socket = directory.join('control')
  await using gantry = await start('--threads', '4', '--control-socket', socket)
  using sleeper = await openConnection(gantry)
  sleeper.send(getRequest('/sleeps?here'))
  let isDone = false
  const failures: number[] = []
  const load = Array.from({ length: 8 }, async () => {
    using connection = await openConnection(gantry)
    while (!isDone) {
      const { status } = await connection.request(getRequest('/'))
      if (status !== 200) failures.push(status)
    }
  })
  const client = await openControlClient(socket)
  const dumps: string[] = []
  for (let count = 0; count < 50; count++) dumps.push(await client.ask({ command: 'dump' }))
  client.close()
  isDone = true
  await Promise.all(load)
  expect(failures).toEqual([])
  const last = dumps.at(-1)
  expect(last).toMatch(/worker 1 \(pid \d+\)\n/)
  expect(last).toMatch(/: \S+ GET \/sleeps\?here, for \d+\.\d s\n +File ".*", line \d+, in application\n/)
  expect(dumps.filter((dump) => dump.includes('/sleeps?here')).length).toBeGreaterThan(40)
})
