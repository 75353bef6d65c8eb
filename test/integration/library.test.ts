// `serve()` and `pythonApplication()` in code: what a program of somebody else's sees.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GantryError, type PythonApplication, pythonApplication, serve } from '../../src/index.ts'
import { testClient } from '../../src/testing/index.ts'
import {
  type Application,
  type AnswerFailure,
  type InputStream,
  answerOf,
  compose,
} from '../../src/wsgi/index.ts'
import { FIXTURES } from '../harness/fixtures.ts'
import { Gate } from '../harness/gate.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 15_000
const options = { chdir: FIXTURES, env: ['PYTHONDONTWRITEBYTECODE=1'] }
const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return [Buffer.from('hello')]
}

describe('pythonApplication', () => {
  let python: PythonApplication
  beforeAll(() => {
    python = pythonApplication('mount_applications', { ...options, workers: 2, threads: 2, queueSize: 1 })
  })
  afterAll(() => python.close())

  test('is an application: its workers start with the first request', async () => {
    const answer = await testClient(python).get('/answers_hello')
    expect([answer.status, answer.text]).toEqual([200, 'hello'])
  })

  test('is given complete bodies, large ones too', async () => {
    const body = Buffer.alloc(300_000, 'x')
    const answer = await testClient(python).post('/echoes_its_body', { body })
    expect(answer.text).toBe(`begun\n${body.toString()}`)
  })

  test('W16 gets a body of unknown length with its length, from whatever stream it comes', async () => {
    const blocks = [Buffer.from('some '), Buffer.from('body'), Buffer.alloc(0)]
    const input: InputStream = {
      read: () => Promise.resolve(blocks.shift() ?? Buffer.alloc(0)),
      readline: () => Promise.reject(new Error('not asked for')),
      readlines: () => Promise.reject(new Error('not asked for')),
      [Symbol.asyncIterator]: () => {
        throw new Error('not asked for')
      },
    }
    const answer = await testClient(python).request({
      method: 'POST',
      target: '/shows_environ',
      environ: { 'wsgi.input': input },
    })
    expect(answer.json()).toMatchObject({ CONTENT_LENGTH: '9' })
  })

  test('gets what middleware has left of a body', async () => {
    const readsFour: Application = async (environ, startResponse) => {
      await environ['wsgi.input'].read(4)
      return python(environ, startResponse)
    }
    const answer = await testClient(readsFour).post('/echoes_its_body', { body: '1234the rest' })
    expect(answer.text).toBe('begun\nthe rest')
  })

  test('gets every string of the environ, changed or new, and none that was deleted', async () => {
    const changes: Application = (environ, startResponse) => {
      environ.HTTP_X_NEW = 'new'
      environ.HTTP_USER_AGENT = 'changed'
      environ['shop.user'] = 'someone'
      environ['shop.object'] = {}
      delete environ['HTTP_X_GONE']
      return python(environ, startResponse)
    }
    await using server = await serve(changes, { bind: '127.0.0.1:0' })
    const headers = { 'x-gone': 'x', 'user-agent': 'original', 'x-kept': 'kept' }
    const environ = (await (await fetch(`${server.urls[0]}/shows_environ`, { headers })).json()) as object
    expect(environ).toMatchObject({
      HTTP_X_NEW: 'new',
      HTTP_USER_AGENT: 'changed',
      'shop.user': 'someone',
      HTTP_X_KEPT: 'kept',
    })
    expect(environ).not.toHaveProperty('HTTP_X_GONE')
    expect(environ).not.toHaveProperty(['shop.object'])
  })

  test('W45 an answer that nobody takes to its end is closed in Python', async () => {
    using gate = await Gate.start()
    const answer = await testClient(python).open({ target: `/waits_between_blocks?yields:${gate.port}` })
    const blocks = answer.body as AsyncIterableIterator<Uint8Array>
    expect(Buffer.from((await blocks.next()).value as Uint8Array).toString()).toBe('data: 0\n\n')
    await blocks.return?.()
    gate.open()
    // Its thread is free again: with two of them for each worker, five more requests are answered at once only then.
    const answers = await Promise.all([1, 2, 3].map(() => testClient(python).get('/answers_hello')))
    expect(answers.map(({ text }) => text)).toEqual(['hello', 'hello', 'hello'])
  })

  test('a request that is cancelled before its answer begins rejects, and frees its thread', async () => {
    using gate = await Gate.start()
    const client = testClient(python)
    const environ = client.environ({ target: `/waits_at_the_gate?${gate.port}:cancelled` })
    const answer = answerOf(python, environ)
    await gate.arrived(1)
    environ['gantry.request']!.cancel(new Error('no longer wanted'))
    await expect(answer).rejects.toThrow('no longer wanted')
    gate.open()
    expect((await client.get('/answers_hello')).text).toBe('hello')
  })

  test('an application that raises rejects with a failure of status 500, whose traceback was logged', async () => {
    const failure = await testClient(python)
      .get('/raises_before_headers')
      .catch((error: unknown) => error as AnswerFailure)
    expect(failure).toMatchObject({ name: 'AnswerFailure', status: 500, statusCode: 500, code: undefined })
  })

  test('a worker that dies rejects with a failure of status 502', async () => {
    const failure = await testClient(python)
      .get('/ends_its_process?3')
      .catch((error: unknown) => error as AnswerFailure)
    expect(failure).toMatchObject({ status: 502, code: 'GANTRY_WORKER_CRASHED' })
    const isBack = async (): Promise<boolean> =>
      (await testClient(python, { passthroughErrors: false }).get('/answers_hello')).status === 200
    await until(isBack, DEADLINE_MS, () => 'no worker answers any more')
  })

  test('sends files as they are', async () => {
    const answer = await testClient(python).get('/sends_a_file?real')
    expect(answer.status).toBe(200)
    expect(answer.body.length).toBe(Number(answer.header('content-length') ?? answer.body.length))
    expect(answer.text).toContain('0123456789')
  })
})

