// The open-loop load: its figures must not flatter a server that stands still.

import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { describeLatencies } from '../../bench/faults/clients/latencies.ts'
import { SteadyLoad } from '../../bench/faults/clients/steady-load.ts'

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'
const STALL_MS = 400

/** A server that answers each request by `answer`, which is given what to send and how often it was asked before. */
async function serve(answer: (send: (text: string) => void, before: number) => void) {
  let asked = 0
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', () => answer((text) => socket.write(text), asked++))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { port, asked: () => asked, [Symbol.dispose]: () => void server.close() }
}

test('requests that fall due while the server stands still are charged for the wait, though they were sent later', async () => {
  using server = await serve((send, before) => setTimeout(() => send(ANSWER), before === 0 ? STALL_MS : 0))
  using load = await SteadyLoad.open(server.port, 1)
  const { answered, p50Us, maxUs } = await load.measure(100, 0.5)
  expect(answered).toBe(50)
  expect(server.asked()).toBe(50)
  expect(maxUs).toBeGreaterThanOrEqual(STALL_MS * 1000 * 0.99)
  // 40 of the 50 fell due during the stall; the one in the middle waited for half of it.
  expect(p50Us).toBeGreaterThan((STALL_MS / 4) * 1000)
})

test('an answer in pieces is one answer; another status than 200, or an end before the answer, is an error', async () => {
  const halves = [ANSWER.slice(0, 20), ANSWER.slice(20)] as const
  using server = await serve((send, before) => {
    if (before % 2 === 0) send(ANSWER.replace('200', '503'))
    else {
      send(halves[0])
      setTimeout(() => send(halves[1]), 5)
    }
  })
  using load = await SteadyLoad.open(server.port, 2)
  expect(await load.measure(100, 0.2)).toMatchObject({ answered: 10, errors: 10, unanswered: 0 })
})

test('p50 and p99 are values that occurred: the smallest that at least that share does not pass', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(describeLatencies(hundred)).toEqual({ p50Us: 50, p99Us: 99, maxUs: 100 })
  expect(describeLatencies([7])).toEqual({ p50Us: 7, p99Us: 7, maxUs: 7 })
  expect(describeLatencies([])).toEqual({ p50Us: 0, p99Us: 0, maxUs: 0 })
})
