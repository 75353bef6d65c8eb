// Applications inside a real Express.

import express, { type ErrorRequestHandler } from 'express'
import { describe, expect, test } from 'vitest'
import { toNodeListener } from '../../src/adapters/index.ts'
import { EndlessApplication, StepwiseApplication, fails, showsEnviron } from './applications.ts'
import { ListeningServer } from './listening.ts'

describe('an application mounted in Express', () => {
  test.each([
    ['/legacy', '/legacy', ''],
    ['/legacy?q', '/legacy', ''],
    ['/legacy/', '/legacy', '/'],
    ['/legacy/a%2Fb', '/legacy', '/a/b'],
    ['/LEGACY/a', '/LEGACY', '/a'],
    ['/api/v1/legacy/x', '/api/v1/legacy', '/x'],
    ['/t/ac%20me/x', '/t/ac me', '/x'],
  ])('sees %s as SCRIPT_NAME %s and PATH_INFO %s (W18)', async (target, scriptName, pathInfo) => {
    const listener = toNodeListener(showsEnviron)
    const api = express.Router().use('/legacy', listener)
    const app = express().use('/legacy', listener).use('/api/v1', api).use('/t/:tenant', listener)
    await using server = await ListeningServer.start(app)
    const environ = await server.environ(target)
    expect(environ).toMatchObject({ SCRIPT_NAME: scriptName, PATH_INFO: pathInfo, REQUEST_URI: target })
  })

  test('is given a rewritten url as the path, and the target as sent', async () => {
    const app = express()
      .use((request, _response, next) => {
        request.url = `/new${request.url}`
        next()
      })
      .use(toNodeListener(showsEnviron))
    await using server = await ListeningServer.start(app)
    expect(await server.environ('/a')).toMatchObject({ PATH_INFO: '/new/a', REQUEST_URI: '/a' })
  })

  test('believes the proxies that Express is told to trust, and no others', async () => {
    const forwarded = {
      'X-Forwarded-For': '192.0.2.7',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'shop.example',
    }
    await using closed = await ListeningServer.start(express().use(toNodeListener(showsEnviron)))
    const unbelieved = await closed.environ('/', { headers: forwarded })
    expect(unbelieved).toMatchObject({ REMOTE_ADDR: '127.0.0.1', 'wsgi.url_scheme': 'http' })
    expect(Object.keys(unbelieved)).not.toContain('HTTP_X_FORWARDED_FOR')

    const trusting = express().set('trust proxy', 1).use(toNodeListener(showsEnviron))
    await using open = await ListeningServer.start(trusting)
    expect(await open.environ('/', { headers: forwarded })).toMatchObject({
      REMOTE_ADDR: '192.0.2.7',
      HTTP_HOST: 'shop.example',
      SERVER_PORT: '443',
      'wsgi.url_scheme': 'https',
      HTTPS: 'on',
      HTTP_X_FORWARDED_FOR: '192.0.2.7',
    })
  })

  test("leaves its failures to Express's error handlers, with the headers for the error page", async () => {
    // Express knows an error handler by its four parameters.
    const answersErrors: ErrorRequestHandler = (error, _request, response, next) => {
      if (!response.headersSent) response.status(418).send(`caught ${(error as Error).message}`)
      else next(error)
    }
    const app = express().use(toNodeListener(fails)).use(answersErrors)
    await using server = await ListeningServer.start(app)
    const answer = await server.fetch('/early')
    expect([answer.status, await answer.text()]).toEqual([418, 'caught failed early'])
    expect(answer.headers.get('x-seen')).toBe('yes')
  })

  test('sends block by block behind a middleware that holds data back until it is flushed', async () => {
    // What `compression` does to a response: nothing leaves before flush().
    const steps = new StepwiseApplication()
    const app = express()
      .use((_request, response, next) => {
        const write = response.write.bind(response)
        let held: Buffer[] = []
        response.write = ((block: Buffer) => held.push(block) > 0) as typeof response.write
        Object.assign(response, {
          flush: () => {
            for (const block of held) write(block)
            held = []
          },
        })
        next()
      })
      .use(toNodeListener(steps.application))
    await using server = await ListeningServer.start(app)
    using connection = await server.connect()
    connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    steps.let(1)
    expect(await connection.receive((received) => received.includes('block 1\n'))).toBe(true)
  })

  test('is closed when the client leaves (W48)', async () => {
    const endless = new EndlessApplication()
    await using server = await ListeningServer.start(express().use(toNodeListener(endless.application)))
    await server.leaveInTheMiddle('/', endless)
  })
})
