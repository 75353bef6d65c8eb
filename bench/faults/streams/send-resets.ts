// Connections that send a part of a request, or all of it, and reset before the answer, in the middle of it, or after it.
import { connect } from 'node:net'

import { type Random, randomBetween } from '../../../test/harness/random.ts'
import { inParallel } from '../in-parallel.ts'

const AT_ONCE = 100
const ANSWER_DEADLINE_MS = 10_000
const WHOLE = [
  'GET / HTTP/1.1\r\nHost: reset.test\r\n\r\n',
  'GET /big HTTP/1.1\r\nHost: reset.test\r\n\r\n',
  `POST / HTTP/1.1\r\nHost: reset.test\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(100_000)}`,
  'POST / HTTP/1.1\r\nHost: reset.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
]

/** Resolves with how many could not connect. */
export async function sendResets(port: number, count: number, random: Random): Promise<number> {
  let failed = 0
  await inParallel(AT_ONCE, count, async () => {
    const isWhole = random() < 0.5
    const request = WHOLE[randomBetween(0, WHOLE.length - 1, random)]!
    const sent = isWhole ? request : request.slice(0, randomBetween(0, request.length - 1, random))
    const isAnswered = isWhole && random() < 0.3
    if (!(await resetAfter(port, sent, isAnswered))) failed++
  })
  return failed
}

/** Resolves to false when there was no connection to be had. */
function resetAfter(port: number, sent: string, isAnswered: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let isConnected = false
    const timer = setTimeout(() => socket.resetAndDestroy(), ANSWER_DEADLINE_MS)
    socket.on('error', () => undefined) // 'close' follows
    socket.once('close', () => {
      clearTimeout(timer)
      resolve(isConnected)
    })
    socket.once('connect', () => {
      isConnected = true
      if (isAnswered) socket.once('data', () => socket.resetAndDestroy())
      socket.write(sent, () => isAnswered || socket.resetAndDestroy())
    })
  })
}
