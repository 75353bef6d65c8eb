// The same answer from node:http by itself. Argument: the port.

import { createServer } from 'node:http'

const body = Buffer.alloc(1024, 'x')

createServer((request, response) => {
  if (request.url !== '/1k') {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, {
    'Content-Type': 'text/plain',
    'Content-Length': String(body.length),
    Server: 'node',
  })
  response.end(body)
}).listen(Number(process.argv[2]), '127.0.0.1')
