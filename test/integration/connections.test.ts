// What one connection, one address and all clients together may bring, and how long they may take for it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { get, getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { RawConnection } from '../harness/raw-connection.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 15_000
const HELLO = getRequest('/answers_hello')

const start = (...options: string[]): Promise<GantryProcess> =>
  startFixtures(['--workers', '1', '--threads', '2', ...options])

const openFrom = (gantry: GantryProcess, localAddress: string): Promise<RawConnection> =>
  RawConnection.open({ host: '127.0.0.1', port: gantry.port, localAddress })

describe('clients that are too many', () => {
  // A server for each: the connections of the one before may not have gone altogether yet.
  const startSmall = (): Promise<GantryProcess> =>
    start('--max-connections', '4', '--max-connections-per-address', '2')

  test('of one address are answered 503 with Retry-After and closed; others and those before are served', async () => {
    await using gantry = await startSmall()
    using first = await openFrom(gantry, '127.0.0.1')
    using second = await openFrom(gantry, '127.0.0.1')
    expect((await first.request(HELLO)).status).toBe(200)
    expect((await second.request(HELLO)).status).toBe(200)
    using third = await openFrom(gantry, '127.0.0.1')
    const refusal = await third.readResponse()
    expect([refusal.status, refusal.values('Retry-After'), refusal.values('Connection')]).toEqual([
      503,
      ['1'],
      ['close'],
    ])
    await third.ended()
    using other = await openFrom(gantry, '127.0.0.2')
    expect((await other.request(HELLO)).status).toBe(200)
    expect((await first.request(HELLO)).status).toBe(200)
    await gantry.logged(/from 127\.0\.0\.1: 503 .*the limit is --max-connections-per-address\n/)
  })

  test('in all are answered 503 and closed; who leaves makes room', async () => {
    await using gantry = await startSmall()
    const connections = await Promise.all(
      ['127.0.0.1', '127.0.0.1', '127.0.0.2', '127.0.0.2'].map((address) => openFrom(gantry, address)),
    )
    for (const connection of connections) expect((await connection.request(HELLO)).status).toBe(200)
    using excess = await openFrom(gantry, '127.0.0.3')
    expect((await excess.readResponse()).status).toBe(503)
    await gantry.logged(/503 .*the limit is --max-connections\n/)
    for (const connection of connections) connection.close()
    const isServed = async (): Promise<boolean> => (await get(gantry, '/answers_hello')).status === 200
    await until(isServed, DEADLINE_MS, () => 'nobody is served after the others left')
  })
})

describe('one connection', () => {
  let gantry: GantryProcess
  beforeAll(async () => {
    gantry = await start('--max-requests-per-connection', '3', '--max-pipelined-bytes', '1KiB')
  })
  afterAll(() => gantry[Symbol.asyncDispose]())

  test('brings --max-requests-per-connection requests; the last says that it is closed', async () => {
    using connection = await openConnection(gantry)
    connection.send(HELLO.repeat(4))
    const answers = [
      await connection.readResponse(),
      await connection.readResponse(),
      await connection.readResponse(),
    ]
    expect(answers.map((answer) => answer.values('Connection'))).toEqual([[], [], ['close']])
    await connection.ended()
    expect(connection.received.length).toBe(0)
    await gantry.logged(/closed a connection from 127\.0\.0\.1; the limit is --max-requests-per-connection\n/)
  })

  test('is not read while --max-pipelined-bytes wait, and goes on when its turn comes', async () => {
    using gate = await Gate.start()
    using connection = await openConnection(gantry)
    connection.send(getRequest(`/waits_at_the_gate?${gate.port}:first`))
    await gate.arrived(1)
    // Far more than the system's buffers between two sockets of one machine hold: it can only be sent if somebody reads.
    const flood = `POST /reads_its_body?read HTTP/1.1\r\nHost: test.example\r\nContent-Length: 30000000\r\n\r\n${'x'.repeat(30_000_000)}`
    connection.send(flood)
    // The front answers others in between, and so has had its turns to read on.
    for (let i = 0; i < 50; i++) expect((await get(gantry, '/answers_hello')).status).toBe(200)
    expect(connection.socket.writableLength).toBeGreaterThan(10_000_000)
    await gantry.logged(/pipelined requests yet of 127\.0\.0\.1; the limit is --max-pipelined-bytes\n/)
    gate.open()
    expect((await connection.readResponse()).text).toBe('first')
    expect((await connection.readResponse('POST')).status).toBe(200)
  })
})

describe('a client that is slow', () => {
  let gantry: GantryProcess
  beforeAll(async () => {
    gantry = await start(
      ...[
        '--head-timeout',
        '1s',
        '--body-timeout',
        '2s',
        '--min-body-rate',
        '1000',
        '--min-write-rate',
        '64MiB',
      ],
      ...['--write-timeout', '2s', '--idle-timeout', '1s'],
    )
  })
  afterAll(() => gantry[Symbol.asyncDispose]())

  /** Sends `piece` every `everyMs` until the server ends the connection. Returns the answer. */
  async function drip(connection: RawConnection, piece: string, everyMs: number): Promise<number> {
    const timer = setInterval(() => connection.send(piece), everyMs)
    try {
      return (await connection.readResponse()).status
    } finally {
      clearInterval(timer)
    }
  }

  test('with its head, byte by byte, is answered 408 all the same', async () => {
    using connection = await openConnection(gantry)
    connection.send('GET / HTTP/1.1\r\nX-Slow: ')
    expect(await drip(connection, 'x', 100)).toBe(408)
    await gantry.logged(/408 .*\(HEAD_TIMEOUT\); the limit is --head-timeout/)
  })

  test('with its body, without ever pausing, is answered 408: --min-body-rate', async () => {
    using connection = await openConnection(gantry)
    connection.send('POST /reads_its_body?read HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n\r\n')
    expect(await drip(connection, 'xxxxxxxxxx', 100)).toBe(408)
    await gantry.logged(/408 .*\(BODY_TOO_SLOW\); the limit is --min-body-rate/)
  })

  test('but keeps the rate is served', async () => {
    using connection = await openConnection(gantry)
    connection.send('POST /reads_its_body?read HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10000\r\n\r\n')
    let left = 10_000
    const timer = setInterval(() => {
      connection.send('x'.repeat(Math.min(left, 250)))
      left -= 250
      if (left <= 0) clearInterval(timer)
    }, 100)
    expect((await connection.readResponse('POST')).status).toBe(200)
    clearInterval(timer)
  })

  test('with taking its answer, without ever stopping, is reset: --min-write-rate', async () => {
    using connection = await openConnection(gantry)
    connection.send(getRequest('/streams_many_bytes?50000000'))
    await connection.receive((received) => received.includes('\r\n\r\n'))
    // A megabyte four times a second: never a pause that is long, and far from what is demanded.
    let taken = 0
    connection.socket.on('data', (data: Buffer) => {
      taken += data.length
      if (taken >= 1_000_000) connection.socket.pause()
    })
    const timer = setInterval(() => {
      taken = 0
      connection.socket.resume()
    }, 250)
    try {
      await gantry.logged(
        /cut an answer to 127\.0\.0\.1: .*\(ANSWER_TAKEN_TOO_SLOWLY\); the limit is --min-write-rate/,
        DEADLINE_MS,
      )
    } finally {
      clearInterval(timer)
    }
  })

  test('to send another request is closed without an answer after --idle-timeout', async () => {
    using connection = await openConnection(gantry)
    expect((await connection.request(HELLO)).status).toBe(200)
    await connection.ended()
    expect(connection.received.length).toBe(0)
  })
})