describe('the start of a Python application', () => {
  test('rejects with the error that the command would show', async () => {
    const python = pythonApplication('no_such_module', options)
    const error = await python.ready().catch((thrown: unknown) => thrown as GantryError)
    expect(error).toMatchObject({ code: 'GANTRY_APPLICATION_NOT_FOUND' })
    await expect(testClient(python).get('/')).rejects.toThrow('no_such_module')
    await python.close()
  })

  test('fails for the server that serves it, and leaves nothing listening', async () => {
    const python = pythonApplication('no_such_module', options)
    await expect(serve(python, { bind: '127.0.0.1:0' })).rejects.toMatchObject({
      code: 'GANTRY_APPLICATION_NOT_FOUND',
    })
  })

  test('whose start has failed is started again by who asks later, when its code is mended', async () => {
    using directory = new TemporaryDirectory()
    const file = directory.join('shop.py')
    writeFileSync(file, 'raise RuntimeError("the database is not there yet")\n')
    const python = pythonApplication('shop', { ...options, chdir: directory.path, workers: 1 })
    await expect(python.ready()).rejects.toThrow('RuntimeError')
    // At once the same is told again, and nothing is started.
    await expect(testClient(python).get('/')).rejects.toThrow('RuntimeError')
    writeFileSync(file, 'def application(e, s):\n    s("200 OK", [])\n    return [b"mended"]\n')
    let text = ''
    await until(
      async () => {
        text = await testClient(python)
          .get('/')
          .then(
            ({ body }) => String(body),
            (error: unknown) => String(error),
          )
        return text === 'mended'
      },
      DEADLINE_MS,
      () => text,
    )
    await python.close()
  })

  test('is not ended by a server that cannot bind: it serves those that serve it, and may be served elsewhere', async () => {
    await using taken = await serve(hello, { bind: '127.0.0.1:0' })
    const { host } = new URL(taken.urls[0]!)
    const python = pythonApplication('mount_applications', { ...options, workers: 1 })
    await expect(serve(python, { bind: host })).rejects.toThrow()
    await using server = await serve(python, { bind: '127.0.0.1:0' })
    await expect(serve(python, { bind: host })).rejects.toThrow()
    expect(await (await fetch(`${server.urls[0]}/answers_hello`)).text()).toBe('hello')
  })

  test('is waited for by serve, behind middleware too', async () => {
    const python = pythonApplication('mount_applications', { ...options, workers: 1 })
    const passing =
      (inner: Application): Application =>
      (environ, startResponse) =>
        inner(environ, startResponse)
    const composed = compose(passing, passing)(python)
    await using server = await serve(composed, { bind: '127.0.0.1:0' })
    expect(server.stats().python).toEqual([{ workers: 1, threads: 4, busyThreads: 0, queued: 0 }])
    expect(await (await fetch(`${server.urls[0]}/answers_hello`)).text()).toBe('hello')
  })

  test('a closed one answers nothing more', async () => {
    const python = pythonApplication('mount_applications', options)
    await python.close()
    await expect(testClient(python).get('/answers_hello')).rejects.toMatchObject({ status: 503 })
  })

  test.each([
    [{ workerz: 9 }, /unknown option workerz in pythonApplication\(\); did you mean workers\?/],
    [{ lameDuck: '5s' }, /option lameDuck has no effect in pythonApplication\(\): it is one of the command/],
    [{ bind: ':80' }, /option bind has no effect in pythonApplication\(\): it is one of serve\(\)/],
    [{ workers: 0, threads: 'x' }, /workers.*threads/s],
  ])('%j is an error at once', (wrong, message) => {
    expect(() => pythonApplication('shop', wrong as object)).toThrow(message)
  })
})

