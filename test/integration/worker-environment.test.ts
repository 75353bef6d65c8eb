// What a worker process gets from the server, and what the server gets to see of it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { get, getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 10_000

interface ProcessFacts {
  readonly environment: Readonly<Record<string, string>>
}

let gantry: GantryProcess
beforeAll(async () => {
  const options = ['--env', 'FROM_FLAG=a=b, c', '-e', 'REPLACED=by flag', '--env', 'EMPTY=']
  gantry = await startFixtures(['--workers', '1', ...options], {
    env: { INHERITED: 'caf\u00e9', REPLACED: 'inherited' },
  })
})
afterAll(() => gantry[Symbol.asyncDispose]())

describe('the environment of a worker', () => {
  test("holds the server's own variables and those of --env, which win", async () => {
    const { body } = await get(gantry, '/shows_its_process')
    const { environment } = JSON.parse(body.toString('utf8')) as ProcessFacts
    expect(environment).toMatchObject({
      INHERITED: 'caf\u00e9',
      FROM_FLAG: 'a=b, c',
      REPLACED: 'by flag',
      EMPTY: '',
    })
  })
})

describe('what an application prints', () => {
  test('appears at once, line by line, tagged with its worker, on the stream it was printed to', async () => {
    using gate = await Gate.start()
    using connection = await openConnection(gantry)
    connection.send(getRequest(`/prints?${gate.port}`))
    await gate.arrived(1)
    // The request is still running.
    const isPrinted = (): boolean =>
      gantry.stdout.includes('caf\u00e9\n') && gantry.stderr.includes('colour\n')
    await until(isPrinted, DEADLINE_MS, () => `stdout:\n${gantry.stdout}\nstderr:\n${gantry.stderr}`)
    expect(gantry.stdout).toMatch(/^\[worker 1 \S+\] a line for stdout, caf\u00e9\n$/)
    expect(gantry.stderr).toMatch(/\[worker 1 \S+\] a line for stderr\n/)
    expect(gantry.stderr).toMatch(/\[worker 1 \S+\] a line with \\x1b\[31mcolour\n/)
    gate.open()
    expect((await connection.readResponse()).text).toBe('printed')
  })
})

describe('processes that an application starts', () => {
  test('end on SIGTERM and SIGINT as if they had been started from a shell', async () => {
    const { text } = await get(gantry, '/starts_processes')
    expect(text.split('\n')).toEqual([
      'program SIGTERM -15',
      'program SIGINT -2',
      'fork SIGTERM 15',
      'fork SIGINT 130',
      'multiprocessing -15',
    ])
  })
})
