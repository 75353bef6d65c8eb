// How a gateway comes to its end: nothing that was accepted is lost as long as there is time for it, and what is given up is told so.

import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/wsgi/exchange.ts'
import { getRequest } from '../../harness/fixtures.ts'
import type { RawConnection } from '../../harness/raw-connection.ts'
import { until } from '../../harness/until.ts'
import { OK, TestGateway, answerWith } from '../gateway.ts'

const DEADLINE_MS = 10_000
const LONG_MS = 60_000
const HELLO = Buffer.from('hello')
const GET = getRequest('/')

/** A gateway that answers at once, and a connection that has brought one request. */
async function startKept(): Promise<{ gateway: TestGateway; idle: RawConnection }> {
  const gateway = await TestGateway.start([], (exchange) => answerWith(exchange, HELLO))
  const idle = await gateway.connect()
  expect((await idle.request(GET)).values('Connection')).toEqual([])
  return { gateway, idle }
}

const answered = async (connection: RawConnection): Promise<readonly unknown[]> => {
  const response = await connection.request(GET)
  await connection.ended()
  return [response.status, response.values('Connection'), connection.wasReset]
}

const FOR_THE_LAST_TIME = [200, ['close'], false]

describe('a lame duck', () => {
  test('serves who is connected and who connects, each once more', async () => {
    const kept = await startKept()
    await using gateway = kept.gateway
    using fresh = await gateway.connect()
    gateway.server.beginLameDuck()
    using late = await gateway.connect()
    for (const connection of [kept.idle, fresh, late])
      expect(await answered(connection)).toEqual(FOR_THE_LAST_TIME)
  })
})

describe('a server that stops', () => {
  test('lets idle connections bring one more request for as long as it is told to, and takes no new ones', async () => {
    const kept = await startKept()
    await using gateway = kept.gateway
    using quiet = await gateway.connect()
    await quiet.request(GET)
    const stopped = gateway.server.stop({ idleMs: 1_000, requestMs: LONG_MS })
    expect(await answered(kept.idle)).toEqual(FOR_THE_LAST_TIME)
    await expect(gateway.connect()).rejects.toThrow(/ECONNREFUSED/)
    expect(quiet.hasEnded).toBe(false)
    await quiet.ended()
    await stopped
    expect(quiet.wasReset).toBe(false)
  })

  test('that is told so again ends within the nearer time', async () => {
    const kept = await startKept()
    await using gateway = kept.gateway
    const stopped = gateway.server.stop({ idleMs: LONG_MS, requestMs: LONG_MS })
    void gateway.server.stop({ idleMs: 0, requestMs: LONG_MS })
    await kept.idle.ended()
    await stopped
  })

  test('closes idle connections at once without that time, but not those that were just made', async () => {
    const kept = await startKept()
    await using gateway = kept.gateway
    using fresh = await gateway.connect()
    const stopped = gateway.server.stop({ idleMs: 0, requestMs: LONG_MS })
    await kept.idle.ended()
    expect(await answered(fresh)).toEqual(FOR_THE_LAST_TIME)
    await stopped
  })

  test('answers a request that follows an answer begun before, and the pipelined ones', async () => {
    const waiting: Exchange[] = []
    await using gateway = await TestGateway.start([], (exchange) => waiting.push(exchange))
    using connection = await gateway.connect()
    connection.send(GET.repeat(2))
    const handled = (count: number): Promise<void> =>
      until(
        () => waiting.length === count,
        DEADLINE_MS,
        () => `${waiting.length} requests are handed over`,
      )
    await handled(1)
    waiting[0]!.begin(OK)
    const stopped = gateway.server.stop({ idleMs: 0, requestMs: LONG_MS })
    waiting[0]!.write(HELLO)
    // It is certain by then that idle connections are closed.
    await new Promise((resolve) => setTimeout(resolve, 600))
    waiting[0]!.end()
    await handled(2)
    answerWith(waiting[1]!, HELLO)
    const answers = [await connection.readResponse(), await connection.readResponse()]
    expect(answers.map((answer) => [answer.text, answer.values('Connection')])).toEqual([
      ['hello', []],
      ['hello', ['close']],
    ])
    await stopped
  })

  test('cancels what goes on for too long: 503, or the answer is cut; each is told and reported', async () => {
    const gone: string[] = []
    const exchanges = new Map<string, Exchange>()
    await using gateway = await TestGateway.start([], (exchange) => {
      exchanges.set(exchange.target, exchange)
      exchange.onGone = () => gone.push(exchange.target)
    })
    const opened = await Promise.all([1, 2, 3].map(() => gateway.connect()))
    const [waiting, begun, sending] = opened as [RawConnection, RawConnection, RawConnection]
    waiting.send(getRequest('/waiting'))
    begun.send(getRequest('/begun'))
    sending.send(getRequest('/sending', 'Content-Length: 10').replace('GET', 'POST'))
    await until(
      () => exchanges.size === 2,
      DEADLINE_MS,
      () => 'the requests are not handed over',
    )
    exchanges.get('/begun')!.begin(OK)
    exchanges.get('/begun')!.write(HELLO)
    await begun.receive((received) => received.includes('hello'))
    await gateway.server.stop({ idleMs: 0, requestMs: 100 })

    for (const connection of [waiting, sending]) {
      const response = await connection.readResponse()
      expect([response.status, response.values('Retry-After'), response.values('Connection')]).toEqual([
        503,
        ['1'],
        ['close'],
      ])
    }
    expect((await begun.readResponse()).isComplete).toBe(false)
    expect(gone.toSorted()).toEqual(['/begun', '/waiting'])
    expect(gateway.reports.toSorted()).toEqual([
      'cancelled GET /begun',
      'cancelled GET /waiting',
      'cancelled POST /sending',
    ])
    expect(gateway.records.map(({ status, code }) => [status, code]).toSorted()).toEqual([
      [200, 'GANTRY_SERVER_STOPPED'],
      [503, 'GANTRY_SERVER_STOPPED'],
      [503, 'GANTRY_SERVER_STOPPED'],
    ])
  })
})
