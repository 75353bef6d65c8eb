// What a load balancer or Kubernetes is told of a server, whatever else goes on in it.

import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { get, getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import { GantryProcess } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { RawConnection } from '../harness/raw-connection.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 20_000
const ENOUGH = 20
const AT_ONCE_MS = 50

async function ask(path: string, target: string): Promise<readonly [status: number, text: string]> {
  using connection = await RawConnection.open({ path })
  const { status, text } = await connection.request(getRequest(target))
  return [status, text]
}

describe('health endpoints', () => {
  test('at --health-bind answer at once while every thread is stuck and no connection is left, and until the end', async () => {
    using directory = new TemporaryDirectory()
    using gate = await Gate.start()
    const health = directory.join('health.sock')
    await using gantry = await startFixtures([
      ...['--workers', '1', '--threads', '2', '--max-connections', '3'],
      ...['--health-bind', `unix:${health}`],
    ])
    expect((await get(gantry, '/-/ready')).text).not.toMatch(/^200/)
    const connections = await Promise.all([1, 2, 3].map(() => openConnection(gantry)))
    for (const each of connections) each.send(getRequest(`/waits_at_the_gate?${gate.port}:stuck`))
    await gate.arrived(2)
    expect((await get(gantry, '/')).status).toBe(503)

    const times: number[] = []
    for (let i = 0; i < ENOUGH; i++) {
      const startMs = performance.now()
      expect(await ask(health, i % 2 === 0 ? '/-/live' : '/-/ready')).toEqual([200, '200 OK\n'])
      times.push(performance.now() - startMs)
    }
    // One of them may meet a test runner that is busy itself.
    expect(times.toSorted((a, b) => a - b)[ENOUGH - 2]).toBeLessThan(AT_ONCE_MS)
    expect((await ask(health, '/answers_hello'))[0]).toBe(404)

    gantry.child.kill('SIGTERM')
    await gantry.logged(/ stopping /m)
    await until(
      async () => (await ask(health, '/-/ready'))[0] === 503,
      DEADLINE_MS,
      () => 'it is ready while it stops',
    )
    expect(await ask(health, '/-/ready')).toEqual([503, '503 Service Unavailable: the server is stopping\n'])
    expect((await ask(health, '/-/live'))[0]).toBe(200)
    gate.open()
    for (const each of connections) expect((await each.readResponse()).status).toBe(200)
    expect(await gantry.exited).toEqual({ code: 0, signal: null })
  })

  test('say that no worker is ready until one is', async () => {
    using directory = new TemporaryDirectory()
    const marker = directory.join('go')
    writeFileSync(
      directory.join('slow.py'),
      'import os, time\n' +
        `while not os.path.exists(${JSON.stringify(marker)}): time.sleep(0.02)\n` +
        'def application(environ, start_response):\n' +
        "    start_response('200 OK', [])\n" +
        "    return [b'hello']\n",
    )
    const path = directory.join('bind.sock')
    await using gantry = new GantryProcess(
      ['slow', '--chdir', directory.path, '--workers', '1', '--bind', `unix:${path}`],
      { hasBind: true },
    )
    await until(
      () =>
        ask(path, '/-/live').then(
          ([status]) => status === 200,
          () => false,
        ),
      DEADLINE_MS,
      () => `it does not listen:\n${gantry.stderr}`,
    )
    expect(await ask(path, '/-/ready')).toEqual([503, '503 Service Unavailable: no worker is ready\n'])
    writeFileSync(marker, '')
    await gantry.logged(/^ready$/m)
    expect(await ask(path, '/-/ready')).toEqual([200, '200 OK\n'])
  })
})
