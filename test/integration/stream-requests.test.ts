// --stream-requests: the application starts at the head and reads the body as it arrives. Its client is held back by it, and never
// answered as if its body were complete when it is not.

import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { frontHasRead, openConnection, startFixtures } from '../harness/fixtures.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { peakMemoryBytes } from '../harness/processes.ts'
import type { RawConnection } from '../harness/raw-connection.ts'
import { until } from '../harness/until.ts'

const MEGABYTE = 1_048_576
const OPTIONS = ['--workers', '1', '--threads', '4', '--stream-requests', '/']
const BODY_TIMEOUT_MS = 300

let gantry: GantryProcess
let impatient: GantryProcess
beforeAll(async () => {
  const started = [
    startFixtures(OPTIONS),
    startFixtures([...OPTIONS, '--body-timeout', `${BODY_TIMEOUT_MS}ms`]),
  ]
  const [first, second] = await Promise.all(started)
  gantry = first!
  impatient = second!
})
afterAll(async () => {
  await Promise.all([gantry[Symbol.asyncDispose](), impatient[Symbol.asyncDispose]()])
})

const head = (target: string, ...fields: readonly string[]): string =>
  `${[`POST ${target} HTTP/1.1`, 'Host: test.example', ...fields].join('\r\n')}\r\n\r\n`
const sized = (target: string, bytes: number): string => head(target, `Content-Length: ${bytes}`)
const chunked = (target: string): string => head(target, 'Transfer-Encoding: chunked')
const GET_HELLO = 'GET /answers_hello HTTP/1.1\r\nHost: test.example\r\n\r\n'

let marks = 0
/** An application that tells what it reads, and the mark under which it does. */
const telling = (
  way: 'answers-first' | 'reads-first',
): { readonly target: string; readonly mark: string } => {
  const mark = `reading-${++marks}`
  return { target: `/tells_how_its_reading_ends?${way}:${mark}`, mark }
}
const told = (mark: string, what: string): RegExp => new RegExp(`${mark}: ${what}\\n`)
const echoed = (connection: RawConnection, text: string): Promise<boolean> =>
  connection.receive((received) => received.includes(text))

/** Sends `count` copies of `block` as fast as the peer takes them, until it closes the connection. */
async function pour({ socket }: RawConnection, block: Buffer, count: number): Promise<void> {
  const closed = new Promise((resolve) => socket.once('close', resolve))
  for (let sent = 0; sent < count && socket.writable; sent++) {
    if (!socket.write(block))
      await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))])
  }
}

describe('the application', () => {
  test('is started by the head, and gets each piece when it arrives', async () => {
    using connection = await openConnection(gantry)
    connection.send(sized('/echoes_its_body', 11))
    expect(await echoed(connection, 'begun\n')).toBe(true)
    connection.send('first ')
    expect(await echoed(connection, 'first ')).toBe(true)
    connection.send('piece')
    const response = await connection.readResponse('POST')
    expect([response.status, response.text, response.isComplete]).toEqual([200, 'begun\nfirst piece', true])
    expect((await connection.request(GET_HELLO)).text).toBe('hello')
  })

  test('gets the chunks of a chunked body when they arrive', async () => {
    using connection = await openConnection(gantry)
    connection.send(`${chunked('/echoes_its_body')}6\r\nfirst \r\n`)
    expect(await echoed(connection, 'first ')).toBe(true)
    connection.send('5\r\npiece\r\n0\r\n\r\n')
    expect((await connection.readResponse('POST')).text).toBe('begun\nfirst piece')
    expect((await connection.request(GET_HELLO)).text).toBe('hello')
  })

  test('can send 20 MB back while they come in', async () => {
    const block = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 7) % 251))
    const count = (20 * MEGABYTE) / block.length
    using connection = await openConnection(gantry)
    connection.send(sized('/echoes_its_body', count * block.length))
    await pour(connection, block, 1)
    // The answer has begun, and goes on with what was sent, long before the request is complete.
    expect(await connection.receiveBytes(block.length)).toBe(true)
    const [response] = await Promise.all([
      connection.readResponse('POST'),
      pour(connection, block, count - 1),
    ])
    const expected = createHash('sha256').update('begun\n')
    for (let sent = 0; sent < count; sent++) expected.update(block)
    expect(createHash('sha256').update(response.body).digest('hex')).toBe(expected.digest('hex'))
  })

  test('is not started twice, nor is a next request, before its body is read', async () => {
    using connection = await openConnection(gantry)
    connection.send(`${sized('/echoes_its_body', 4)}body${GET_HELLO}`)
    expect((await connection.readResponse('POST')).text).toBe('begun\nbody')
    expect((await connection.readResponse()).text).toBe('hello')
  })
})

