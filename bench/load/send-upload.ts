// A program: sends one request body of the given size, never more than the server takes. Arguments: port, bytes.
// Prints the status and the body of the answer, which tells how many bytes the application counted.
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'

const PIECE = Buffer.alloc(64 * 1024, 'x')

const [port = 0, bytes = 0] = process.argv.slice(2).map(Number)
const upload = request({
  host: '127.0.0.1',
  port,
  path: '/count',
  method: 'POST',
  headers: { 'content-length': bytes, 'content-type': 'application/octet-stream' },
})
const answer = new Promise<string>((resolve, reject) => {
  upload.once('error', reject)
  upload.once('response', (response) => {
    text(response).then((body) => resolve(`${response.statusCode ?? 0} ${body}`), reject)
  })
})
// An early refusal resets the connection while the body is still on its way; the answer is what counts.
pipeline(Readable.from(pieces()), upload).catch(() => undefined)
process.stdout.write(`${await answer}\n`)
process.exit(0)

function* pieces(): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= PIECE.length)
    yield left < PIECE.length ? PIECE.subarray(0, left) : PIECE
}
