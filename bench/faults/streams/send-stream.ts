// Sends one random stream over a connection of its own, and sees to it that it ends.
import { connect, type Socket } from 'node:net'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'

import type { RandomStream } from './random-stream.ts'

/** `hung`: the server had not ended the connection at the deadline. */
export type StreamOutcome = 'ended' | 'hung' | 'refused'

export async function sendStream(
  port: number,
  { pieces, ending, deafMs }: RandomStream,
  deadlineMs: number,
): Promise<StreamOutcome> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  const outcome = watch(socket, deadlineMs)
  for (const piece of pieces) {
    // A server that has refused the rest need not read it.
    if (socket.destroyed) break
    socket.write(piece)
    await turn()
  }
  if (ending === 'half-close') socket.end()
  if (deafMs > 0) await Promise.race([sleep(deafMs, undefined, { ref: false }), outcome])
  if (ending === 'close') socket.destroySoon()
  if (ending === 'reset') socket.resetAndDestroy()
  socket.resume()
  return await outcome
}

function watch(socket: Socket, deadlineMs: number): Promise<StreamOutcome> {
  return new Promise((resolve) => {
    let outcome: StreamOutcome = 'refused'
    const timer = setTimeout(() => {
      outcome = 'hung'
      socket.destroy()
    }, deadlineMs)
    socket.once('connect', () => (outcome = 'ended'))
    socket.on('error', () => undefined) // 'close' follows
    socket.on('end', () => socket.end())
    socket.once('close', () => {
      clearTimeout(timer)
      resolve(outcome)
    })
  })
}
