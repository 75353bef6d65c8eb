// One line in the access log for each request, whichever way it ends. What a line looks like is in test/observe/access-line.test.ts.

import { existsSync, readFileSync, renameSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { frontHasRead, get, getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import { type GantryProcess, runGantry } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const LINE =
  /^(?<address>\S+) - - \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "(?<request>[^"]*)" (?<status>\d{3}) (?<bytes>\d+) "(?<referer>[^"]*)" "(?<agent>[^"]*)" (?<ms>\d+\.\d{3}) (?<id>\S+) (?<code>\S+) (?<queue>\d+\.\d{3}) (?<application>\d+\.\d{3}) (?<transfer>\d+\.\d{3}) (?<by>\S+)$/
const LIMITS = [
  '--max-headers',
  '10',
  '--max-body-bytes',
  '1KiB',
  '--head-timeout',
  '500ms',
  '--queue-size',
  '1',
]

type Fields = Readonly<Record<string, string>>

const directory = new TemporaryDirectory()
const path = directory.join('access.log')
let gantry: GantryProcess
beforeAll(async () => {
  gantry = await startFixtures(['--access-log', path, '--workers', '1', '--threads', '1', ...LIMITS])
})
afterAll(async () => {
  await gantry[Symbol.asyncDispose]()
  directory[Symbol.dispose]()
})

function fieldsOf(line: string): Fields {
  const match = LINE.exec(line)
  if (match === null) throw new Error(`no line of an access log: ${line}`)
  return match.groups!
}

const linesIn = (file: string): string[] => readFileSync(file, 'latin1').split('\n').slice(0, -1)

/** What is logged from now on; the probes of the harness left out. */
function watchLog(): (count: number) => Promise<readonly Fields[]> {
  const start = linesIn(path).length
  return async (count) => {
    const fields = (): Fields[] =>
      linesIn(path)
        .slice(start)
        .map(fieldsOf)
        .filter(({ request }) => request !== 'OPTIONS * HTTP/1.1')
    await until(
      () => fields().length >= count,
      5_000,
      () => `${fields().length} of ${count} lines: ${JSON.stringify(fields())}`,
    )
    return fields()
  }
}

/** Sends `raw` on a connection of its own, and waits for the answer and the end of the connection. */
async function refuse(raw: string): Promise<number> {
  using connection = await openConnection(gantry)
  const { status } = await connection.request(raw)
  await connection.ended()
  return status
}

const requestTo = (method: string, target: string, ...fields: readonly string[]): string =>
  getRequest(target, ...fields).replace('GET', method)

describe('a request that is answered', () => {
  test('is a line with address, request line, status, bytes, Referer, User-Agent, time and id', async () => {
    const lines = watchLog()
    using connection = await openConnection(gantry)
    const target = '/answers_hello?a=%22b%22'
    await connection.request(getRequest(target, 'Referer: https://a.example/', 'User-Agent: test "1"'))
    const [line] = await lines(1)
    expect(line).toMatchObject({
      address: '127.0.0.1',
      request: `GET ${target} HTTP/1.1`,
      status: '200',
      bytes: '5',
      referer: 'https://a.example/',
      agent: 'test \\x221\\x22',
      code: '-',
    })
    expect(line!['id']).toMatch(/^[0-9a-z]+-[0-9a-z]+$/)
    expect(Number(line!['ms'])).toBeLessThan(30_000)
    expect(Number(line!['application'])).toBeGreaterThan(0)
    expect(line!['by']).toMatch(/^1\/0\/[1-9]\d*$/)
  })

  test('is one line each on a connection that is kept, in their order, with ids of their own', async () => {
    const lines = watchLog()
    using connection = await openConnection(gantry)
    const post = `${requestTo('POST', '/ignores_its_body', 'Content-Length: 5')}hello`
    connection.send(getRequest('/answers_hello?1') + requestTo('HEAD', '/answers_hello?2') + post)
    for (const method of ['GET', 'HEAD', 'POST']) await connection.readResponse(method)
    const logged = await lines(3)
    expect(logged.map(({ request, status }) => `${request} ${status}`)).toEqual([
      'GET /answers_hello?1 HTTP/1.1 200',
      'HEAD /answers_hello?2 HTTP/1.1 200',
      'POST /ignores_its_body HTTP/1.1 200',
    ])
    expect(logged[1]!['bytes']).toBe('0')
    expect(new Set(logged.map(({ id }) => id)).size).toBe(3)
  })

  test("has the application's status, or 500 where it raised", async () => {
    const lines = watchLog()
    await get(gantry, '/starts_with_a_status?own-reason')
    await get(gantry, '/raises_before_headers')
    expect((await lines(2)).map(({ status, code }) => [status, code])).toEqual([
      ['404', '-'],
      ['500', '-'],
    ])
  })

  test('has the bytes of a body that is streamed', async () => {
    const lines = watchLog()
    const { body } = await get(gantry, '/streams_many_bytes?300000')
    expect((await lines(1))[0]).toMatchObject({ status: '200', bytes: String(body.length) })
  })
})

