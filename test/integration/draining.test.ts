// Who is connected when a server reloads or stops loses nothing: a kept connection brings one more request, and learns that it was the last.

import { describe, expect, test } from 'vitest'
import { get, getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import { Gate } from '../harness/gate.ts'
import type { RawConnection } from '../harness/raw-connection.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 15_000
const HELLO = getRequest('/answers_hello')
const ONE_WORKER = ['--workers', '1', '--threads', '2']

async function lastAnswer(connection: RawConnection, request = HELLO): Promise<readonly unknown[]> {
  const response = await connection.request(request)
  await connection.ended()
  return [response.status, response.values('Connection'), connection.wasReset]
}

const LAST = [200, ['close'], false]

describe('a reload', () => {
  test('serves kept connections once more, says that it is ready throughout, and finishes what runs', async () => {
    using gate = await Gate.start()
    await using gantry = await startFixtures(ONE_WORKER)
    const [kept, probe, busy] = await Promise.all([1, 2, 3].map(() => openConnection(gantry)))
    await kept!.request(HELLO)
    expect((await probe!.request(getRequest('/-/ready'))).status).toBe(200)
    busy!.send(getRequest(`/waits_at_the_gate?${gate.port}:running`))
    await gate.arrived(1)
    gantry.child.kill('SIGHUP')
    await gantry.logged(/generation 2 serves/)
    expect(await lastAnswer(kept!)).toEqual(LAST)
    expect(await lastAnswer(probe!, getRequest('/-/ready'))).toEqual(LAST)
    expect((await get(gantry, '/-/ready')).status).toBe(200)
    gate.open()
    const answer = await busy!.readResponse()
    expect([answer.status, answer.values('Connection')]).toEqual([200, ['close']])
  })
})

describe('a lame duck', () => {
  test('is not ready, and serves who is connected and who comes, each for the last time', async () => {
    await using gantry = await startFixtures([...ONE_WORKER, '--lame-duck', '4s'])
    using kept = await openConnection(gantry)
    await kept.request(HELLO)
    gantry.child.kill('SIGTERM')
    await until(
      async () => (await get(gantry, '/-/ready')).status === 503,
      DEADLINE_MS,
      () => 'it is still ready',
    )
    expect((await get(gantry, '/-/ready')).text).toContain('the server is stopping')
    expect((await get(gantry, '/-/live')).status).toBe(200)
    using late = await openConnection(gantry)
    expect(await lastAnswer(late)).toEqual(LAST)
    expect(await lastAnswer(kept)).toEqual(LAST)
    expect(await gantry.exited).toEqual({ code: 0, signal: null })
  })
})
