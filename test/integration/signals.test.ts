// What each signal does to a server, and what a lame duck still does. How SIGTERM and SIGINT end it is in stopping.test.ts.

import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ClosedLoad } from '../../bench/faults/clients/closed-load.ts'
import { get, getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import { MAIN } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { childrenOf, isAlive, isGroupAlive } from '../harness/processes.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 20_000
const IN_A_TERMINAL = `
import os, pty, signal, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
signal.signal(signal.SIGUSR1, lambda *_: os.close(terminal))
while True:
    try:
        shown = os.read(terminal, 4096)
    except OSError:
        break
    os.write(2, shown.replace(b"\\r", b""))
os.waitpid(child, 0)
`

test('SIGTTIN and SIGTTOU move the number of workers; SIGQUIT logs what requests do, finishes them and ends', async () => {
  using gate = await Gate.start()
  await using gantry = await startFixtures(['--workers', '1', '--threads', '2'], { hasOwnGroup: true })
  const workers = (): number => childrenOf(gantry.frontPid).length
  gantry.child.kill('SIGTTIN')
  await gantry.logged(/info SIGTTIN: workers are 2 from now on/)
  await until(
    () => workers() === 2,
    DEADLINE_MS,
    () => 'there is no second worker',
  )
  gantry.child.kill('SIGTTOU')
  await gantry.logged(/info SIGTTOU: workers are 1 from now on/)
  await until(
    () => workers() === 1,
    DEADLINE_MS,
    () => 'the second worker stays',
  )
  using connection = await openConnection(gantry)
  connection.send(getRequest(`/waits_at_the_gate?${gate.port}:dumped`))
  await gate.arrived(1)
  gantry.child.kill('SIGQUIT')
  await gantry.logged(/info requests in flight\n(?: {4}.*\n)* {4}.*waits_at_the_gate/)
  await gantry.logged(/ stopping \(SIGQUIT\)/m)
  gate.open()
  expect((await connection.readResponse()).text).toBe('dumped')
  expect(await gantry.exited).toEqual({ code: 0, signal: null })
})

test('fronts leave signals to the supervisor: only SIGKILL ends one', async () => {
  await using gantry = await startFixtures(['--workers', '1'])
  const front = gantry.frontPid
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGTTIN', 'SIGTTOU'] as const)
    process.kill(front, signal)
  expect((await get(gantry, '/answers_hello')).text).toBe('hello')
  expect(gantry.frontPid).toBe(front)
})

test.runIf(process.platform === 'linux')(
  'SIGHUP of a terminal that is closed ends a server that was started in it',
  async () => {
    // Python has pseudo-terminals: the program forks into one, writes what it shows to stderr, and closes it when its input ends.
    using directory = new TemporaryDirectory()
    const gantry = await startFixtures(['--workers', '1', '--pid-file', directory.join('pid')], {
      command: ['python3', '-c', IN_A_TERMINAL, process.execPath, MAIN],
    })
    const [server = 0] = childrenOf(gantry.pid)
    expect(existsSync(directory.join('pid'))).toBe(true)
    gantry.child.kill('SIGUSR1')
    await until(
      () => !isAlive(server),
      DEADLINE_MS,
      () => gantry.stderr,
    )
    await gantry.exited
    // It came to its end in order; Node itself then fails to give the terminal back.
    expect(existsSync(directory.join('pid'))).toBe(false)
  },
)

describe('--lame-duck', () => {
  test('loses no request of clients that come again as long as the server is ready', async () => {
    await using gantry = await startFixtures(['--workers', '1', '--lame-duck', '3s'], { hasOwnGroup: true })
    using load = new ClosedLoad({
      port: gantry.port,
      connections: 32,
      path: '/answers_hello',
      isAnyBodyRight: true,
      readyPath: '/-/ready',
    })
    await until(
      () => (load.counts.answers['200'] ?? 0) > 100,
      DEADLINE_MS,
      () => 'no load',
    )
    gantry.child.kill('SIGTERM')
    await gantry.logged(/ stopping \(SIGTERM\): serving on for 3 s, then finishing what was accepted/m)
    // The front hears of it a moment after the log says so.
    await until(
      async () => (await get(gantry, '/-/ready')).status === 503,
      DEADLINE_MS,
      () => 'the server still says that it is ready',
    )
    const late = await get(gantry, '/answers_hello')
    expect([late.status, late.values('Connection')]).toEqual([200, ['close']])
    await load.left(DEADLINE_MS)
    expect(load.counts).toMatchObject({ losses: {}, active: 0 })
    expect(await gantry.exited).toEqual({ code: 0, signal: null })
    expect(isGroupAlive(gantry.pid)).toBe(false)
  })

  test('is cut short by a second signal', async () => {
    await using gantry = await startFixtures(['--workers', '1', '--lame-duck', '60s'])
    const front = gantry.frontPid
    gantry.child.kill('SIGTERM')
    await gantry.logged(/ stopping \(SIGTERM\)/m)
    gantry.child.kill('SIGINT')
    expect(await gantry.exited).toEqual({ code: 130, signal: null })
    expect(isAlive(front)).toBe(false)
  })
})

test('--shutdown-timeout 0 cuts what runs, and names it', async () => {
  using gate = await Gate.start()
  await using gantry = await startFixtures(['--workers', '1', '--shutdown-timeout', '0s'], {
    hasOwnGroup: true,
  })
  using connection = await openConnection(gantry)
  connection.send(getRequest(`/waits_at_the_gate?${gate.port}:cut`))
  await gate.arrived(1)
  gantry.child.kill('SIGTERM')
  expect((await connection.readResponse()).status).toBe(503)
  expect(await gantry.exited).toEqual({ code: 0, signal: null })
  expect(gantry.stderr).toContain('/waits_at_the_gate?')
  expect(isGroupAlive(gantry.pid)).toBe(false)
})
