// A program: opens keep-alive connections, sends one request on each and then leaves them idle.
// Arguments: port, count. Prints how many are open; after a line on stdin prints it again and ends.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const AT_ONCE = 100
const ADDRESSES = 8
const ANSWER_WITHIN_MS = 10_000
/** A server that lets no more in is not asked for all the others, each of which would have to be waited for. */
const MOST_FAILURES = 100
const REQUEST = 'GET /1k HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
const BODY_BYTES = 1024

const [port = 0, count = 0] = process.argv.slice(2).map(Number)
const open = new Set<Socket>()

let left = count
let failures = 0
await Promise.all(Array.from({ length: AT_ONCE }, openSome))
process.stdout.write(`${open.size}\n`)
await once(process.stdin, 'data')
process.stdout.write(`${open.size}\n`)
process.exit(0)

async function openSome(): Promise<void> {
  while (left-- > 0 && failures < MOST_FAILURES) await openOne()
}

/** Done when the answer has come, or when it is clear that none will. */
async function openOne(): Promise<void> {
  // From several addresses, as so many clients from a single one may be more than a server lets in.
  const localAddress = `127.0.0.${1 + (open.size % ADDRESSES)}`
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  open.add(socket)
  socket.on('error', () => socket.destroy())
  socket.on('close', () => open.delete(socket))
  socket.once('close', () => failures++)
  await new Promise<void>((resolve) => {
    const deadline = setTimeout(() => socket.destroy(), ANSWER_WITHIN_MS)
    const settle = (): void => {
      clearTimeout(deadline)
      resolve()
    }
    let answer = ''
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1')
      const headEnd = answer.indexOf('\r\n\r\n')
      if (headEnd !== -1 && answer.length >= headEnd + 4 + BODY_BYTES) settle()
    })
    socket.once('close', settle)
    socket.write(REQUEST)
  })
  // An idle connection is still read, or its end would go unnoticed.
  socket.removeAllListeners('data').resume()
}
