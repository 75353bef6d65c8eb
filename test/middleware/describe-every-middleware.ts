// What holds for every middleware, whatever application stands behind it: it changes nothing that it is not there to change. Called with
// the application in TypeScript, and with the one in Python.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as factories from '../../src/middleware/index.ts'
import { type TestClient, testClient } from '../../src/testing/index.ts'
import type { TestAnswer } from '../../src/testing/test-answer.ts'
import { compose } from '../../src/wsgi/application-parts.ts'
import { answerOf } from '../../src/wsgi/answer-of.ts'
import type { Application, Middleware } from '../../src/wsgi/application.ts'
import { BodyInput } from '../../src/wsgi/input-stream.ts'
import type { Environ } from '../../src/wsgi/environ.ts'
import { Gate } from '../harness/gate.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 10_000
const AUTHORIZATION = `Basic ${Buffer.from('ada:secret').toString('base64')}`

/** Each with as few options as it takes. */
export const LAYERS: Readonly<Record<string, () => Middleware>> = {
  mount: () => (application) => factories.mount({ '/': application }),
  accessLog: () => factories.accessLog({ target: () => undefined }),
  requestId: () => factories.requestId(),
  responseHeaders: () => factories.responseHeaders({ preset: 'security', set: { 'X-Outer': 'set' } }),
  basicAuth: () => factories.basicAuth({ verify: () => true }),
  rateLimit: () => factories.rateLimit({ requests: 1000, per: '1m' }),
  bodyLimit: () => factories.bodyLimit({ maxBytes: '1MiB' }),
  compress: () => factories.compress(),
  etag: () => factories.etag(),
  cors: () => factories.cors({ origins: ['https://page.example'] }),
  timeout: () => factories.timeout({ after: '30s', betweenBlocks: '30s' }),
}

const ROWS: Readonly<Record<string, () => Middleware>> = {
  ...LAYERS,
  'bodyLimit of a body without a length': () =>
    compose(withoutLength, factories.bodyLimit({ maxBytes: '1MiB' })),
  'all of them': () => compose(...Object.values(LAYERS).map((layer) => layer())),
}

/** As from a client that sends its body while the server has not seen its end. */
const withoutLength: Middleware = (application) => (environ, startResponse) => {
  const input = environ['wsgi.input']
  delete environ.CONTENT_LENGTH
  environ['wsgi.input'] = new BodyInput(new Uint8Array(0), { pull: (maxBytes) => input.read(maxBytes) })
  return application(environ, startResponse)
}

/** `inner` is one of test/fixtures/behind_middleware.*; it is asked for before the first test. */
export function describeEveryMiddleware(kind: string, inner: () => Application): void {
  describe.each(Object.entries(ROWS))(`%s before a ${kind} application`, (_, layer) =>
    describeLayer(layer, inner),
  )
}

/** What several layers have put into the environ, and what they have taken out of it. */
export function describeEnviron(kind: string, inner: () => Application): void {
  test(`a ${kind} application finds in its environ what mount, basicAuth and requestId have put there`, async () => {
    const layers = compose(factories.basicAuth({ verify: () => true }), factories.requestId())
    const application = factories.mount({ '/caf%C3%A9': layers(inner()) })
    const authorization = `Basic ${Buffer.from('jürgen:secret').toString('base64')}`
    const headers = { Authorization: authorization, 'Remote-User': 'root', 'X-Request-ID': 'abc' }
    const answer = await testClient(application).get('/caf%c3%a9/environ?q=%2F', { headers })
    const environ = answer.json() as Record<string, unknown>
    expect(environ).toMatchObject({
      SCRIPT_NAME: '/caf\xc3\xa9',
      PATH_INFO: '/environ',
      QUERY_STRING: 'q=%2F',
      REQUEST_URI: '/caf%c3%a9/environ?q=%2F',
      REMOTE_USER: Buffer.from('jürgen').toString('latin1'),
      AUTH_TYPE: 'Basic',
      HTTP_X_REQUEST_ID: 'abc',
    })
    expect(Object.keys(environ).filter((key) => /AUTHORIZATION|HTTP_REMOTE/.test(key))).toEqual([])
  })
}

