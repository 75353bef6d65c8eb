// Applications inside a real Hono, served by @hono/node-server.

import { type ServerType, createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toFetch } from '../../src/adapters/index.ts'
import type { Application } from '../../src/wsgi/index.ts'
import { until } from '../harness/until.ts'
import {
  EndlessApplication,
  StepwiseApplication,
  answersAsTold,
  digestOf,
  digests,
  echoes,
  fails,
  showsEnviron,
} from './applications.ts'
import { AdapterLogRecord, ListeningServer, settled } from './listening.ts'

const LARGE = Buffer.alloc(20 * 1024 * 1024, 'gantry ')

describe('an application in Hono on @hono/node-server', () => {
  const log = new AdapterLogRecord()
  const endless = new EndlessApplication()
  const steps = new StepwiseApplication()
  const hono = new Hono()
  let server: ListeningServer

  function mount(name: string, application: Application): void {
    const handler = toFetch(application, { scriptName: `/${name}`, log: log.print })
    hono.all(`/${name}`, (c) => handler(c.req.raw, c.env)).all(`/${name}/*`, (c) => handler(c.req.raw, c.env))
  }

  beforeAll(async () => {
    mount('environ', showsEnviron)
    mount('echo', echoes)
    mount('digest', digests)
    mount('told', answersAsTold)
    mount('fails', fails)
    mount('endless', endless.application)
    mount('steps', steps.application)
    const passing = toFetch(fails, { passthroughErrors: true })
    hono
      .all('/passing/*', (c) => passing(c.req.raw))
      .onError((error, c) => c.text(`caught ${error.message}`, 418))
    const created: ServerType = createAdaptorServer({ fetch: hono.fetch })
    server = await ListeningServer.start(created as ListeningServer['server'])
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test('sees the mount point, the path behind it before %2F is decoded, and its client (W18)', async () => {
    const environ = await server.environ('/environ/a%2Fb?q=%41')
    expect(environ).toMatchObject({
      SCRIPT_NAME: '/environ',
      PATH_INFO: '/a/b',
      QUERY_STRING: 'q=%41',
      REMOTE_ADDR: '127.0.0.1',
      SERVER_PORT: String(server.port),
    })
  })

  test('keeps several Set-Cookie apart', async () => {
    const { headers } = await server.fetch('/told?200%20OK')
    expect(headers.getSetCookie()).toEqual(['first=1', 'second=2; HttpOnly'])
  })

  test('reads a body while it arrives, and sends each block before it asks for the next (W44)', async () => {
    using connection = await server.connect()
    connection.send('POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n')
    for (const line of ['one\n', 'two\n']) {
      connection.send(line)
      expect(await connection.receive((received) => received.includes(line))).toBe(true)
    }
    using another = await server.connect()
    another.send('GET /steps HTTP/1.1\r\nHost: x\r\n\r\n')
    for (const number of [1, 2, 3]) {
      steps.let(number)
      expect(await another.receive((received) => received.includes(`block ${number}\n`))).toBe(true)
    }
  })

  test('takes 20 MB', async () => {
    const answer = await server.fetch('/digest', { method: 'POST', body: LARGE })
    expect(await answer.text()).toBe(`${LARGE.length} ${digestOf(LARGE)} ${LARGE.length}`)
  })

  test('waits for a client that reads slowly, and is closed when it leaves (W48)', async () => {
    const connection = await server.connect()
    connection.socket.pause()
    connection.send('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await settled(() => endless.taken)).toBeLessThan(400)
    connection.close()
    await until(
      () => endless.closes === 1,
      5000,
      () => 'it was not closed',
    )
  })

  test("answers for its failures by itself, or leaves them to Hono's onError (W49, W50)", async () => {
    expect((await server.fetch('/fails/early')).status).toBe(500)
    const passed = await server.fetch('/passing/early')
    expect([passed.status, await passed.text()]).toEqual([418, 'caught failed early'])
  })

  test('is cut when it fails after its headers (W49)', async () => {
    using connection = await server.connect()
    const answer = await connection.request('GET /fails/late HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(answer.isComplete).toBe(false)
    expect(log.text).toContain('failed late')
  })
})
