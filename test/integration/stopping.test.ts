// How gantry ends: what was accepted is finished, nothing of it stays behind, and whatever ends the supervisor ends the fronts and their workers.

import { describe, expect, test } from 'vitest'
import { frontHasRead, get, getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { isAlive, isGroupAlive } from '../harness/processes.ts'
import type { RawConnection } from '../harness/raw-connection.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 15_000
const ONE_THREAD = ['--workers', '1', '--threads', '1']
const OWN_GROUP = { hasOwnGroup: true } as const

/** A gantry whose only thread serves a request, behind which another waits. */
async function startBusy(gate: Gate): Promise<{ gantry: GantryProcess; connections: RawConnection[] }> {
  const gantry = await startFixtures(ONE_THREAD, OWN_GROUP)
  const connections = [await openConnection(gantry), await openConnection(gantry)]
  for (const [index, name] of ['running', 'queued'].entries()) {
    connections[index]!.send(getRequest(`/waits_at_the_gate?${gate.port}:${name}`))
    await frontHasRead(gantry)
  }
  await gate.arrived(1)
  return { gantry, connections }
}

async function finishesWhatWasAccepted(signal: (gantry: GantryProcess) => void, name: string): Promise<void> {
  using gate = await Gate.start()
  const busy = await startBusy(gate)
  await using gantry = busy.gantry
  const idle = await openConnection(gantry)
  signal(gantry)
  await gantry.logged(new RegExp(` stopping \\(${name}\\): `, 'm'))
  await idle.ended()
  await expect(openConnection(gantry)).rejects.toThrow(/ECONNREFUSED/)

  gate.open()
  const answers = await Promise.all(busy.connections.map((connection) => connection.readResponse()))
  expect(answers.map(({ status, text }) => [status, text])).toEqual([
    [200, 'running'],
    [200, 'queued'],
  ])
  expect(answers[0]!.values('Connection')).toEqual(['close'])
  expect(await gantry.exited).toEqual({ code: 0, signal: null })
  expect(isGroupAlive(gantry.pid)).toBe(false)
  expect(gantry.stderr).not.toMatch(/ error |Traceback/)
}

describe('a first signal', () => {
  test('SIGTERM finishes what was accepted and ends with 0', async () => {
    await finishesWhatWasAccepted((gantry) => gantry.child.kill('SIGTERM'), 'SIGTERM')
  })

  test('SIGINT to the whole process group, as from Ctrl-C, finishes what was accepted and ends with 0', async () => {
    await finishesWhatWasAccepted((gantry) => process.kill(-gantry.pid, 'SIGINT'), 'SIGINT')
  })

  test('SIGTERM to the whole process group, as from a service manager, does so too', async () => {
    await finishesWhatWasAccepted((gantry) => process.kill(-gantry.pid, 'SIGTERM'), 'SIGTERM')
  })

  test('ends an idle server at once, with 0', async () => {
    await using gantry = await startFixtures(ONE_THREAD, OWN_GROUP)
    using idle = await openConnection(gantry)
    await idle.request(getRequest('/answers_hello'))
    expect(await gantry.stop()).toEqual({ code: 0, signal: null })
    expect(isGroupAlive(gantry.pid)).toBe(false)
  })

  test('W45 cuts off after --shutdown-timeout what is still running, and closes its iterable', async () => {
    await using gantry = await startFixtures([...ONE_THREAD, '--shutdown-timeout', '500ms'], OWN_GROUP)
    using connection = await openConnection(gantry)
    connection.send(getRequest('/tells_of_its_close?endless:at-shutdown'))
    await connection.receive((received) => received.includes('more and more'))
    await gantry.stop()
    expect(gantry.stderr.split('closed at-shutdown\n').length - 1).toBe(1)
    expect((await connection.readResponse()).isComplete).toBe(false)
    expect(isGroupAlive(gantry.pid)).toBe(false)
  })
})

describe('a second signal', () => {
  for (const { signal, status } of [
    { signal: 'SIGTERM', status: 143 },
    { signal: 'SIGINT', status: 130 },
  ] as const) {
    test(`${signal} ends at once what is still running, with ${status}`, async () => {
      using gate = await Gate.start()
      const busy = await startBusy(gate)
      await using gantry = busy.gantry
      gantry.child.kill('SIGTERM')
      await gantry.logged(/ stopping /m)
      // A signal that follows at once may be the first one, passed on by npm; so it is sent until it counts.
      const repeat = setInterval(() => gantry.child.kill(signal), 50)
      const exit = await gantry.exited
      clearInterval(repeat)
      expect(exit).toEqual({ code: status, signal: null })
      // What it had done before is not known then: no account that leaves it out.
      expect(gantry.stderr.trimEnd().split('\n').at(-1)).toMatch(
        / warning ended at once after \d+\.\d s: what was still under way was cut off$/,
      )
      await until(
        () => !isGroupAlive(gantry.pid),
        DEADLINE_MS,
        () => 'a worker is still there',
      )
      for (const connection of busy.connections) await connection.ended()
    })
  }
})

describe('a signal that comes twice at once, as npm passes Ctrl-C on', () => {
  test('counts once', async () => {
    await finishesWhatWasAccepted((gantry) => {
      gantry.child.kill('SIGINT')
      void gantry.logged(/ stopping /m).then(() => gantry.child.kill('SIGINT'))
    }, 'SIGINT')
  })
})

describe('a supervisor that is killed', () => {
  test('takes its front and idle workers with it', async () => {
    await using gantry = await startFixtures(['--workers', '2', '--threads', '4'], OWN_GROUP)
    const { text: worker } = await get(gantry, '/raises_to_exit?pid')
    expect(isAlive(Number(worker))).toBe(true)
    gantry.child.kill('SIGKILL')
    await until(
      () => !isGroupAlive(gantry.pid),
      DEADLINE_MS,
      () => 'a worker is still there',
    )
  })

  test('takes a worker with it that is in the middle of a request, too', async () => {
    using gate = await Gate.start()
    const busy = await startBusy(gate)
    await using gantry = busy.gantry
    gantry.child.kill('SIGKILL')
    await until(
      () => !isGroupAlive(gantry.pid),
      DEADLINE_MS,
      () => 'the worker is still there',
    )
  })
})

test('the last line says what was done: answers with 5xx and 4xx, workers and fronts that died, old generations among it', async () => {
  await using gantry = await startFixtures(['--workers', '1'])
  for (const path of [
    '/shows_environ',
    '/raises_before_headers',
    '/raises_before_headers',
    '/starts_with_a_status?own-reason',
  ])
    await get(gantry, path)
  expect((await get(gantry, '/ends_its_process?3')).status).toBe(502)
  await gantry.logged(/worker 2 is ready/)
  gantry.child.kill('SIGHUP')
  await gantry.logged(/generation 2 serves/)
  await get(gantry, '/raises_before_headers')
  expect(await gantry.stop()).toEqual({ code: 0, signal: null })
  expect(gantry.stderr.trimEnd().split('\n').at(-1)).toMatch(
    / info stopped after \d+\.\d s: 6 requests, 4 answered 5xx \(500: 3, 502: 1\), 1 answered 4xx \(404: 1\); 1 worker died$/,
  )
})
