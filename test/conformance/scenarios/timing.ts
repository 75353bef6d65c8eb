// Data that does not wait: W17, W30, W44; and requests that run at the same time: W8, W49.

import { expect } from 'vitest'
import { Gate } from '../../harness/gate.ts'
import { until } from '../../harness/until.ts'
import { rawRequest } from '../conformance-case.ts'
import type { Scenario } from '../conformance-case.ts'
import type { Target } from '../target.ts'

async function receivesEachBlock(target: Target, how: 'yields' | 'writes'): Promise<void> {
  using gate = await Gate.start()
  using connection = await target.open()
  connection.send(rawRequest('waits_between_blocks', { target: `?${how}:${gate.port}` }))
  for (let number = 0; number < 3; number++) {
    // The application goes on only when this block is here.
    const block = `data: ${number}\n\n`
    expect(await connection.receive((received) => received.includes(block))).toBe(true)
    await gate.arrived(number + 1)
    gate.letOne()
  }
  const response = await connection.readResponse()
  expect(response.chunks.map(String)).toEqual(['data: 0\n\n', 'data: 1\n\n', 'data: 2\n\n'])
}

export const timingScenarios: readonly Scenario[] = [
  {
    id: 'W44',
    rule: 'every yielded block is on its way before the next one is asked for',
    run: (target) => receivesEachBlock(target, 'yields'),
  },
  {
    id: 'W30',
    rule: 'write(data) sends the data before it returns, and never waits for the iterable',
    run: (target) => receivesEachBlock(target, 'writes'),
  },
  {
    id: 'W17',
    rule: 'text of wsgi.errors is in the log while the request still runs',
    run: async (target) => {
      using gate = await Gate.start()
      using connection = await target.open()
      const start = target.log().length
      connection.send(rawRequest('writes_to_errors', { target: `?${gate.port}` }))
      await gate.arrived(1)
      const logged = (): string => target.log().slice(start)
      await until(() => /a line begun\n/.test(logged()), 5_000, logged)
      gate.open()
      expect((await connection.readResponse()).text).toBe('written')
    },
  },
  {
    id: 'W8',
    rule: 'an application is called concurrently where wsgi.multithread says so, or where it is asynchronous',
    run: async (target) => {
      using gate = await Gate.start()
      const answers = ['one', 'two', 'three'].map((name) =>
        target.request(rawRequest('waits_at_the_gate', { target: `?${gate.port}:${name}` })),
      )
      // All three are inside the application now.
      await gate.arrived(3)
      gate.open()
      const texts = (await Promise.all(answers)).map((answer) => answer.text)
      expect(texts).toEqual(['one', 'two', 'three'])
    },
  },
  {
    id: 'W49',
    rule: 'an exception leaves other requests untouched, running ones included',
    run: async (target) => {
      using gate = await Gate.start()
      const running = target.request(rawRequest('waits_at_the_gate', { target: `?${gate.port}:runs` }))
      await gate.arrived(1)
      expect((await target.request(rawRequest('raises_before_headers'))).status).toBe(500)
      expect((await target.request(rawRequest('raises_after_headers'))).isComplete).toBe(false)
      gate.open()
      expect((await running).text).toBe('runs')
    },
  },
  {
    id: 'W49',
    rule: 'an answer without length that an exception cuts ends with a reset, as closing would make it look whole',
    run: async (target) => {
      using gate = await Gate.start()
      using connection = await target.open()
      connection.send(rawRequest('raises_after_headers', { version: '1.0', target: `?${gate.port}` }))
      // The data must be read before the reset comes: of both at once libuv reports the end alone.
      await connection.receive((received) => received.includes('begun'))
      await gate.arrived(1)
      gate.open()
      const response = await connection.readResponse()
      expect([response.values('Content-Length'), response.values('Transfer-Encoding')]).toEqual([[], []])
      expect(connection.wasReset).toBe(true)
    },
  },
  {
    id: 'W51',
    only: 'python',
    rule: 'SystemExit and KeyboardInterrupt do not end the process that serves',
    run: async (target) => {
      const pid = async (): Promise<string> =>
        (await target.request(rawRequest('raises_to_exit', { target: '?pid' }))).text
      const before = await pid()
      for (const kind of ['SystemExit', 'KeyboardInterrupt', 'later']) {
        await target.request(rawRequest('raises_to_exit', { target: `?${kind}` }))
      }
      expect(await pid()).toBe(before)
    },
  },
  {
    id: 'W15',
    rule: 'reading never gives bytes of the next request',
    run: async (target) => {
      using connection = await target.open()
      const first = rawRequest('reads_its_body', { method: 'POST', target: '?read', body: 'hello' })
      const second = rawRequest('reads_its_body', {
        method: 'POST',
        target: '?read',
        chunks: ['good', 'bye'],
      })
      connection.send(first + second + rawRequest('answers_hello'))
      expect((await connection.readResponse()).text).toContain('"lengths":[5]')
      expect((await connection.readResponse()).text).toContain('"lengths":[7]')
      expect((await connection.readResponse()).text).toBe('hello')
    },
  },
]
