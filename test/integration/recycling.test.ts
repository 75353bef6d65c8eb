// Workers that are replaced while they serve: nothing is lost, and the log says why and in which order.

import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ClosedLoad } from '../../bench/faults/clients/closed-load.ts'
import { FIXTURES, FIXTURE_ENVIRONMENT, get, getRequest, openConnection } from '../harness/fixtures.ts'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 20_000

const start = (...options: readonly string[]): Promise<GantryProcess> =>
  startGantry(['worker_life', '--chdir', FIXTURES, ...options], { env: FIXTURE_ENVIRONMENT })

test('workers that have answered enough are replaced under load, the replacement first, and no request is lost', async () => {
  // Forked workers boot so fast that the pauses between two replacements are short.
  const limits = ['--max-requests', '50', '--max-requests-jitter', '20', '--preload']
  await using gantry = await start('--workers', '2', '--threads', '2', ...limits)
  using load = new ClosedLoad({ port: gantry.port, connections: 16, path: '/' })
  const ended = (): number => gantry.stdout.match(/exit handlers ran/g)?.length ?? 0
  await until(
    () => ended() >= 2,
    DEADLINE_MS,
    () => `no two workers were replaced:\n${gantry.stderr}`,
  )
  const { answers, losses, workers } = await load.stop()
  expect([Object.keys(answers), losses]).toEqual([['200'], {}])
  expect(Object.keys(workers).length).toBeGreaterThanOrEqual(3)

  const story = [
    ...gantry.stderr.matchAll(/info worker (\d+) (?:\(pid \d+\) )?(is to be replaced|is ready|retires)/g),
  ]
  // Which of the two is due first is chance; that one goes after the other, each behind its replacement, is not.
  const [first, , , second] = story.map(([, worker]) => worker)
  expect(story.slice(0, 6).map(([, worker, what]) => `${worker} ${what}`)).toEqual([
    `${first} is to be replaced`,
    '3 is ready',
    `${first} retires`,
    `${second} is to be replaced`,
    '4 is ready',
    `${second} retires`,
  ])
  const [, reached, allowed] =
    /it has answered (\d+) requests, and may answer (\d+) \(--max-requests\)/.exec(gantry.stderr) ?? []
  expect(Number(reached)).toBeGreaterThanOrEqual(Number(allowed))
  expect(Number(allowed)).toBeGreaterThanOrEqual(50)
  expect(Number(allowed)).toBeLessThanOrEqual(70)
  expect(gantry.stderr).not.toMatch(/ error | died /)
})

test('a worker that grows is replaced when it may be, and killed when it must be', async () => {
  using gate = await Gate.start()
  await using gantry = await start('--workers', '1', '--max-rss', '80MiB', '--max-rss-hard', '200MiB')
  using connection = await openConnection(gantry)
  connection.send(getRequest(`/keep_and_wait?100:${gate.port}`))
  await gantry.logged(/worker 1 .* retires/)
  expect(gantry.stderr).toMatch(/it has \d+(\.\d)? MiB resident, and may have 80 MiB \(--max-rss\)/)
  // Its request goes on, others are answered by the new worker.
  const answer = await get(gantry, '/?new')
  expect(Number(answer.values('x-worker')[0])).toBe(
    Number(/worker 2 is ready \(pid (\d+)\)/.exec(gantry.stderr)?.[1]),
  )
  gate.letOne()
  expect((await connection.readResponse()).status).toBe(200)
  await until(
    () => gantry.stdout.includes('[worker 1] exit handlers ran'),
    DEADLINE_MS,
    () => gantry.stderr,
  )

  expect((await get(gantry, `/keep_and_wait?250:${gate.port}`)).status).toBe(502)
  await gantry.logged(/worker 3 is ready/)
  expect(gantry.stderr).toMatch(
    /worker 2 died and is replaced.*: process \d+ ended: gantry killed it: it has 2\d\d(\.\d)? MiB resident, and --max-rss-hard is 200 MiB; answered 502: \S+ GET \/keep_and_wait/,
  )
  expect((await get(gantry, '/?still')).text).toBe('still')
})

test('a worker whose replacement cannot boot goes on; when the code is mended it is replaced', async () => {
  using directory = new TemporaryDirectory()
  const write = (answer: string): void =>
    writeFileSync(
      directory.join('site.py'),
      `def application(environ, start_response):\n    start_response("200 OK", [])\n    return [b${answer}]\n`,
    )
  write('"first"')
  await using gantry = await startGantry(
    ['site.py', '--chdir', directory.path, '--workers', '1', '--max-worker-age', '1s'],
    { env: FIXTURE_ENVIRONMENT },
  )
  write('"unended')
  await gantry.logged(/worker 3 cannot start, the next try is in 200 ms, meanwhile 1 worker goes on: .*/)
  expect(gantry.stderr.match(/^ {4}SyntaxError/gm)).toHaveLength(1)
  expect((await get(gantry, '/')).text).toBe('first')
  write('"second"')
  await gantry.logged(/worker 1 .* retires/)
  expect((await get(gantry, '/')).text).toBe('second')
})
