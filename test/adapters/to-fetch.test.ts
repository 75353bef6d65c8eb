// An application as a fetch handler.

import { describe, expect, test } from 'vitest'
import { toFetch } from '../../src/adapters/index.ts'
import { AnswerFailure, type Application } from '../../src/wsgi/index.ts'
import { until } from '../harness/until.ts'
import {
  EndlessApplication,
  StepwiseApplication,
  answersAsTold,
  digestOf,
  digests,
  fails,
  showsEnviron,
} from './applications.ts'
import { AdapterLogRecord } from './listening.ts'

type Strings = Record<string, string>
const LARGE = Buffer.alloc(20 * 1024 * 1024, 'gantry ')

async function environOf(request: Request, scriptName = '', bindings?: unknown): Promise<Strings> {
  const response = await toFetch(showsEnviron, { scriptName })(request, bindings)
  return (await response.json()) as Strings
}

function streamed(...blocks: readonly string[]): RequestInit {
  return { method: 'POST', body: new Blob([...blocks]).stream(), duplex: 'half' }
}

describe('a Request through toFetch', () => {
  test('becomes an environ: host, port and scheme of its URL, fields, a path of bytes (W11, W12)', async () => {
    const request = new Request('https://shop.example:8443/caf%C3%A9%2Fx?q=%41', {
      headers: { 'X-One': '1' },
    })
    expect(await environOf(request)).toMatchObject({
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '',
      PATH_INFO: '/caf\xc3\xa9/x',
      QUERY_STRING: 'q=%41',
      REQUEST_URI: '/caf%C3%A9%2Fx?q=%41',
      SERVER_NAME: 'shop.example',
      SERVER_PORT: '8443',
      HTTP_HOST: 'shop.example:8443',
      HTTP_X_ONE: '1',
      HTTPS: 'on',
      'wsgi.url_scheme': 'https',
    })
  })

  test('is split at the mount prefix; outside of it the answer is 404 (W18)', async () => {
    const inside = await environOf(new Request('http://x/legacy/a%2Fb'), '/legacy')
    expect(inside).toMatchObject({ SCRIPT_NAME: '/legacy', PATH_INFO: '/a/b' })
    const outside = await toFetch(showsEnviron, { scriptName: '/legacy' })(new Request('http://x/legacys'))
    expect(outside.status).toBe(404)
  })

  test('names its client where the bindings of @hono/node-server do, and no proxy may', async () => {
    const bindings = { incoming: { socket: { remoteAddress: '192.0.2.7', remotePort: 5000 } } }
    const request = new Request('http://x/', { headers: { 'X-Forwarded-For': '6.6.6.6' } })
    const environ = await environOf(request, '', bindings)
    expect(environ).toMatchObject({ REMOTE_ADDR: '192.0.2.7', REMOTE_PORT: '5000' })
    expect(Object.keys(environ)).not.toContain('HTTP_X_FORWARDED_FOR')
  })

  test('may be spoken for by a proxy that is trusted', async () => {
    const headers = {
      'X-Forwarded-For': '192.0.2.7',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'shop.example',
    }
    const handler = toFetch(showsEnviron, { trustsProxy: (address) => address === '10.0.0.2' })
    const bindings = { incoming: { socket: { remoteAddress: '10.0.0.2', remotePort: 5000 } } }
    const response = await handler(new Request('http://x/', { headers }), bindings)
    expect(await response.json()).toMatchObject({
      REMOTE_ADDR: '192.0.2.7',
      HTTP_HOST: 'shop.example',
      'wsgi.url_scheme': 'https',
      SERVER_PORT: '443',
    })
    const unbelieved = (await (await handler(new Request('http://x/', { headers }))).json()) as Strings
    expect(unbelieved['wsgi.url_scheme']).toBe('http')
  })

  test('with a body of 20 MB is read as it comes', async () => {
    const response = await toFetch(digests)(
      new Request('http://x/', { method: 'POST', body: new Blob([LARGE]).stream(), duplex: 'half' }),
    )
    expect(await response.text()).toBe(`${LARGE.length} ${digestOf(LARGE)} unknown`)
  })

  test('is asked for its body only as far as the application reads', async () => {
    let pulled = 0
    let cancelled = false
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => controller.enqueue(new Uint8Array(1000).fill(++pulled)),
        cancel: () => {
          cancelled = true
        },
      },
      { highWaterMark: 0 },
    )
    const application: Application = async (environ, startResponse) => {
      const bytes = await environ['wsgi.input'].read(1500)
      startResponse('200 OK', [])
      return [bytes]
    }
    const request = new Request('http://x/', { method: 'POST', body, duplex: 'half' })
    const response = await toFetch(application)(request)
    expect((await response.arrayBuffer()).byteLength).toBe(1500)
    expect(pulled).toBeLessThan(4)
    expect(cancelled).toBe(true)
  })

  test('whose body was read in front fails loudly', async () => {
    const log = new AdapterLogRecord()
    const request = new Request('http://x/', streamed('a'))
    await request.text()
    expect((await toFetch(digests, { log: log.print })(request)).status).toBe(500)
    expect(log.text).toContain('GANTRY_BODY_ALREADY_READ')
  })

  test('with a malformed path is answered 400', async () => {
    expect((await toFetch(showsEnviron)(new Request('http://x/%zz'))).status).toBe(400)
  })
})

