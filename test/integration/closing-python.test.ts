// What becomes of requests when a Python application, or a server in front of one, is closed in code.

import { describe, expect, test } from 'vitest'
import { type PythonApplication, type Server, pythonApplication, serve } from '../../src/index.ts'
import { testClient } from '../../src/testing/index.ts'
import type { Middleware } from '../../src/wsgi/index.ts'
import { FIXTURES } from '../harness/fixtures.ts'
import { Gate } from '../harness/gate.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 15_000
const CLOSED = 'GANTRY_APPLICATION_CLOSED'

const oneThread = (): PythonApplication =>
  pythonApplication('mount_applications', {
    chdir: FIXTURES,
    env: ['PYTHONDONTWRITEBYTECODE=1'],
    workers: 1,
    threads: 1,
  })

const passing: Middleware = (application) => (environ, startResponse) => application(environ, startResponse)

const get = (server: Server, target: string): Promise<Response> =>
  fetch(`${server.urls[0]}${target}`, { headers: { connection: 'close' } })

describe.each([
  ['by itself', []],
  ['behind middleware', [passing]],
])('a Python application %s that is closed', (_place, middleware) => {
  test('answers what it has taken, waiting requests too, and 503 from then on', async () => {
    using gate = await Gate.start()
    const python = oneThread()
    await using server = await serve(python, { bind: '127.0.0.1:0', middleware })
    const target = `/waits_at_the_gate?${gate.port}:x`
    const answers = [get(server, target), get(server, target)]
    await gate.arrived(1)
    const isWaiting = (): boolean => server.stats().python[0]?.queued === 1
    await until(isWaiting, DEADLINE_MS, () => JSON.stringify(server.stats()))
    const closed = python.close()
    const refused = await get(server, '/answers_hello')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    gate.open()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200])
    await closed
    expect((await get(server, '/answers_hello')).status).toBe(503)
  })

  test('with one of the servers that serve it is answered 503 by the others', async () => {
    const python = oneThread()
    const first = await serve(python, { bind: '127.0.0.1:0', middleware })
    await using second = await serve(python, { bind: '127.0.0.1:0', middleware })
    expect((await get(second, '/answers_hello')).status).toBe(200)
    await first.close()
    expect((await get(second, '/answers_hello')).status).toBe(503)
  })
})

describe('close()', () => {
  test('before the workers have booted ends them, and ready() says why it rejects', async () => {
    for (const isBooting of [false, true]) {
      const python = oneThread()
      const ready = python.ready()
      void ready.catch(() => undefined)
      // Its socket listens by then, and its workers are about to be.
      if (isBooting) await new Promise((resolve) => setImmediate(resolve))
      await python.close()
      await expect(ready).rejects.toMatchObject({ code: CLOSED })
    }
  })

  test('rejects a request that was waiting for the workers to boot', async () => {
    const python = oneThread()
    const answer = testClient(python).get('/answers_hello')
    void answer.catch(() => undefined)
    await python.close()
    await expect(answer).rejects.toMatchObject({ status: 503, code: CLOSED })
  })

  test('of a server may be called again while it closes', async () => {
    using gate = await Gate.start()
    const server = await serve(oneThread(), { bind: '127.0.0.1:0' })
    const answer = get(server, `/waits_at_the_gate?${gate.port}:x`)
    await gate.arrived(1)
    const closings = [server.close(), server.close()]
    gate.open()
    expect((await answer).status).toBe(200)
    await Promise.all(closings)
    await server.close()
  })
})

test('a body in memory may be larger than a frame to a worker', async () => {
  const python = oneThread()
  try {
    const body = Buffer.alloc(17_000_000, 'x')
    const answer = await testClient(python).post('/echoes_its_body', { body })
    expect(answer.body.length).toBe('begun\n'.length + body.length)
  } finally {
    await python.close()
  }
})