describe('a request that is refused', () => {
  test.each([
    ['REQUEST_LINE_MALFORMED', 400, 'GET / HTTP/1.1 \x1b[2J"\r\n\r\n', '-'],
    ['TOO_MANY_FIELDS', 431, getRequest('/a', ...Array<string>(10).fill('X-A: b')), 'GET /a HTTP/1.1'],
    ['BODY_TOO_LARGE', 413, requestTo('POST', '/b', 'Content-Length: 1025'), 'POST /b HTTP/1.1'],
    ['HEAD_TIMEOUT', 408, 'GET /c HTTP/1.1\r\nHost: test.exa', 'GET /c HTTP/1.1'],
    ['HEAD_TIMEOUT', 408, 'GET /secret', '-'],
  ])('has the code %s behind its status %i', async (code, status, raw, request) => {
    const lines = watchLog()
    expect(await refuse(raw)).toBe(status)
    const logged = await lines(1)
    expect(logged.map((line) => [line['request'], line['status'], line['code']])).toEqual([
      [request, String(status), code],
    ])
    expect(logged[0]!['address']).toBe('127.0.0.1')
  })
})

describe('a request that nobody serves', () => {
  test('is 503 where the queue is full, and 499 where its client has left', async () => {
    using gate = await Gate.start()
    const lines = watchLog()
    const atTheGate = (name: string): string => getRequest(`/waits_at_the_gate?${gate.port}:${name}`)
    using held = await openConnection(gantry)
    held.send(atTheGate('held'))
    await gate.arrived(1)
    const leaving = await openConnection(gantry)
    leaving.send(atTheGate('leaves'))
    await frontHasRead(gantry)
    expect((await get(gantry, '/answers_hello?full')).status).toBe(503)
    leaving.socket.resetAndDestroy()
    await frontHasRead(gantry)
    gate.open()
    await held.readResponse()
    const statuses = (await lines(3)).map(
      ({ request, status, code }) => `${status} ${request?.split('?')[1] ?? ''} ${code}`,
    )
    expect(statuses.sort()).toEqual([
      expect.stringMatching(/^200 \d+:held /),
      expect.stringMatching(/^499 \d+:leaves /),
      '503 full HTTP/1.1 GANTRY_QUEUE_FULL',
    ])
  })
})

describe('--access-log', () => {
  test('- writes to standard output; at the end everything is written, and what was refused is counted', async () => {
    await using gantry = await startFixtures(['--access-log', '-', '--workers', '1'])
    using connection = await openConnection(gantry)
    for (let count = 0; count < 50; count++) await connection.request(getRequest(`/answers_hello?${count}`))
    using refused = await openConnection(gantry)
    await refused.request('nonsense\r\n\r\n')
    await refused.ended()
    await gantry.stop()
    const requests = gantry.stdout.split('\n').map((line) => LINE.exec(line)?.groups?.['request'])
    expect(requests.slice(0, 50)).toEqual(
      Array.from({ length: 50 }, (_, count) => `GET /answers_hello?${count} HTTP/1.1`),
    )
    expect(gantry.stderr).toMatch(/ info refused since the start: REQUEST_LINE_MALFORMED 1\n/)
  })

  test('is opened anew by SIGUSR1, after it was moved away', async () => {
    const file = directory.join('rotated.log')
    await using gantry = await startFixtures(['--access-log', file, '--workers', '1'])
    const isWritten = async (name: string, target: string): Promise<void> =>
      until(
        () => readFileSync(name, 'latin1').includes(target),
        5_000,
        () => `${target} is not in ${name}`,
      )
    await get(gantry, '/answers_hello?before')
    await isWritten(file, '?before')
    renameSync(file, `${file}.1`)
    gantry.child.kill('SIGUSR1')
    await until(
      () => existsSync(file),
      5_000,
      () => 'the log was not opened anew',
    )
    await get(gantry, '/answers_hello?after')
    await isWritten(file, '?after')
    expect(readFileSync(`${file}.1`, 'latin1')).not.toContain('?after')
  })

  test('is written to its end even if a second signal ends the server at once', async () => {
    using gate = await Gate.start()
    const file = directory.join('killed.log')
    await using gantry = await startFixtures(['--access-log', file, '--workers', '1'])
    using held = await openConnection(gantry)
    held.send(getRequest(`/waits_at_the_gate?${gate.port}:held`))
    await gate.arrived(1)
    for (let count = 0; count < 20; count++) await get(gantry, `/answers_hello?${count}`)
    gantry.child.kill('SIGTERM')
    gantry.child.kill('SIGINT')
    await gantry.exited
    const requests = linesIn(file).map((line) => fieldsOf(line)['request'])
    expect(requests.slice(0, 20)).toEqual(
      Array.from({ length: 20 }, (_, count) => `GET /answers_hello?${count} HTTP/1.1`),
    )
  })

  test('that nobody reads any more does not end the server', async () => {
    await using gantry = await startFixtures(['--access-log', '-', '--workers', '1'])
    gantry.child.stdout?.destroy()
    expect((await get(gantry, '/answers_hello')).text).toBe('hello')
    await gantry.logged(
      / error cannot write the access log on standard output, which is tried again: .*EPIPE/,
    )
    expect((await get(gantry, '/answers_hello')).text).toBe('hello')
    expect((await gantry.stop()).code).toBe(0)
  })

  test('that cannot be opened ends the start with status 1 and says which option named it', async () => {
    const missing = directory.join('missing/access.log')
    const { exit, stderr } = await runGantry(['mount_applications', '--access-log', missing])
    expect(exit.code).toBe(1)
    expect(stderr).toContain(`gantry: flag --access-log: cannot write the access log ${missing}: `)
    expect(stderr).toContain('GANTRY_ACCESS_LOG_FAILED')
  })
})
