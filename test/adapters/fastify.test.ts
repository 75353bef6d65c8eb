// Applications inside a real Fastify: a plugin that leaves bodies alone and hands the raw objects over.

import { type FastifyPluginCallback, fastify } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toNodeListener } from '../../src/adapters/index.ts'
import { type Application, asApplication } from '../../src/wsgi/index.ts'
import {
  EndlessApplication,
  StepwiseApplication,
  digestOf,
  digests,
  echoes,
  fails,
  showsEnviron,
} from './applications.ts'
import { AdapterLogRecord, ListeningServer } from './listening.ts'

const LARGE = Buffer.alloc(20 * 1024 * 1024, 'gantry ')

function mounted(application: Application, scriptName: string, log: AdapterLogRecord): FastifyPluginCallback {
  const listener = toNodeListener(application, { scriptName, log: log.print })
  return (scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null))
    for (const path of ['/', '/*'])
      scope.all(path, (request, reply) => {
        reply.hijack()
        listener(request.raw, reply.raw)
      })
    done()
  }
}

describe('an application in Fastify', () => {
  const log = new AdapterLogRecord()
  const endless = new EndlessApplication()
  const steps = new StepwiseApplication()
  const applications = { environ: showsEnviron, echo: echoes, digest: digests, fails }
  const app = fastify()
  let server: ListeningServer

  beforeAll(async () => {
    const more = { endless: endless.application, steps: steps.application }
    for (const [name, application] of Object.entries({ ...applications, ...more }))
      await app.register(mounted(asApplication(application), `/${name}`, log), { prefix: `/${name}` })
    // The body parser is Fastify's own here.
    const eaten = toNodeListener(showsEnviron, { log: log.print })
    app.post('/eaten', (request, reply) => {
      reply.hijack()
      eaten(request.raw, reply.raw)
    })
    await app.ready()
    server = await ListeningServer.start(app.server)
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await app.close()
  })

  test('sees the mount point, and the path behind it before %2F is decoded (W18)', async () => {
    const environ = await server.environ('/environ/a%2Fb?q')
    expect(environ).toMatchObject({ SCRIPT_NAME: '/environ', PATH_INFO: '/a/b', QUERY_STRING: 'q' })
  })

  test('reads a body while it arrives', async () => {
    using connection = await server.connect()
    connection.send(
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n',
    )
    for (const line of ['one\n', 'two\n']) {
      connection.send(line)
      expect(await connection.receive((received) => received.includes(line))).toBe(true)
    }
  })

  test('takes 20 MB', async () => {
    const answer = await server.fetch('/digest', { method: 'POST', body: LARGE })
    expect(await answer.text()).toBe(`${LARGE.length} ${digestOf(LARGE)} ${LARGE.length}`)
  })

  test('sends every block before it asks for the next one (W44)', async () => {
    using connection = await server.connect()
    connection.send('GET /steps HTTP/1.1\r\nHost: x\r\n\r\n')
    for (const number of [1, 2]) {
      steps.let(number)
      expect(await connection.receive((received) => received.includes(`block ${number}\n`))).toBe(true)
    }
  })

  test('is closed when the client leaves (W48)', async () => {
    await server.leaveInTheMiddle('/endless', endless)
  })

  test('answers for its failures with a page of its own (W49)', async () => {
    const answer = await server.fetch('/fails/early')
    expect([answer.status, await answer.text()]).toEqual([500, '500 Internal Server Error\n'])
    expect(log.text).toContain('failed early')
  })

  test("fails loudly when Fastify's parser has read the body", async () => {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await server.fetch('/eaten', { method: 'POST', body: '{"a":1}', headers })
    expect(answer.status).toBe(500)
    expect(log.text).toMatch(/the body of POST \/eaten .*\(GANTRY_BODY_ALREADY_READ\)/)
  })
})
