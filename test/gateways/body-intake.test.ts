// The time that a client has for its body.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { BodyIntake } from '../../src/gateways/body-intake.ts'
import type { ServerContext } from '../../src/gateways/server-context.ts'
import { TimerWheel } from '../../src/gateways/timer-wheel.ts'
import { DEADLINE_MS, TestSpool, numberedBytes } from '../harness/spools.ts'
import { until } from '../harness/until.ts'

const BODY_TIMEOUT_MS = 1_000
// More than may wait for the disk: the client is not read on until some of it is written.
const MUCH_BYTES = 300_000

let spool: TestSpool
beforeEach(() => void (spool = new TestSpool('named')))
afterEach(() => spool[Symbol.dispose]())

function intakeAndEvents() {
  const events: string[] = []
  const wheel = new TimerWheel(100, 64, 0)
  const times = { bodyTimeoutMs: BODY_TIMEOUT_MS, minBodyRate: 0 }
  const server = { times, spool: spool.directory, wheel } as unknown as ServerContext
  const intake = new BodyIntake(server, {
    pauseReading: () => events.push('paused'),
    resumeReading: () => events.push('resumed'),
    sendContinue: () => events.push('continue'),
    bodyExpired: (code) => events.push(code),
    bodyFailed: (error) => events.push(error.code),
  })
  const passTime = (): void => {
    for (let nowMs = wheel.nowMs; nowMs <= 5 * BODY_TIMEOUT_MS; nowMs += 100) {
      wheel.advance(nowMs)
      wheel.lookAtSome(Number.POSITIVE_INFINITY)
    }
  }
  return { intake, events, passTime }
}

test('is over when the body is complete, although the disk still has some of it to write', async () => {
  const { intake, events, passTime } = intakeAndEvents()
  intake.beginWhole(MUCH_BYTES, false)
  intake.take(numberedBytes(MUCH_BYTES))
  expect(events).toEqual(['paused'])
  await intake.finishWhole()
  await until(
    () => events.includes('resumed'),
    DEADLINE_MS,
    () => 'the client is never read on: nobody would see it leave',
  )
  // However long the application takes now.
  passTime()
  expect(events).toEqual(['paused', 'resumed'])
  intake.end()
})

test('goes on when the disk has written what it was behind with', async () => {
  const { intake, events, passTime } = intakeAndEvents()
  intake.beginWhole(2 * MUCH_BYTES, false)
  intake.take(numberedBytes(MUCH_BYTES))
  passTime()
  expect(events).toEqual(['paused'])
  await until(
    () => events.includes('resumed'),
    DEADLINE_MS,
    () => 'the client is never read on',
  )
  passTime()
  expect(events).toEqual(['paused', 'resumed'])
  intake.end()
})
