// The same answer from Fastify, its logger off as by default. Argument: the port.

import Fastify from 'fastify'

const body = Buffer.alloc(1024, 'x')
const app = Fastify()

app.get('/1k', (request, reply) => {
  reply.header('Content-Type', 'text/plain').header('Server', 'fastify').send(body)
})
await app.listen({ port: Number(process.argv[2]), host: '127.0.0.1' })
