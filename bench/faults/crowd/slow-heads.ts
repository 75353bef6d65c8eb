// Slowloris: a request head that goes on and on, one byte at a time.
import type { Behaviour } from './population.ts'

const BEGINNING = 'GET / HTTP/1.1\r\nHost: slow.test\r\nX-Slow: '

export function slowHeads(byteEveryMs: number): Behaviour {
  return function sendSlowHead(socket) {
    socket.write(BEGINNING)
    const timer = setInterval(() => socket.write('x'), byteEveryMs)
    socket.once('close', () => clearInterval(timer))
    return undefined
  }
}
