// Both logs as a server opens them, by the options of its command line.

import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { resolve } from '../../src/config/resolve.ts'
import { Observation } from '../../src/server/observation.ts'
import type { AccessRecord } from '../../src/wsgi/access-record.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

let directory: TemporaryDirectory
beforeEach(() => (directory = new TemporaryDirectory()))
afterEach(() => directory[Symbol.dispose]())

const RECORD: AccessRecord = {
  timeMs: 0,
  id: 'id-1',
  remoteAddress: '192.0.2.1',
  method: 'GET',
  target: '/a?b',
  protocol: 'HTTP/1.1',
  queueMs: 0,
  applicationMs: 0,
  transferMs: 0,
  servedBy: undefined,
  details: [],
  status: 200,
  bodyBytes: 5,
  durationMs: 1,
  referer: '',
  userAgent: '',
  code: undefined,
}

/** What stands in both logs after something was told on each level, and of a request. */
async function written(
  ...options: readonly string[]
): Promise<{ readonly error: string; readonly access: string }> {
  const [error, access] = [directory.join('error.log'), directory.join('access.log')]
  const argv = ['shop', '--error-log', error, '--access-log', access, ...options]
  const resolution = resolve({ argv, env: {} })
  if (resolution.kind !== 'settings') throw new Error(JSON.stringify(resolution))
  const observation = new Observation(resolution.settings)
  for (const level of ['debug', 'info', 'warning', 'error'] as const) observation.log[level](`at ${level}`)
  observation.accessLog?.record(RECORD)
  await observation.close()
  return { error: readFileSync(error, 'utf8'), access: readFileSync(access, 'utf8') }
}

describe('--log-level', () => {
  test.each([
    ['debug', ['debug', 'info', 'warning', 'error']],
    ['info', ['info', 'warning', 'error']],
    ['warning', ['warning', 'error']],
    ['error', ['error']],
    ['critical', ['error']],
  ])('%s is the least that is told', async (level, told) => {
    const { error } = await written('--log-level', level)
    expect([...error.matchAll(/ at (\w+)$/gm)].map(([, each]) => each)).toEqual(told)
  })
})

describe('--access-log-format', () => {
  test.each([
    ["gunicorn's atoms", ['--access-log-format', '%(m)s %(U)s %(s)s %(B)s'], /^GET \/a 200 5\n$/],
    ['common', ['--access-log-format', 'common'], /^192\.0\.2\.1 .*"GET \/a\?b HTTP\/1\.1" 200 5\n$/],
    ['json', ['--access-log-format', 'json'], /^\{.*"target":"\/a\?b".*\}\n$/],
    ['json, as the error log is', ['--log-format', 'json'], /^\{.*"target":"\/a\?b".*\}\n$/],
    ['its own line otherwise', [], /^192\.0\.2\.1 .* id-1 - 0\.000 0\.000 0\.000 -\n$/],
  ])('says how lines are written: %s', async (_, options, line) => {
    expect((await written(...options)).access).toMatch(line)
  })
})
