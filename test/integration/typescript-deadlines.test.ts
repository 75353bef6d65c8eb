// Deadlines where TypeScript stands in front of Python: each side has its own, and one request is told of once.

import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { get, startFixtures } from '../harness/fixtures.ts'
import { Gate } from '../harness/gate.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const CONFIGURATION = `
const never = () => new Promise(() => undefined)

const stuck = (application) => async (environ, startResponse) => {
  switch (environ.PATH_INFO) {
    case '/never':
      return await never()
    case '/stalls':
      startResponse('200 OK', [])
      return (async function* () {
        yield Buffer.from('begun')
        await never()
      })()
    default:
      return await application(environ, startResponse)
  }
}

export default { middleware: [stuck] }
`

test('a request that takes too long is answered 504 or cut, by whoever has it', async () => {
  using directory = new TemporaryDirectory()
  using gate = await Gate.start()
  writeFileSync(directory.join('gantry.config.mjs'), CONFIGURATION)
  await using gantry = await startFixtures(
    [
      ...['--workers', '1', '--threads', '2', '--access-log', '-'],
      ...['--request-timeout', '1s', '--response-idle-timeout', '0s'],
    ],
    { cwd: directory.path },
  )
  expect((await get(gantry, '/never')).status).toBe(504)
  const cut = await get(gantry, '/stalls')
  expect([cut.text, cut.isComplete]).toEqual(['begun', false])
  expect((await get(gantry, `/waits_at_the_gate?${gate.port}:python`)).status).toBe(504)
  gate.open()
  expect((await get(gantry, '/answers_hello')).status).toBe(200)
  await gantry.stop()

  const told = gantry.stderr.split('\n').filter((line) => /GANTRY_REQUEST_TIMEOUT/.test(line))
  expect(told).toEqual([
    expect.stringMatching(
      /longer than --request-timeout \(1s\), answered 504: \S+ GET \/never, \d\.\d s old/,
    ),
    expect.stringMatching(
      /longer than --request-timeout \(1s\), its answer was cut: \S+ GET \/stalls, \d\.\d s old/,
    ),
    expect.stringMatching(/GET \/waits_at_the_gate/),
  ])
  const lines = gantry.stdout.split('\n').filter((line) => line.includes(' GANTRY_REQUEST_TIMEOUT '))
  expect(lines.map((line) => /" (\d+) /.exec(line)?.[1])).toEqual(['504', '200', '504'])
})