describe('an application that answers without reading', () => {
  test.each([
    ['a body that has arrived', `${sized('/ignores_its_body', 5)}hello`],
    ['a chunked body', `${chunked('/ignores_its_body')}5\r\nhello\r\n0\r\n\r\n`],
  ])('leaves the connection usable after %s', async (_, raw) => {
    using connection = await openConnection(gantry)
    expect((await connection.request(raw)).text).toBe('ignored')
    expect((await connection.request(GET_HELLO)).text).toBe('hello')
  })

  test('leaves it usable when the rest comes later, which is no request', async () => {
    using connection = await openConnection(gantry)
    const rest = 'GET /shows_environ HTTP/1.1\r\nHost: smuggled\r\n\r\n'
    expect((await connection.request(sized('/ignores_its_body', rest.length))).text).toBe('ignored')
    connection.send(rest + GET_HELLO)
    expect((await connection.readResponse()).text).toBe('hello')
  })

  test('has the connection closed behind it when the rest is too long to be worth reading', async () => {
    using connection = await openConnection(gantry)
    const response = await connection.request(sized('/ignores_its_body', 100 * MEGABYTE))
    expect([response.text, response.isComplete]).toEqual(['ignored', true])
    await Promise.all([pour(connection, Buffer.alloc(65_536), 1_600), connection.ended()])
    expect(connection.received).toHaveLength(0)
  })
})

