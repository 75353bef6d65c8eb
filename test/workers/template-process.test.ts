// A template's link: what it is told late, or never.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EndCause } from '../../src/processes/end-cause.ts'
import type { ChildOwner } from '../../src/workers/child.ts'
import { TemplateProcess } from '../../src/workers/template-process.ts'
import { FakeThread } from './fake-thread.ts'
import { POOL_SETTINGS } from './pool-settings.ts'

const CAUSE: EndCause = { text: 'killed', hint: '' }
const READY = { description: 'shop:app', threads: ['"poller"'], sockets: [] }

const told: string[] = []
const signals: unknown[] = []
let child: ChildOwner
let link: FakeThread
let template: TemplateProcess

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  told.length = signals.length = 0
  link = new FakeThread()
  const startChild = (_number: number, owner: ChildOwner): TemplateChild => {
    child = owner
    return new TemplateChild()
  }
  template = new TemplateProcess(1, POOL_SETTINGS, startChild, {
    printed: () => undefined,
    forked: ({ worker, pid }) => told.push(`forked ${worker} ${pid}`),
    forkFailed: ({ worker, reason }) => told.push(`not forked ${worker} ${reason}`),
    workerEnded: ({ worker, status }) => told.push(`ended ${worker} ${status}`),
    causeOf: () => CAUSE,
    exited: () => told.push('exited'),
  })
  template.attach(link.socket)
})
afterEach(() => {
  vi.useRealTimers()
})

class TemplateChild {
  readonly pid = 4711
  readonly hasEnded = false
  readonly whenEnded = Promise.resolve()

  kill(signal: unknown): void {
    signals.push(signal)
  }
}

const becomeReady = (): void => link.send('ready', Buffer.from(JSON.stringify(READY)))
const numbers = (...values: readonly number[]): Buffer =>
  Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value)
      return bytes
    }),
  )

test('is ready with what its import has left open', async () => {
  becomeReady()
  await template.ready
  expect(template.leftOpen).toEqual({ threads: ['"poller"'], sockets: [] })
})

test('that does not say what its import has left open breaks the protocol', () => {
  link.send('ready', Buffer.from('{"description": "shop:app", "threads": []}'))
  expect(link.isClosed).toBe(true)
})

test('is asked for workers, and tells what became of them', () => {
  becomeReady()
  template.fork(7)
  expect(link.sent()).toEqual([{ type: 'fork', payload: numbers(7) }])
  link.send('forked', numbers(7, 99))
  template.fork(8)
  link.send('forkFailed', Buffer.concat([numbers(8), Buffer.from('no memory')]))
  link.send('ended', numbers(7, 99, 9))
  expect(told).toEqual(['forked 7 99', 'not forked 8 no memory', 'ended 7 9'])
  vi.advanceTimersByTime(60_000)
  expect(signals).toEqual([])
})

test('is killed when a fork is not answered in time, counted from the last answer', () => {
  becomeReady()
  template.fork(7)
  template.fork(8)
  vi.advanceTimersByTime(9_000)
  link.send('forked', numbers(7, 99))
  vi.advanceTimersByTime(9_000)
  expect(signals).toEqual([])
  vi.advanceTimersByTime(2_000)
  expect(signals).toEqual(['SIGKILL'])
})

test('what it has said last counts before its end', async () => {
  becomeReady()
  child.ended({ code: 0, signal: null })
  link.send('forked', numbers(7, 99))
  expect(told).toEqual(['forked 7 99'])
  link.socket.destroy()
  await link.closed
  expect(told).toEqual(['forked 7 99', 'exited'])
})

test('its end is told although somebody else holds its link open', async () => {
  becomeReady()
  child.ended({ code: 0, signal: null })
  vi.advanceTimersByTime(1_000)
  await link.closed
  expect(told).toEqual(['exited'])
})
