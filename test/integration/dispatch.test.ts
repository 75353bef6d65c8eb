// Which request gets a thread, and when: nobody waits behind a slow one while a thread is free; otherwise first come, first served.

import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { frontHasRead, get, getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import type { RawConnection } from '../harness/raw-connection.ts'
import { seededRandom } from '../harness/random.ts'
import { until } from '../harness/until.ts'

const FAST = getRequest('/sleeps_as_told')
const SLOW_MS = 1_200
const SLOW = getRequest(`/sleeps_as_told?${SLOW_MS}`)
// Behind a slow request a fast one takes about SLOW_MS; the rest of the way to here is room for a busy machine.
const LONGEST_FAST_MS = SLOW_MS / 2
const CONNECTIONS = 48

const openMany = (gantry: GantryProcess): Promise<RawConnection[]> =>
  Promise.all(Array.from({ length: CONNECTIONS }, () => openConnection(gantry)))

async function timed(connection: RawConnection, request: string): Promise<number> {
  const start = performance.now()
  const { status } = await connection.request(request)
  expect(status).toBe(200)
  return performance.now() - start
}

/** Enough fast requests that the pool sends several at once to a thread, whatever was slow before. */
async function warmUp(connections: readonly RawConnection[]): Promise<void> {
  const rounds = Math.ceil(1_600 / CONNECTIONS)
  await Promise.all(
    connections.map(async (connection) => {
      for (let round = 0; round < rounds; round++) await connection.request(FAST)
    }),
  )
}

/** Holds the only thread of a gantry until the gate opens. */
async function holdThread(gantry: GantryProcess, gate: Gate): Promise<RawConnection> {
  const connection = await openConnection(gantry)
  connection.send(atTheGate(gate, 'first'))
  await gate.arrived(1)
  return connection
}

const atTheGate = (gate: Gate, name: string): string => getRequest(`/waits_at_the_gate?${gate.port}:${name}`)

describe('while a thread is free', () => {
  test('no fast request waits behind a slow one, neither in bursts nor in a mix of 1 % slow ones', async () => {
    // More threads than connections: one is always free.
    await using gantry = await startFixtures(['--workers', '2', '--threads', '32'])
    const connections = await openMany(gantry)
    const random = seededRandom(20)

    for (let burst = 0; burst < 4; burst++) {
      await warmUp(connections)
      const slowAt = Math.floor(random() * CONNECTIONS)
      const slow = timed(connections[slowAt]!, SLOW)
      const fast = connections
        .filter((_, index) => index !== slowAt)
        .map((connection) => timed(connection, FAST))
      expect(Math.max(...(await Promise.all(fast)))).toBeLessThan(LONGEST_FAST_MS)
      expect(await slow).toBeGreaterThanOrEqual(SLOW_MS)
    }

    await warmUp(connections)
    const fastTimes: number[] = []
    let slowCount = 0
    const sendMix = async (connection: RawConnection): Promise<void> => {
      for (let request = 0; request < 60; request++) {
        const isSlow = random() < 0.01
        const took = await timed(connection, isSlow ? SLOW : FAST)
        if (isSlow) slowCount++
        else fastTimes.push(took)
      }
    }
    await Promise.all(connections.map(sendMix))
    expect(slowCount).toBeGreaterThan(5)
    expect(Math.max(...fastTimes)).toBeLessThan(LONGEST_FAST_MS)
    for (const connection of connections) connection.close()
  })

  test('nor does one whose thread came late to read what it was sent', async () => {
    await using gantry = await startFixtures(['--workers', '1', '--threads', '64'])
    const connections = await openMany(gantry)
    const worker = Number((await get(gantry, '/raises_to_exit?pid')).text)
    for (let burst = 0; burst < 5; burst++) {
      await warmUp(connections)
      // Stopped, the worker gets requests and the demand to give them back at the same time.
      process.kill(worker, 'SIGSTOP')
      const [slow, ...fast] = connections
      const answers = [timed(slow!, SLOW), ...fast.map((connection) => timed(connection, FAST))]
      const sentAtMs = performance.now()
      await frontHasRead(gantry)
      await until(
        () => performance.now() - sentAtMs >= 20,
        5_000,
        () => 'the clock stands still',
      )
      process.kill(worker, 'SIGCONT')
      const [, ...fastTimes] = await Promise.all(answers)
      expect(Math.max(...fastTimes)).toBeLessThan(LONGEST_FAST_MS)
    }
    for (const connection of connections) connection.close()
  })
})

describe('while no thread is free', () => {
  test('requests wait in the order in which they came', async () => {
    using gate = await Gate.start()
    await using gantry = await startFixtures(['--workers', '1', '--threads', '1'])
    const held = await holdThread(gantry, gate)
    const names = ['second', 'third', 'fourth', 'fifth']
    const connections = await Promise.all(names.map(() => openConnection(gantry)))
    for (const [index, name] of names.entries()) {
      connections[index]!.send(atTheGate(gate, name))
      await frontHasRead(gantry)
    }
    gate.open()
    const texts = await Promise.all([held, ...connections].map((connection) => connection.readResponse()))
    expect(texts.map(({ text }) => text)).toEqual(['first', ...names])
    expect(gate.names.map((name) => name.split(' ')[0])).toEqual(['first', ...names])
    for (const connection of [held, ...connections]) connection.close()
  })

  test('one request more than may wait is answered 503 with Retry-After, and its connection kept', async () => {
    using gate = await Gate.start()
    await using gantry = await startFixtures(['--workers', '1', '--threads', '1', '--queue-size', '2'])
    using held = await holdThread(gantry, gate)
    using second = await openConnection(gantry)
    using third = await openConnection(gantry)
    for (const connection of [second, third]) {
      connection.send(FAST)
      await frontHasRead(gantry)
    }
    using fourth = await openConnection(gantry)
    const refused = await fourth.request(FAST)
    expect([refused.status, refused.values('Retry-After')]).toEqual([503, [expect.stringMatching(/^\d+$/)]])
    await gantry.logged(/ warning .*2 requests wait already.*503.*\/sleeps_as_told.*GANTRY_QUEUE_FULL/)

    gate.open()
    const answers = await Promise.all([held, second, third].map((connection) => connection.readResponse()))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await fourth.request(FAST)).status).toBe(200)
  })

  // A connection that is reset is surely gone; one that is closed may be only half closed, so that takes longer to tell.
  const leavings = [
    { how: 'resets its connection', leave: (socket: Socket) => socket.resetAndDestroy(), waitMs: 0 },
    { how: 'closes its connection', leave: (socket: Socket) => socket.destroy(), waitMs: 250 },
  ]
  test.each(leavings)('a request whose client $how leaves the queue unserved', async ({ leave, waitMs }) => {
    using gate = await Gate.start()
    await using gantry = await startFixtures(['--workers', '1', '--threads', '1'])
    using held = await holdThread(gantry, gate)
    const leaving = await openConnection(gantry)
    leaving.send(atTheGate(gate, 'leaves'))
    await frontHasRead(gantry)
    leave(leaving.socket)
    const leftAtMs = performance.now()
    using stays = await openConnection(gantry)
    stays.send(atTheGate(gate, 'stays'))
    await frontHasRead(gantry)
    await until(
      () => performance.now() - leftAtMs >= waitMs,
      5_000,
      () => 'the clock stands still',
    )

    gate.open()
    expect((await held.readResponse()).text).toBe('first')
    expect((await stays.readResponse()).text).toBe('stays')
    expect(gate.names.map((name) => name.split(' ')[0])).toEqual(['first', 'stays'])
    await gantry.logged(/ info .*client left.*leaves/)
    expect((await get(gantry, '/sleeps_as_told')).text).toBe('awake')
  })
})
