// The access log on real files. What the lines look like is in access-line.test.ts, how they are gathered in line-writer.test.ts.

import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { platform } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseLogTarget } from '../../../src/config/log-target.ts'
import { GantryError } from '../../../src/errors.ts'
import { type AccessLog, openAccessLog } from '../../../src/observe/access/access-log.ts'
import { SYSTEM_CLOCK } from '../../../src/observe/clock.ts'
import { Teller } from '../../../src/observe/teller.ts'
import type { AccessRecord } from '../../../src/wsgi/access-record.ts'
import { type RecordedLog, recordedLog } from '../../harness/recorded-log.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'
import { until } from '../../harness/until.ts'

let directory: TemporaryDirectory
let path: string
let log: RecordedLog
let teller: Teller

beforeEach(() => {
  directory = new TemporaryDirectory()
  path = directory.join('access.log')
  log = recordedLog()
  teller = new Teller(SYSTEM_CLOCK)
})
afterEach(() => directory[Symbol.dispose]())

function open(target = path): AccessLog {
  const parsed = parseLogTarget('stdout')(target, { startDirectory: '/', temporaryDirectory: '/' })
  if (!parsed.ok) throw new Error(parsed.expected)
  const format = { kind: 'gantry' } as const
  const origin = 'flag --access-log'
  return openAccessLog({ target: parsed.value, format, origin, log, teller, clock: SYSTEM_CLOCK })
}

const record = (id: string, target = '/'): AccessRecord => ({
  timeMs: 0,
  id,
  remoteAddress: '192.0.2.1',
  method: 'GET',
  target,
  protocol: 'HTTP/1.1',
  queueMs: 0,
  applicationMs: 0,
  transferMs: 0,
  servedBy: undefined,
  details: [],
  status: 200,
  bodyBytes: 0,
  durationMs: 1,
  referer: '',
  userAgent: '',
  code: undefined,
})

/** Ids of the lines in a file, in their order. */
const idsIn = (file: string): string[] =>
  [...readFileSync(file, 'latin1').matchAll(/ (\S+) - 0\.000 0\.000 0\.000 -\n/g)].map((m) => m[1]!)

describe('the access log', () => {
  test('adds to what is in its file, which others may not read', async () => {
    writeFileSync(directory.join('old.log'), 'of yesterday old - 0.000 0.000 0.000 -\n')
    const old = open(directory.join('old.log'))
    const fresh = open()
    for (const one of [old, fresh]) one.record(record('new'))
    await Promise.all([old.close(), fresh.close()])
    expect([idsIn(directory.join('old.log')), idsIn(path)]).toEqual([['old', 'new'], ['new']])
    expect(statSync(path).mode & 0o007).toBe(0)
  })

  test('writes by itself, in order, without being closed', async () => {
    const access = open()
    const ids = Array.from({ length: 2_000 }, (_, index) => String(index))
    for (const id of ids) access.record(record(id))
    await until(
      () => idsIn(path).length === ids.length,
      5_000,
      () => `${idsIn(path).length} lines were written`,
    )
    expect(idsIn(path)).toEqual(ids)
    await access.close()
  })

  test('goes on in a new file on reopen, when the old one was renamed, and loses nothing', async () => {
    const access = open()
    for (let index = 0; index < 900; index++) {
      access.record(record(String(index), `/${'x'.repeat(500)}`))
      if (index === 300 || index === 600) {
        renameSync(path, `${path}.${index}`)
        access.reopen()
        await until(
          () => statSync(path, { throwIfNoEntry: false }) !== undefined,
          5_000,
          () => 'no new file',
        )
      }
    }
    await access.close()
    const files = [`${path}.300`, `${path}.600`, path].map(idsIn)
    expect(files.every((ids) => ids.length > 0)).toBe(true)
    expect(files.flat()).toEqual(Array.from({ length: 900 }, (_, index) => String(index)))
    expect(log.lines).toEqual([])
  })

  test('is written before flushNow returns', async () => {
    const access = open()
    access.record(record('one'))
    access.flushNow()
    expect(idsIn(path)).toEqual(['one'])
    access.record(record('two'))
    access.flushNow()
    expect(idsIn(path)).toEqual(['one', 'two'])
    await access.close()
    expect(idsIn(path)).toEqual(['one', 'two'])
  })
})

describe('what cannot be written', () => {
  const openingError = (target: string): unknown => {
    try {
      open(target)
    } catch (error) {
      return error
    }
    return undefined
  }

  test('is an error of the start that says where it was named', () => {
    const missing = directory.join('missing/access.log')
    for (const target of [missing, directory.path]) {
      const error = openingError(target)
      expect(error).toBeInstanceOf(GantryError)
      expect(error).toMatchObject({ code: 'GANTRY_ACCESS_LOG_FAILED', exitStatus: 1 })
      expect((error as Error).message).toContain(`flag --access-log: cannot write the access log ${target}: `)
    }
  })

  test.skipIf(platform() !== 'linux')('is told once, and the lines are kept for the next try', async () => {
    const access = open('/dev/full')
    access.record(record('one'))
    await until(
      () => log.lines.length > 0,
      5_000,
      () => 'no line in the log',
    )
    expect(log.lines).toEqual([
      expect.stringMatching(/^error cannot write the access log \/dev\/full, which is tried again: ENOSPC/),
    ])
    await access.close()
    expect(log.lines.at(-1)).toBe(
      'error 1 line of the access log /dev/full could not be written before the end',
    )
  })

  test('a named pipe that nobody reads does not hold the start', () => {
    execFileSync('mkfifo', [path])
    expect(openingError(path)).toMatchObject({ code: 'GANTRY_ACCESS_LOG_FAILED' })
  })

  test('a named pipe that is not emptied costs lines, and neither memory nor the end', async () => {
    execFileSync('mkfifo', [path])
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const access = open()
    const line = record('one', `/${'x'.repeat(8_000)}`)
    for (let count = 0; count < 1_000; count++) access.record(line)
    expect(log.lines).toEqual([expect.stringMatching(/^warning .* takes lines more slowly than they come/)])
    await until(
      () => readSync(reader, Buffer.alloc(100)) === 100,
      5_000,
      () => 'nothing came',
    )
    await access.close()
    closeSync(reader)
    teller.finish()
    expect(log.lines).toContainEqual(
      expect.stringMatching(/^warning .* lost \d+ more lines in the last \d+ s$/),
    )
    expect(log.lines).toContainEqual(
      expect.stringMatching(/^error \d+ lines of the access log .* before the end$/),
    )
  })
})