function describeLayer(layer: () => Middleware, inner: () => Application): void {
  let application: Application
  let client: TestClient
  beforeAll(() => {
    application = compose(layer())(inner())
    client = testClient(application)
  })
  const get = (target: string, method = 'GET'): Promise<TestAnswer> =>
    client.request({ method, target, headers: { Authorization: AUTHORIZATION } })

  test('a whole answer keeps its status, reason, headers, length and body', async () => {
    const answer = await get('/whole')
    expect([answer.status, answer.reason, answer.text]).toEqual([200, 'Fine', 'Hello, World!'])
    expect(answer.headersOf('content-length')).toEqual(['13'])
    expect(answer.headersOf('content-type')).toEqual(['text/plain'])
    expect(answer.header('X-Inner')).toBe('kept')
  })

  test('W43 HEAD has the headers of GET and no body', async () => {
    const answer = await get('/whole', 'HEAD')
    expect([answer.status, answer.reason, answer.text]).toEqual([200, 'Fine', ''])
    expect(answer.headersOf('content-length')).toEqual(['13'])
  })

  test('W6 what is written comes before what is returned, under one length', async () => {
    const answer = await get('/write')
    expect(answer.text).toBe('Hello World!')
    expect(answer.headersOf('content-length')).toEqual(['12'])
  })

  test('W43 304 and 204 keep their headers, and have neither body nor length', async () => {
    const [notModified, noContent] = [await get('/not-modified'), await get('/no-content')]
    expect([notModified.status, notModified.header('ETag'), notModified.text]).toEqual([304, '"inner"', ''])
    expect([noContent.status, noContent.header('X-Inner'), noContent.text]).toEqual([204, 'kept', ''])
    expect([notModified.header('Content-Length'), noContent.header('Content-Length')]).toEqual([
      undefined,
      undefined,
    ])
  })

  test('W22 headers that are not sent yet are replaced through excInfo', async () => {
    const answer = await get('/replaces')
    expect([answer.status, answer.reason, answer.text]).toEqual([503, 'Sorry', 'sorry'])
    expect(answer.header('X-Replaced')).toBeUndefined()
  })

  test('W49 what the application throws before its head is sent passes', async () => {
    await expect(get('/raises')).rejects.toThrow(/raised before the head|the application failed/)
    await expect(get('/raises-after-start')).rejects.toThrow(
      /raised before the first block|the application failed/,
    )
  })

  test('W49 an answer that breaks off looks broken off', async () => {
    const answer = await client.open({ target: '/cut', headers: { Authorization: AUTHORIZATION } })
    const taken: string[] = []
    const reading = async (): Promise<void> => {
      for await (const block of answer.body) taken.push(Buffer.from(block).toString())
    }
    await expect(reading()).rejects.toThrow()
    expect([answer.status, taken]).toEqual([200, ['one']])
  })

  test('W15 a body passes through, as does one that nobody reads', async () => {
    const body = Buffer.alloc(100_000, 'Grüße, ')
    const headers = { Authorization: AUTHORIZATION }
    const echoed = await client.post('/echo', { body, headers })
    expect(echoed.body.equals(body)).toBe(true)
    expect((await client.post('/whole', { body, headers })).text).toBe('Hello, World!')
    expect((await client.post('/echo', { headers })).body.length).toBe(0)
  })

  test('several Set-Cookie headers stay several', async () => {
    expect((await get('/cookies')).headersOf('Set-Cookie')).toEqual(['a=1; Path=/', 'b=2; Secure'])
  })

  test('W8 requests at the same time do not mix', async () => {
    const bodies = ['one', 'two', 'three', 'four']
    const headers = { Authorization: AUTHORIZATION }
    const answers = await Promise.all(bodies.map((body) => client.post('/echo', { body, headers })))
    expect(answers.map(({ text }) => text)).toEqual(bodies)
  })

  describeStream(() => application)
}

/** Streams whose application waits at a gate before its second block, and tells of its `close` there. */
function describeStream(application: () => Application): void {
  const gates: Gate[] = []
  afterAll(() => {
    // Once all is over, so that a second call that comes late is seen as well.
    for (const gate of gates) expect(gate.names.filter((name) => name === 'closed')).toHaveLength(1)
  })

  const open = async (method = 'GET'): Promise<OpenStream> => {
    const gate = await Gate.start()
    gates.push(gate)
    const headers = { Authorization: AUTHORIZATION }
    const request = { method, target: `/stream?gate=${gate.port}`, headers }
    return new OpenStream(gate, application(), testClient(application()).environ(request))
  }

  test('W44 a block arrives while the application has not made the next; W45 close() is called once', async () => {
    using stream = await open()
    expect(await stream.next()).toBe('one')
    const second = stream.next()
    await stream.gate.arrived(1)
    stream.gate.open()
    expect([await second, await stream.next()]).toEqual(['two', undefined])
    await stream.closed()
  })

  test('W45 close() is called once when the rest of the answer is not taken', async () => {
    using stream = await open()
    expect(await stream.next()).toBe('one')
    await stream.leaveRest()
    stream.gate.open()
    await stream.closed()
  })

  test('W48 close() is called once when the client leaves', async () => {
    using stream = await open()
    expect(await stream.next()).toBe('one')
    stream.cancel()
    stream.gate.open()
    await stream.closed()
  })

  test('W45 close() is called once after HEAD', async () => {
    using stream = await open('HEAD')
    stream.gate.open()
    expect(await stream.next()).toBeUndefined()
    await stream.closed()
  })
}

class OpenStream implements Disposable {
  readonly gate: Gate
  readonly #environ: Environ
  readonly #blocks: Promise<AsyncIterator<Uint8Array> | Iterator<Uint8Array>>

  constructor(gate: Gate, application: Application, environ: Environ) {
    this.gate = gate
    this.#environ = environ
    this.#blocks = answerOf(application, environ).then(({ body }) =>
      Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator](),
    )
  }

  async next(): Promise<string | undefined> {
    const step = await (await this.#blocks).next()
    return step.done === true ? undefined : Buffer.from(step.value).toString()
  }

  async leaveRest(): Promise<void> {
    await (await this.#blocks).return?.()
  }

  cancel(): void {
    this.#environ['gantry.request']?.cancel()
  }

  closed(): Promise<void> {
    const { names } = this.gate
    return until(
      () => names.includes('closed'),
      DEADLINE_MS,
      () => `close() was not called: ${names.join(', ')}`,
    )
  }

  [Symbol.dispose](): void {
    this.gate[Symbol.dispose]()
  }
}
