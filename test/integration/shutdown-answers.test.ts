// What becomes of requests that go on for longer than the server may take to end.

import { expect, test } from 'vitest'
import { getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import { Gate } from '../harness/gate.ts'

test('they are answered 503, or cut where the answer has begun, and each is named in the log', async () => {
  using gate = await Gate.start()
  await using gantry = await startFixtures([
    ...['--workers', '1', '--threads', '2', '--shutdown-timeout', '400ms'],
  ])
  const [begun, running, queued] = await Promise.all([1, 2, 3].map(() => openConnection(gantry)))
  begun!.send(getRequest('/tells_of_its_close?endless:at-shutdown'))
  await begun!.receive((received) => received.includes('more and more'))
  running!.send(getRequest(`/waits_at_the_gate?${gate.port}:running`))
  await gate.arrived(1)
  queued!.send(getRequest(`/waits_at_the_gate?${gate.port}:queued`))
  const stopped = gantry.stop()
  for (const each of [running!, queued!]) {
    const answer = await each.readResponse()
    const fields = ['Retry-After', 'Connection'].map((name) => answer.values(name))
    expect([answer.status, ...fields]).toEqual([503, ['1'], ['close']])
  }
  expect((await begun!.readResponse()).isComplete).toBe(false)
  gate.open()
  expect(await stopped).toEqual({ code: 0, signal: null })
  const told = gantry.stderr.split('\n').filter((line) => line.includes('(GANTRY_SERVER_STOPPED)'))
  expect(told).toHaveLength(3)
  expect(gantry.stderr).toMatch(/it was answered 503: \S+ GET \/waits_at_the_gate\?\d+:running, 0\.\d s old/)
  expect(gantry.stderr).toMatch(/it was answered 503: \S+ GET \/waits_at_the_gate\?\d+:queued, 0\.\d s old/)
  expect(gantry.stderr).toMatch(/its answer was cut: \S+ GET \/tells_of_its_close/)
})
