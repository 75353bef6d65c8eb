// Hono in front, and at /shop the Django project of examples/django, which nobody has changed for it.

import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { pythonApplication } from 'gantry'
import { toFetch } from 'gantry/adapters'
import { Hono } from 'hono'

const { PORT = '3000', PYTHON = 'python3' } = process.env

const django = pythonApplication('mysite.wsgi:application', {
  chdir: fileURLToPath(new URL('../django', import.meta.url)),
  python: PYTHON,
  workers: 2,
})
const shop = toFetch(django, { scriptName: '/shop' })

const app = new Hono()

app.get('/', (c) => c.html('<h1>Hono</h1><p><a href="/shop/">Django</a></p>'))
app.get('/api/hello/:name', (c) => c.json({ hello: c.req.param('name') }))
// The bindings of node-server say who the client is.
app.all('/shop', (c) => shop(c.req.raw, c.env))
app.all('/shop/*', (c) => shop(c.req.raw, c.env))

// Requests that come before the workers are ready wait for them; whoever starts this wants to hear what keeps them from it.
await django.ready()
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(PORT) }, ({ port }) => {
  console.log(`listening on http://127.0.0.1:${port}`)
})

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    server.close()
    server.closeIdleConnections()
    void django.close()
  })
