// Express in front, and at /legacy the Flask application of examples/flask, which nobody has changed for it.

import { fileURLToPath } from 'node:url'
import express from 'express'
import { pythonApplication } from 'gantry'
import { toNodeListener } from 'gantry/adapters'

const { PORT = '3000', PYTHON = 'python3' } = process.env

const flask = pythonApplication('app:app', {
  chdir: fileURLToPath(new URL('../flask', import.meta.url)),
  python: PYTHON,
  workers: 2,
})

const app = express()

app.get('/', (request, response) => {
  response.send('<h1>Express</h1><p><a href="/legacy/">What was here before</a></p>')
})

// In front of express.json(), as the Flask application reads its request bodies by itself.
app.use('/legacy', toNodeListener(flask))

app.use(express.json())
app.post('/api/echo', (request, response) => response.json(request.body))

// Requests that come before the workers are ready wait for them; whoever starts this wants to hear what keeps them from it.
await flask.ready()
const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
})

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    server.close()
    server.closeIdleConnections()
    void flask.close()
  })
