// The same answer from Hono on its server for Node. Argument: the port.

import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const text = 'x'.repeat(1024)
const app = new Hono()

app.get('/1k', (c) =>
  c.body(text, 200, { 'Content-Type': 'text/plain', 'Content-Length': '1024', Server: 'hono' }),
)
serve({ fetch: app.fetch, port: Number(process.argv[2]), hostname: '127.0.0.1' })
