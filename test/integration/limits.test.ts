// Limits: each answers its own status, closes or keeps the connection as --help says, and the log names the option that set it.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { openFilesIn } from '../harness/open-files.ts'
import { until } from '../harness/until.ts'

const spool = mkdtempSync(join(tmpdir(), 'gantry-limits-'))
const SIZES = [
  ...['--spool-dir', spool, '--body-memory-bytes', '0'],
  ...['--max-request-line-bytes', '100', '--max-header-bytes', '200'],
  ...['--max-head-bytes', '400', '--max-headers', '10', '--max-body-bytes', '100KiB'],
  ...['--max-trailer-bytes', '100', '--max-chunk-extension-bytes', '100'],
]
const TIMES = ['--head-timeout', '300ms', '--body-timeout', '300ms', '--idle-timeout', '300ms']
const SPOOLING = ['--body-memory-bytes', '0', '--spool-bytes']
const SPOOL_BYTES = 100_000

let gantry: GantryProcess
let impatient: GantryProcess
beforeAll(async () => {
  const started = [SIZES, [...TIMES, ...SPOOLING, String(SPOOL_BYTES)]].map((options) =>
    startFixtures(['--workers', '1', '--threads', '2', ...options]),
  )
  const [first, second] = await Promise.all(started)
  gantry = first!
  impatient = second!
})
afterAll(async () => {
  await Promise.all([gantry[Symbol.asyncDispose](), impatient[Symbol.asyncDispose]()])
  rmSync(spool, { recursive: true })
})

const head = (...fields: string[]): string => getRequest('/answers_hello', ...fields)
const post = (...fields: string[]): string =>
  head(...fields).replace('GET /answers_hello', 'POST /reads_its_body?read')
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `X-${index}: y`)
const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`

describe('what is too large', () => {
  test.each([
    ['--max-request-line-bytes', 414, getRequest(`/answers_hello?${'x'.repeat(100)}`)],
    ['--max-header-bytes', 431, head(`X-Long: ${'x'.repeat(200)}`)],
    ['--max-head-bytes', 431, head(`X-1: ${'x'.repeat(190)}`, `X-2: ${'x'.repeat(190)}`)],
    ['--max-headers', 431, head(...numbered(10))],
    ['--max-body-bytes', 413, post('Content-Length: 102401')],
    [
      '--max-trailer-bytes',
      431,
      `${post('Transfer-Encoding: chunked')}0\r\nX-Trailer: ${'x'.repeat(100)}\r\n\r\n`,
    ],
    [
      '--max-chunk-extension-bytes',
      400,
      `${post('Transfer-Encoding: chunked')}5;x=${'y'.repeat(100)}\r\nhello\r\n0\r\n\r\n`,
    ],
  ])('%s answers %i, closes the connection, and is named in the log', async (option, status, raw) => {
    const start = gantry.stderr.length
    using connection = await openConnection(gantry)
    const answer = await connection.request(raw)
    expect([answer.status, answer.values('Connection')]).toEqual([status, ['close']])
    await connection.ended()
    await gantry.logged(
      new RegExp(`^[^]{${start},}refused a request.* ${status} .*the limit is ${option}\\n`),
    )
  })

  test('--max-body-bytes counts a chunked body too', async () => {
    using connection = await openConnection(gantry)
    const raw = post('Transfer-Encoding: chunked') + chunk(60_000) + chunk(60_000)
    expect((await connection.request(raw)).status).toBe(413)
    await connection.ended()
  })

  test.each([
    [
      '--max-request-line-bytes',
      getRequest(`/answers_hello?${'x'.repeat(100 - 'GET /answers_hello? HTTP/1.1'.length)}`),
    ],
    ['--max-headers', head(...numbered(9))],
    ['--max-body-bytes', `${post('Content-Length: 102400')}${'x'.repeat(102_400)}`],
    ['--max-body-bytes', `${post('Transfer-Encoding: chunked')}${chunk(60_000)}${chunk(42_400)}0\r\n\r\n`],
  ])('%s is the largest that still passes', async (_option, raw) => {
    using connection = await openConnection(gantry)
    expect((await connection.request(raw)).status).toBe(200)
    expect((await connection.request(head())).text).toBe('hello')
  })
})

describe('what takes too long', () => {
  test.each([
    ['--head-timeout', head().slice(0, -2)],
    ['--body-timeout', `${post('Content-Length: 10')}hello`],
  ])('%s answers 408, closes the connection, and is named in the log', async (option, raw) => {
    const start = impatient.stderr.length
    using connection = await openConnection(impatient)
    const answer = await connection.request(raw)
    expect([answer.status, answer.values('Connection')]).toEqual([408, ['close']])
    await connection.ended()
    await impatient.logged(new RegExp(`^[^]{${start},} 408 .*the limit is ${option}\\n`))
  })

  test('--idle-timeout closes the connection without an answer', async () => {
    using connection = await openConnection(impatient)
    expect((await connection.request(head())).text).toBe('hello')
    await connection.ended()
    expect(connection.received).toHaveLength(0)
  })
})

test('a body that --spool-bytes have no room for is answered 503, and the connection closed', async () => {
  const bodyOf = (bytes: number): string => post(`Content-Length: ${bytes}`) + 'x'.repeat(bytes)
  using fitting = await openConnection(impatient)
  expect((await fitting.request(bodyOf(SPOOL_BYTES))).status).toBe(200)
  using connection = await openConnection(impatient)
  const answer = await connection.request(bodyOf(SPOOL_BYTES + 100_000))
  expect([answer.status, answer.values('Retry-After'), answer.values('Connection')]).toEqual([
    503,
    [expect.stringMatching(/^\d+$/)],
    ['close'],
  ])
  await connection.ended()
})

test('a body that --body-memory-bytes have room for needs none in the spool, a larger one does', async () => {
  const options = ['--workers', '1', '--threads', '1', '--spool-bytes', '0', '--body-memory-bytes', '512KiB']
  await using server = await startFixtures(options)
  const statusOf = async (bytes: number): Promise<number> => {
    using connection = await openConnection(server)
    return (await connection.request(post(`Content-Length: ${bytes}`) + 'x'.repeat(bytes))).status
  }
  expect([await statusOf(524_288), await statusOf(524_289), await statusOf(400_000)]).toEqual([200, 503, 200])
})

describe('--spool-dir', () => {
  test('holds large bodies until their requests are over, and nothing of them afterwards', async () => {
    using gate = await Gate.start()
    const files = (): string[] => [
      ...readdirSync(spool, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name),
      ...(process.platform === 'linux' ? openFilesIn(spool, gantry.frontPid) : []),
    ]
    expect(files()).toEqual([])
    using connection = await openConnection(gantry)
    const target = `POST /waits_with_its_body?${gate.port}`
    connection.send(
      post('Content-Length: 102400').replace('POST /reads_its_body?read', target) + 'x'.repeat(102_000),
    )
    await until(
      () => files().length > 0,
      5_000,
      () => 'nothing is spooled',
    )
    connection.send('x'.repeat(400))
    await gate.arrived(1)
    gate.open()
    expect((await connection.readResponse('POST')).text).toBe('102400')
    await until(
      () => files().length === 0,
      5_000,
      () => files().join(),
    )
  })
})
