// A range of workers: more of them while requests wait, fewer when they are not needed.

import { expect, test } from 'vitest'
import { FIXTURES, FIXTURE_ENVIRONMENT, get, getRequest, openConnection } from '../harness/fixtures.ts'
import { startGantry } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'

test('grows while requests wait, up to the most, and shrinks when they do not; no request is lost', async () => {
  using gate = await Gate.start()
  const times = ['--grow-after', '100ms', '--shrink-after', '700ms']
  await using gantry = await startGantry(
    ['worker_life', '--chdir', FIXTURES, '--workers', '1:3', '--threads', '1', ...times],
    { env: FIXTURE_ENVIRONMENT },
  )
  expect(gantry.stderr).toMatch(/1 to 3/)
  const clients = await Promise.all(Array.from({ length: 5 }, () => openConnection(gantry)))
  for (const client of clients) client.send(getRequest(`/wait?${gate.port}`))
  await gate.arrived(3)
  expect(new Set(gate.names).size).toBe(3)
  const grown = [
    ...gantry.stderr.matchAll(/one worker more, (\d) now: a request has waited for a thread for (\d+) ms/g),
  ]
  expect(grown.map(([, to]) => to)).toEqual(['2', '3'])
  expect(Math.min(...grown.map(([, , waitedMs]) => Number(waitedMs)))).toBeGreaterThanOrEqual(100)

  gate.open()
  for (const client of clients) expect((await client.readResponse()).status).toBe(200)
  for (const client of clients) client.close()
  await gantry.logged(/one worker fewer, 2 now: no more than \d threads? had work at once for \d+ s/)
  await gantry.logged(/one worker fewer, 1 now/)
  expect((await get(gantry, '/?one')).text).toBe('one')
  expect(gantry.stderr.match(/ retires: /g)).toHaveLength(2)
  expect(gantry.stderr).not.toMatch(/ error | died |one worker fewer, 0 now/)
})
