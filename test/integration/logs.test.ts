// Both logs as they are written by a running server: what the application prints, rotation, JSON, colours.

import { spawnSync } from 'node:child_process'
import { readFileSync, renameSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FIXTURES, FIXTURE_ENVIRONMENT, get } from '../harness/fixtures.ts'
import { type GantryProcess, MAIN, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 15_000

type Entry = Readonly<Record<string, unknown>>

const directory = new TemporaryDirectory()
const errorLog = directory.join('error.log')
const accessLog = directory.join('access.log')
let gantry: GantryProcess
beforeAll(async () => {
  const logs = ['--error-log', errorLog, '--log-format', 'json', '--access-log', accessLog]
  gantry = await startGantry(['prints', '--chdir', FIXTURES, '--workers', '1', ...logs], {
    env: FIXTURE_ENVIRONMENT,
  })
})
afterAll(async () => {
  await gantry[Symbol.asyncDispose]()
  directory[Symbol.dispose]()
})

/** Every line is an object, or this throws. */
const entriesIn = (file: string): Entry[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Entry)

/** What the application has printed for a request, once the access log tells of the request, and its id. */
async function printedFor(target: string, count: number): Promise<{ entries: Entry[]; id: unknown }> {
  const start = entriesIn(errorLog).length
  expect((await get(gantry, target)).status).toBe(200)
  const printed = (): Entry[] =>
    entriesIn(errorLog)
      .slice(start)
      .filter(({ worker }) => worker === 1)
  const record = (): Entry | undefined => entriesIn(accessLog).findLast((entry) => entry['target'] === target)
  await until(
    () => printed().length >= count && record() !== undefined,
    DEADLINE_MS,
    () => `${printed().length} lines: ${JSON.stringify(printed())}`,
  )
  return { entries: printed(), id: record()!['request'] }
}

describe('what the application prints', () => {
  test('is in its order, with its stream and its request, whether print() or logging wrote it', async () => {
    const { entries, id } = await printedFor('/in_turn', 40)
    const numbers = Array.from({ length: 20 }, (_, number) => number)
    expect(entries.map(({ stream, message }) => [stream, message])).toEqual(
      numbers.flatMap((number) => [
        ['stdout', `printed ${number}`],
        ['stderr', `INFO logged ${number}`],
      ]),
    )
    expect(new Set(entries.map(({ request }) => request))).toEqual(new Set([id]))
  })

  test('comes with the end of its line, or of its request', async () => {
    const { entries } = await printedFor('/in_parts', 1)
    expect(entries.map(({ message }) => message)).toEqual(['one, two'])
  })

  test('comes in pieces where a line is very long', async () => {
    const { entries } = await printedFor('/long', 2)
    await until(
      () => entriesIn(errorLog).filter(({ message }) => /^x+$/.test(String(message))).length >= 2,
      DEADLINE_MS,
      () => 'the rest did not come',
    )
    const pieces = entriesIn(errorLog).map(({ message }) => String(message).length)
    expect(Math.max(...pieces)).toBeLessThan(300_000)
    expect(entries.length).toBeGreaterThan(1)
  })

  test('has no request where its thread has none, and other processes are heard too', async () => {
    const { entries } = await printedFor('/elsewhere', 3)
    const told = entries.map(({ stream, message, request }) => [stream, message, request])
    expect(told.toSorted()).toEqual(
      [
        ['stdout', 'on a thread of its own', undefined],
        ['stdout', 'by another process', undefined],
        ['stderr', 'to the descriptor', undefined],
      ].toSorted(),
    )
  })

  test('forges nothing', async () => {
    const { entries } = await printedFor('/hostile', 1)
    expect(entries.map(({ message }) => message)).toEqual(['\u001b[2J\r\u009b1m forged \u202e'])
    expect(readFileSync(errorLog, 'utf8').replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  })
})

test('SIGUSR1 opens both files anew, in the supervisor and in its fronts', async () => {
  await get(gantry, '/in_parts')
  for (const file of [errorLog, accessLog]) renameSync(file, `${file}.1`)
  gantry.child.kill('SIGUSR1')
  const isThere = (): boolean => {
    try {
      return entriesIn(errorLog).length > 0 && entriesIn(accessLog).length > 0
    } catch {
      return false
    }
  }
  await until(
    async () => {
      await get(gantry, '/in_parts')
      return isThere()
    },
    DEADLINE_MS,
    () => 'they are not there',
  )
  expect(await gantry.stop()).toMatchObject({ code: 0 })
  // Of the supervisor.
  expect(entriesIn(errorLog).some(({ message }) => String(message).startsWith('stopping (SIGTERM)'))).toBe(
    true,
  )
  expect(entriesIn(accessLog).at(-1)).toMatchObject({ status: 200, worker: 1 })
  const told = entriesIn(errorLog).map(({ message }) => String(message))
  expect(told.at(-1)).toMatch(/^stopped after .*: \d+ requests, none failed; no worker died$/)
})

test('a terminal has colours, and NO_COLOR takes them away', () => {
  const program = `
import os, pty, sys, re, signal, subprocess
def run(env):
    main, side = pty.openpty()
    child = subprocess.Popen(sys.argv[1:], stdin=side, stdout=side, stderr=side, env={**os.environ, **env})
    os.close(side)
    seen = b""
    while True:
        try:
            data = os.read(main, 65536)
        except OSError:
            break
        seen += data
        # The line of its own: while it boots, one that is rewritten has the word, too.
        if b"ready\\r\\n" in seen and b"stopping" not in seen:
            child.send_signal(signal.SIGTERM)
    child.wait()
    return seen
print(b"\\x1b[34m   info" in run({"NO_COLOR": ""}), b"\\x1b" in run({"NO_COLOR": "1"}))
`
  const command = [process.execPath, MAIN, 'prints', '--chdir', FIXTURES, '--bind', '127.0.0.1:0']
  const env = { ...process.env, ...FIXTURE_ENVIRONMENT, TERM: 'xterm', FORCE_COLOR: undefined }
  const ran = spawnSync('python3', ['-c', program, ...command, '--workers', '1'], {
    encoding: 'utf8',
    env,
    timeout: 60_000,
  })
  expect(ran.stderr + ran.stdout).toBe('True False\n')
})