describe('serve', () => {
  test('rejects what only looks like an application, with the adapter that makes one of it', async () => {
    const express = Object.assign(() => [], { handle: () => undefined, listen: () => undefined })
    const refused = serve(express, { bind: '127.0.0.1:0' })
    await expect(refused).rejects.toMatchObject({
      code: 'GANTRY_APPLICATION_NOT_CALLABLE',
      hint: expect.stringContaining('fromNodeListener') as string,
    })
  })

  test('resolves when it listens, counts, and closes', async () => {
    const server = await serve(hello, {
      bind: ['127.0.0.1:0', `unix:${mkdtempSync('/tmp/gantry-test-')}/s.sock`],
    })
    expect(server.urls).toHaveLength(2)
    expect(await (await fetch(server.urls[0]!)).text()).toBe('hello')
    expect(server.stats()).toMatchObject({ requests: 1, python: [] })
    await server.close()
    await expect(fetch(server.urls[0]!)).rejects.toThrow('fetch failed')
  })

  test('W1 takes every form of application', async () => {
    await using server = await serve({ call: hello }, { bind: '127.0.0.1:0' })
    expect(await (await fetch(server.urls[0]!)).text()).toBe('hello')
  })

  test('finishes what was accepted when it is closed', async () => {
    using gate = await Gate.start()
    const waits: Application = async (environ, startResponse) => {
      await letThrough(gate.port)
      return hello(environ, startResponse)
    }
    const server = await serve(waits, { bind: '127.0.0.1:0' })
    const answer = fetch(server.urls[0]!)
    await gate.arrived(1)
    const closed = server.close()
    gate.open()
    expect(await (await answer).text()).toBe('hello')
    await closed
  })

  test('keeps an access log where it is told to', async () => {
    const path = `${mkdtempSync('/tmp/gantry-test-')}/access.log`
    const server = await serve(hello, { bind: '127.0.0.1:0', accessLog: path })
    await (await fetch(`${server.urls[0]}/seen`)).text()
    await server.close()
    expect(await readFile(path, 'utf8')).toContain('"GET /seen HTTP/1.1" 200 5')
  })

  test('rejects with what is wrong, all of it', async () => {
    await expect(serve(hello, { heads: 1, workers: 3 } as object)).rejects.toThrow(
      /option workers has no effect in serve\(\): it is one of pythonApplication\(\).*unknown option heads/s,
    )
    await expect(serve(hello, { bind: 'nonsense' })).rejects.toMatchObject({
      code: 'GANTRY_OPTION_VALUE_BAD',
    })
  })

  test('rejects when the address is in use', async () => {
    await using first = await serve(hello, { bind: '127.0.0.1:0' })
    const taken = new URL(first.urls[0]!).host
    const error = await serve(hello, { bind: taken }).catch((thrown: unknown) => thrown as AggregateError)
    expect((error as AggregateError).errors).toMatchObject([{ code: 'GANTRY_BIND_IN_USE' }])
  })
})

async function letThrough(port: number): Promise<void> {
  const { connect } = await import('node:net')
  const socket = connect(port, '127.0.0.1')
  socket.write('waiting')
  socket.resume()
  await new Promise((resolve) => socket.once('end', resolve))
  socket.end()
}
