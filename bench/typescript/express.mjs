// Express answering by itself, without its ETag, which nobody else makes. Argument: the port.

import express from 'express'

const body = Buffer.alloc(1024, 'x')
const app = express()

app.disable('etag')
app.disable('x-powered-by')
app.use('/', (request, response) => {
  response.writeHead(200, {
    'Content-Type': 'text/plain',
    'Content-Length': String(body.length),
    Server: 'express',
  })
  response.end(body)
})
app.listen(Number(process.argv[2]), '127.0.0.1')
