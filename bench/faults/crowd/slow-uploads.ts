// Request bodies of 1 MB that take their time. Four of five bring a little more than --min-body-rate asks for, so that they stay
// for as long as they like; the fifth brings less. Every other one begins with enough for a file in the spool directory.
import type { Behaviour } from './population.ts'

const HEAD = 'POST /count HTTP/1.1\r\nHost: slow.test\r\nContent-Length: 1000000\r\n\r\n'
const SPOOLED = Buffer.alloc(80 * 1024, 'x')
const ENOUGH = Buffer.alloc(300, 'x')
const TOO_LITTLE = Buffer.alloc(100, 'x')

export function slowUploads(pieceEveryMs = 1000): Behaviour {
  return function sendSlowUpload(socket, index) {
    socket.write(HEAD)
    if (index % 2 === 0) socket.write(SPOOLED)
    const piece = index % 5 === 4 ? TOO_LITTLE : ENOUGH
    const timer = setInterval(() => socket.write(piece), pieceEveryMs)
    socket.once('close', () => clearInterval(timer))
    return undefined
  }
}