describe('Expect: 100-continue', () => {
  test('is answered at the first read and not before', async () => {
    using gate = await Gate.start()
    using connection = await openConnection(gantry)
    connection.send(
      head(`/reads_after_the_gate?${gate.port}:reader`, 'Content-Length: 5', 'Expect: 100-continue'),
    )
    await gate.arrived(1)
    await frontHasRead(gantry)
    expect(connection.received).toHaveLength(0)
    gate.open()
    expect(await echoed(connection, '\r\n\r\n')).toBe(true)
    expect(connection.received.toString('latin1')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    const response = await connection.request('hello', 'POST')
    expect([response.status, response.text.split(' ')[0]]).toEqual([200, '5'])
    expect((await connection.request(GET_HELLO)).text).toBe('hello')
  })

  test('is not answered at all when the application answers without reading, and the connection closed', async () => {
    using connection = await openConnection(gantry)
    const raw = head('/ignores_its_body', 'Content-Length: 5', 'Expect: 100-continue')
    const response = await connection.request(raw)
    expect([response.status, response.interim, response.values('Connection')]).toEqual([200, [], ['close']])
    await connection.ended()
  })

  test('is not answered when the body is on its way already', async () => {
    using connection = await openConnection(gantry)
    const raw = head('/echoes_its_body', 'Content-Length: 5', 'Expect: 100-continue')
    const response = await connection.request(`${raw}hello`)
    expect([response.interim, response.text]).toEqual([[], 'begun\nhello'])
  })
})

describe('a body that is not completed', () => {
  const leavings = [
    { how: 'resets its connection', leave: ({ socket }: RawConnection) => void socket.resetAndDestroy() },
    { how: 'closes its connection', leave: (connection: RawConnection) => connection.close() },
  ]
  test.each(leavings)(
    'because the client $how: the read raises, and close() is called',
    async ({ leave }) => {
      const { target, mark } = telling('reads-first')
      const connection = await openConnection(gantry)
      connection.send(`${sized(target, 100)}hello`)
      await gantry.logged(told(mark, '5 bytes'))
      leave(connection)
      await gantry.logged(new RegExp(`${mark}: connection error\\n[^]*${mark}: closed\\n`))
      expect(gantry.stderr).not.toMatch(told(mark, 'end'))
    },
  )

  test('harms nobody but its request: every thread serves again', async () => {
    for (let client = 0; client < 6; client++) {
      const { target, mark } = telling('answers-first')
      const connection = await openConnection(gantry)
      connection.send(`${sized(target, 100)}hello`)
      await echoed(connection, 'begun')
      connection.close()
      await gantry.logged(told(mark, 'closed'))
    }
    using connection = await openConnection(gantry)
    expect((await connection.request(GET_HELLO)).text).toBe('hello')
    expect(gantry.stderr).not.toMatch(/GANTRY_WORKER_CRASHED/)
  })

  test('because a chunk is malformed: 400 where nothing was answered, and the read raises', async () => {
    const { target, mark } = telling('reads-first')
    using connection = await openConnection(gantry)
    connection.send(`${chunked(target)}5\r\nhello\r\n`)
    await gantry.logged(told(mark, '5 bytes'))
    connection.send('x\r\n')
    const response = await connection.readResponse('POST')
    expect([response.status, response.values('Connection')]).toEqual([400, ['close']])
    await connection.ended()
    await gantry.logged(told(mark, 'connection error'))
    await gantry.logged(told(mark, 'closed'))
  })

  test('because a chunk is malformed: the answer is cut where it has begun', async () => {
    const { target, mark } = telling('answers-first')
    using connection = await openConnection(gantry)
    connection.send(`${chunked(target)}5\r\nhello\r\n`)
    await gantry.logged(told(mark, '5 bytes'))
    connection.send('x\r\n')
    const response = await connection.readResponse('POST')
    expect([response.status, response.text, response.isComplete]).toEqual([200, 'begun\n', false])
    await connection.ended()
    await gantry.logged(told(mark, 'connection error'))
  })

  test('because the client only closes its sending side: 400, and the read raises', async () => {
    const { target, mark } = telling('reads-first')
    using connection = await openConnection(gantry)
    connection.send(`${sized(target, 100)}hello`)
    await gantry.logged(told(mark, '5 bytes'))
    connection.socket.end()
    expect((await connection.readResponse('POST')).status).toBe(400)
    await gantry.logged(told(mark, 'connection error'))
  })

  test('because it comes too slowly: 408, and the read raises', async () => {
    const { target, mark } = telling('reads-first')
    using connection = await openConnection(impatient)
    const response = await connection.request(`${sized(target, 100)}hello`)
    expect([response.status, response.values('Connection')]).toEqual([408, ['close']])
    await impatient.logged(/ 408 .*the limit is --body-timeout\n/)
    await impatient.logged(told(mark, 'connection error'))
  })
})

describe('an application that takes its time', () => {
  test('is not waited for at the expense of its client', async () => {
    using gate = await Gate.start()
    using connection = await openConnection(impatient)
    connection.send(sized(`/reads_after_the_gate?${gate.port}:late`, 5))
    await gate.arrived(1)
    const startMs = performance.now()
    await until(
      () => performance.now() - startMs > 3 * BODY_TIMEOUT_MS,
      5_000,
      () => 'the clock stands still',
    )
    await frontHasRead(impatient)
    gate.open()
    connection.send('hello')
    expect((await connection.readResponse('POST')).text).toMatch(/^5 /)
  })

  test.runIf(process.platform === 'linux')(
    'holds its client back, so that 200 MB cost no memory',
    async () => {
      using gate = await Gate.start()
      const block = Buffer.alloc(65_536, 'x')
      const count = (200 * MEGABYTE) / block.length
      const before = peakMemoryBytes(gantry.frontPid)
      using connection = await openConnection(gantry)
      connection.send(sized(`/reads_after_the_gate?${gate.port}:slow`, count * block.length))
      const pouring = pour(connection, block, count)
      await gate.arrived(1)
      await stalled(connection)
      gate.open()
      const [response] = await Promise.all([connection.readResponse('POST'), pouring])
      const digest = createHash('sha256')
      for (let sent = 0; sent < count; sent++) digest.update(block)
      expect(response.text).toBe(`${count * block.length} ${digest.digest('hex')}`)
      expect(peakMemoryBytes(gantry.frontPid) - before).toBeLessThan(64 * MEGABYTE)
    },
  )
})

/** Resolves when nobody takes what the client sends, though there is more of it. */
async function stalled({ socket }: RawConnection): Promise<void> {
  let left = 0
  const hasStalled = async (): Promise<boolean> => {
    const before = left
    await frontHasRead(gantry)
    left = socket.bytesWritten - socket.writableLength
    return left === before && socket.writableLength > 0
  }
  await until(hasStalled, 15_000, () => `the client could send ${left} bytes and more`)
}

describe('a route', () => {
  const CHUNKS = '5\r\nhello\r\n0\r\n\r\n'

  /** Whether the request reaches the application before its body does: then its length is not known. */
  async function isStreamed(server: GantryProcess, target: string): Promise<boolean> {
    using connection = await openConnection(server)
    const { status, body } = await connection.request(`${chunked(target)}${CHUNKS}`)
    expect(status).toBe(200)
    const { CONTENT_LENGTH: length } = JSON.parse(body.toString('utf8')) as Record<string, string>
    expect(length).toBeOneOf(['5', undefined])
    return length === undefined
  }

  test('holds its own path and all below it, by whole segments', async () => {
    const routes = ['--stream-requests', '/shows_environ/upload,/shows_environ/b/c']
    await using server = await startFixtures(['--workers', '1', '--threads', '2', ...routes])
    for (const path of ['/upload', '/upload/', '/upload/x', '/upload?x', '/upload/x/y?z', '/b/c'])
      expect(await isStreamed(server, `/shows_environ${path}`), path).toBe(true)
    for (const path of [
      '',
      '/uploads',
      '/uploads/x',
      '/upload.x',
      '/uploa',
      '/Upload',
      '/b',
      '/x/upload',
      '/?/upload',
    ])
      expect(await isStreamed(server, `/shows_environ${path}`), path).toBe(false)
  })

  test('is a path as the client sends it, --script-name included', async () => {
    const routes = ['--script-name', '/shop', '--stream-requests', '/shop/shows_environ']
    await using server = await startFixtures(['--workers', '1', '--threads', '2', ...routes])
    expect(await isStreamed(server, '/shop/shows_environ')).toBe(true)
    expect(await isStreamed(server, '/shop/shows_environ/x')).toBe(true)
    expect(await isStreamed(server, '/shows_environ')).toBe(false)
  })

  test('leaves requests outside of it to be handed over complete', async () => {
    using gate = await Gate.start()
    await using server = await startFixtures([
      '--workers',
      '1',
      '--threads',
      '2',
      '--stream-requests',
      '/elsewhere',
    ])
    using connection = await openConnection(server)
    connection.send(`${sized(`/reads_after_the_gate?${gate.port}:complete`, 10)}hello`)
    await frontHasRead(server)
    expect(gate.names).toEqual([])
    connection.send('hello')
    await gate.arrived(1)
    gate.open()
    expect((await connection.readResponse('POST')).text).toMatch(/^10 /)
  })
})
