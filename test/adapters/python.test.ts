// A Python application inside Express and inside Hono: the worker behind the adapters.

import { type ServerType, createAdaptorServer } from '@hono/node-server'
import express from 'express'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toFetch, toNodeListener } from '../../src/adapters/index.ts'
import { type PythonApplication, pythonApplication } from '../../src/index.ts'
import { FIXTURES } from '../harness/fixtures.ts'
import { Gate } from '../harness/gate.ts'
import { digestOf } from './applications.ts'
import { AdapterLogRecord, ListeningServer } from './listening.ts'

const LARGE = Buffer.alloc(20 * 1024 * 1024, 'gantry ')
const log = new AdapterLogRecord()

const FRONTS = {
  Express: (application: PythonApplication) => {
    const app = express()
      .set('env', 'test')
      .use('/legacy', toNodeListener(application, { log: log.print }))
    return ListeningServer.start(app)
  },
  Hono: (application: PythonApplication) => {
    const handler = toFetch(application, { scriptName: '/legacy', log: log.print })
    const hono = new Hono().all('/legacy/*', (c) => handler(c.req.raw, c.env))
    const server: ServerType = createAdaptorServer({ fetch: hono.fetch })
    return ListeningServer.start(server as ListeningServer['server'])
  },
}

describe('a Python application', () => {
  let application: PythonApplication
  beforeAll(async () => {
    application = pythonApplication('mount_applications', {
      chdir: FIXTURES,
      env: ['PYTHONDONTWRITEBYTECODE=1'],
      workers: 1,
      threads: 1,
    })
    await application.ready()
  })
  afterAll(() => application.close())

  describe.each(Object.entries(FRONTS))('inside %s', (_name, start) => {
    let server: ListeningServer
    beforeAll(async () => (server = await start(application)))
    afterAll(() => server[Symbol.asyncDispose]())

    test('sees where it is mounted, and who asks (W11, W18)', async () => {
      const environ = await server.environ('/legacy/shows_environ/a%2Fb?q=%41')
      expect(environ).toMatchObject({
        SCRIPT_NAME: '/legacy',
        PATH_INFO: '/shows_environ/a/b',
        QUERY_STRING: 'q=%41',
        REQUEST_URI: '/legacy/shows_environ/a%2Fb?q=%41',
        REMOTE_ADDR: '127.0.0.1',
        HTTP_HOST: `127.0.0.1:${server.port}`,
      })
    })

    test.each([
      ['with its length', (): RequestInit => ({ body: LARGE })],
      ['chunked', (): RequestInit => ({ body: new Blob([LARGE]).stream(), duplex: 'half' })],
    ])('takes 20 MB and gives them back, %s (W16)', async (_how, body) => {
      const answer = await server.fetch('/legacy/echoes_its_body', { method: 'POST', ...body() })
      const bytes = new Uint8Array(await answer.arrayBuffer())
      expect(digestOf(bytes)).toBe(digestOf(Buffer.concat([Buffer.from('begun\n'), LARGE])))
    })

    test.each(['yields', 'writes'])('sends every block before the next is made: %s (W44)', async (how) => {
      using gate = await Gate.start()
      using connection = await server.connect()
      const target = `/legacy/waits_between_blocks?${how}:${gate.port}`
      connection.send(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`)
      for (const number of [0, 1, 2]) {
        expect(await connection.receive((received) => received.includes(`data: ${number}\n`))).toBe(true)
        await gate.arrived(number + 1)
        gate.letOne()
      }
    })

    test('is free for the next request when its client has left (W48)', async () => {
      const connection = await server.connect()
      connection.send('GET /legacy/tells_of_its_close?endless:x HTTP/1.1\r\nHost: x\r\n\r\n')
      await connection.receive((received) => received.includes('more and more'))
      connection.close()
      // It has one thread.
      expect((await server.fetch('/legacy/answers_hello')).status).toBe(200)
    })

    test('that raises is answered 500 without internals, or cut after its headers (W49)', async () => {
      const answer = await server.fetch('/legacy/raises_before_headers')
      expect(answer.status).toBe(500)
      expect(await answer.text()).not.toMatch(/\.py|Traceback/)
      using connection = await server.connect()
      const cut = await connection.request('GET /legacy/raises_after_headers HTTP/1.1\r\nHost: x\r\n\r\n')
      expect(cut.isComplete).toBe(false)
    })
  })
})