describe('a Response through toFetch', () => {
  test('has status, reason, several Set-Cookie and the length of a whole body', async () => {
    const response = await toFetch(answersAsTold)(new Request('http://x/?299%20All%20Well'))
    expect([response.status, response.statusText]).toEqual([299, 'All Well'])
    expect(response.headers.getSetCookie()).toEqual(['first=1', 'second=2; HttpOnly'])
    expect(response.headers.get('x-name')).toBe('caf\xe9')
    expect(response.headers.get('content-length')).toBe('4')
    expect(await response.text()).toBe('body')
  })

  test.each(['204 No Content', '205 Reset Content', '304 Not Modified'])(
    'has no body with %s',
    async (status) => {
      const request = new Request(`http://x/?${encodeURIComponent(status)}`)
      const response = await toFetch(answersAsTold)(request)
      expect(`${response.status} ${response.statusText}`).toBe(status)
      expect(response.body).toBeNull()
    },
  )

  test('has the headers but no body for HEAD (W43)', async () => {
    const response = await toFetch(answersAsTold)(new Request('http://x/?200', { method: 'HEAD' }))
    expect(response.headers.get('content-length')).toBe('4')
    expect(await response.text()).toBe('')
  })

  test('comes block by block, each asked for when it is wanted (W44)', async () => {
    const endless = new EndlessApplication()
    const response = await toFetch(endless.application)(new Request('http://x/'))
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    for (let number = 1; number < 20; number++) {
      expect((await reader.read()).value?.[0]).toBe(number)
      expect(endless.taken).toBeLessThan(number + 4)
    }
    await reader.cancel()
    expect(endless.closes).toBe(1)
  })

  test('is given up when its request is aborted, before and after the head (W48)', async () => {
    const steps = new StepwiseApplication()
    const early = new AbortController()
    const pending = toFetch(steps.application)(new Request('http://x/', { signal: early.signal }))
    await until(
      () => steps.asked === 1,
      5000,
      () => 'the application was not called',
    )
    early.abort(new Error('left'))
    await expect(pending).rejects.toThrow('left')
    steps.let(1)
    await until(
      () => steps.closes === 1,
      5000,
      () => 'it was not closed',
    )

    const endless = new EndlessApplication()
    const late = new AbortController()
    const response = await toFetch(endless.application)(new Request('http://x/', { signal: late.signal }))
    late.abort()
    expect(endless.closes).toBe(1)
    await expect(response.text()).rejects.toThrow()
  })
})

describe('a failure through toFetch', () => {
  test('before the headers is logged and answered 500, with the headers for it (W49)', async () => {
    const log = new AdapterLogRecord()
    const response = await toFetch(fails, { log: log.print })(new Request('http://x/early'))
    expect([response.status, await response.text()]).toEqual([500, '500 Internal Server Error\n'])
    expect(response.headers.get('x-seen')).toBe('yes')
    expect(log.text).toContain('failed early')
  })

  test('rejects with what was thrown, unchanged and unlogged, with passthroughErrors (W50)', async () => {
    const log = new AdapterLogRecord()
    const failure = new AnswerFailure(503, 'GANTRY_QUEUE_FULL')
    const application: Application = () => Promise.reject(failure)
    const handler = toFetch(application, { passthroughErrors: true, log: log.print })
    await expect(handler(new Request('http://x/'))).rejects.toBe(failure)
    expect(log.text).toBe('')
  })

  test('after the headers is logged, and the body throws it', async () => {
    const log = new AdapterLogRecord()
    const response = await toFetch(fails, { log: log.print })(new Request('http://x/late'))
    await expect(response.text()).rejects.toThrow('failed late')
    expect(log.text).toContain('failed late')
  })

  test('is what becomes of a status that no Response can have', async () => {
    const log = new AdapterLogRecord()
    const response = await toFetch(answersAsTold, { log: log.print })(new Request('http://x/?700%20Odd'))
    expect(response.status).toBe(500)
    expect(log.text).toContain('RangeError')
  })
})
