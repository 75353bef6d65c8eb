// Applications inside a real Koa, and Koa as an application.

import Koa from 'koa'
import { describe, expect, test } from 'vitest'
import { fromNodeListener, toNodeListener } from '../../src/adapters/index.ts'
import { testClient } from '../../src/testing/index.ts'
import { EndlessApplication, echoes, fails, showsEnviron } from './applications.ts'
import { AdapterLogRecord, ListeningServer } from './listening.ts'

const log = new AdapterLogRecord()

/** Koa hands over what it has not answered itself. */
function koaWith(...[application, scriptName]: [Parameters<typeof toNodeListener>[0], string]): Koa {
  const listener = toNodeListener(application, { scriptName, log: log.print })
  const koa = new Koa()
  // Clients that leave are told on standard error otherwise.
  koa.silent = true
  return koa.use((context, next) => {
    if (!context.path.startsWith(scriptName)) return next()
    context.respond = false
    listener(context.req, context.res)
    return undefined
  })
}

describe('an application in Koa', () => {
  test('sees the mount point, and answers with its own status', async () => {
    await using server = await ListeningServer.start(koaWith(showsEnviron, '/legacy').callback())
    expect(await server.environ('/legacy/a%2Fb')).toMatchObject({ SCRIPT_NAME: '/legacy', PATH_INFO: '/a/b' })
    expect((await server.fetch('/other')).status).toBe(404)
  })

  test('reads a body while it arrives', async () => {
    await using server = await ListeningServer.start(koaWith(echoes, '/echo').callback())
    using connection = await server.connect()
    connection.send('POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n')
    for (const line of ['one\n', 'two\n']) {
      connection.send(line)
      expect(await connection.receive((received) => received.includes(line))).toBe(true)
    }
  })

  test('is closed when the client leaves (W48), and answers for its failures', async () => {
    const endless = new EndlessApplication()
    await using server = await ListeningServer.start(koaWith(endless.application, '/endless').callback())
    await server.leaveInTheMiddle('/endless', endless)

    await using failing = await ListeningServer.start(koaWith(fails, '/fails').callback())
    expect((await failing.fetch('/fails/early')).status).toBe(500)
    expect(log.text).toContain('failed early')
  })
})

describe('Koa as an application', () => {
  test('answers with what it was asked, several cookies apart', async () => {
    const koa = new Koa().use((context) => {
      context.cookies.set('first', '1')
      context.cookies.set('second', '2')
      context.status = 201
      context.body = { path: context.path, ip: context.ip, secure: context.secure }
    })
    const client = testClient(fromNodeListener(koa.callback()), {
      scheme: 'https',
      remoteAddress: '192.0.2.7',
    })
    const answer = await client.get('/a%2Fb')
    expect(answer.status).toBe(201)
    expect(answer.json()).toEqual({ path: '/a%2Fb', ip: '192.0.2.7', secure: true })
    expect(answer.headersOf('set-cookie')).toEqual([
      'first=1; path=/; secure; httponly',
      'second=2; path=/; secure; httponly',
    ])
  })
})
