// The environ that an application behind Node's own http.Server is given.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toNodeListener } from '../../src/adapters/index.ts'
import { showsEnviron } from './applications.ts'
import { ListeningServer } from './listening.ts'

type Strings = Record<string, string>

async function rawEnviron(server: ListeningServer, lines: readonly string[]): Promise<Strings> {
  using connection = await server.connect()
  const answer = await connection.request(`${lines.join('\r\n')}\r\n\r\n`)
  return JSON.parse(answer.body.toString()) as Strings
}

describe('the environ behind a Node server', () => {
  let server: ListeningServer
  beforeAll(async () => (server = await ListeningServer.start(toNodeListener(showsEnviron))))
  afterAll(() => server[Symbol.asyncDispose]())

  test('has every variable of PEP 3333, and who is at both ends (W11)', async () => {
    const environ = await server.environ('/a/b?x=%41', { headers: { 'X-One': '1' } })
    expect(environ).toMatchObject({
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '',
      PATH_INFO: '/a/b',
      QUERY_STRING: 'x=%41',
      REQUEST_URI: '/a/b?x=%41',
      SERVER_NAME: '127.0.0.1',
      SERVER_PORT: String(server.port),
      SERVER_PROTOCOL: 'HTTP/1.1',
      REMOTE_ADDR: '127.0.0.1',
      HTTP_HOST: `127.0.0.1:${server.port}`,
      HTTP_X_ONE: '1',
      'wsgi.url_scheme': 'http',
    })
    expect(environ['REMOTE_PORT']).toMatch(/^\d+$/)
    expect(Object.keys(environ)).not.toContain('CONTENT_LENGTH')
    expect(Object.keys(environ)).not.toContain('HTTPS')
  })

  test('has a path of bytes as latin-1, and %2F decoded only there (W12)', async () => {
    const environ = await server.environ('/caf%C3%A9%2Fx')
    expect(environ['PATH_INFO']).toBe('/caf\xc3\xa9/x')
    expect(environ['REQUEST_URI']).toBe('/caf%C3%A9%2Fx')
  })

  test('joins repeated fields with a comma, cookies with a semicolon, also those that Node drops (W13)', async () => {
    const environ = await rawEnviron(server, [
      'GET / HTTP/1.1',
      'Host: x',
      'Accept: a',
      'Accept: b',
      'Cookie: c=1',
      'Cookie: d=2',
      'Referer: one',
      'Referer: two',
    ])
    expect(environ['HTTP_ACCEPT']).toBe('a,b')
    expect(environ['HTTP_COOKIE']).toBe('c=1; d=2')
    expect(environ['HTTP_REFERER']).toBe('one,two')
  })

  test('has no field with an underscore, no Proxy, and no word of a proxy that nobody trusts', async () => {
    const environ = await rawEnviron(server, [
      'GET / HTTP/1.1',
      'Host: x',
      'X_Forwarded_For: 1.2.3.4',
      'Proxy: http://evil',
      'X-Forwarded-For: 1.2.3.4',
      'X-Forwarded-Proto: https',
      'Forwarded: for=1.2.3.4',
    ])
    expect(Object.keys(environ).filter((key) => /PROXY|FORWARDED/.test(key))).toEqual([])
    expect(environ['REMOTE_ADDR']).toBe('127.0.0.1')
    expect(environ['wsgi.url_scheme']).toBe('http')
  })

  test('of a target in absolute form has its authority as the host (RFC 9112 §3.2.2)', async () => {
    const environ = await rawEnviron(server, ['GET http://shop.example/a?b HTTP/1.1', 'Host: other'])
    expect(environ).toMatchObject({ HTTP_HOST: 'shop.example', PATH_INFO: '/a', QUERY_STRING: 'b' })
    expect(environ['REQUEST_URI']).toBe('http://shop.example/a?b')
  })

  test('of HTTP/1.0 says so, with a host only where the client names one', async () => {
    const environ = await rawEnviron(server, ['GET / HTTP/1.0'])
    expect(environ['SERVER_PROTOCOL']).toBe('HTTP/1.0')
    expect(Object.keys(environ)).not.toContain('HTTP_HOST')
  })
})

describe('fields that middleware in front has changed', () => {
  test('count as it has left them: what it removed does not come back, what it added is there', async () => {
    const listener = toNodeListener(showsEnviron)
    await using server = await ListeningServer.start((request, response) => {
      // The usual way of telling the application behind who has logged in.
      delete request.headers['x-user']
      request.headers['x-tenant'] = 'acme'
      request.headers['accept'] = 'changed'
      listener(request, response)
    })
    const lines = [
      'GET / HTTP/1.1',
      'Host: x',
      'X-User: forged',
      'Accept: a',
      'Accept: b',
      'X-Tenant: forged',
    ]
    const environ = await rawEnviron(server, lines)
    expect(Object.keys(environ)).not.toContain('HTTP_X_USER')
    expect(environ['HTTP_X_TENANT']).toBe('acme')
    expect(environ['HTTP_ACCEPT']).toBe('changed')
  })
})

describe('the mount prefix', () => {
  let server: ListeningServer
  beforeAll(async () => {
    server = await ListeningServer.start(toNodeListener(showsEnviron, { scriptName: '/a%20b' }))
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test.each([
    ['/a%20b', '/a b', ''],
    ['/a%20b/', '/a b', '/'],
    ['/a%20b/x%2Fy', '/a b', '/x/y'],
  ])('%s is SCRIPT_NAME %s and PATH_INFO %s (W18)', async (target, scriptName, pathInfo) => {
    const environ = await server.environ(`${target}?q`)
    expect(environ).toMatchObject({ SCRIPT_NAME: scriptName, PATH_INFO: pathInfo, QUERY_STRING: 'q' })
    expect(environ['REQUEST_URI']).toBe(`${target}?q`)
  })

  test('is compared before %2F is decoded', async () => {
    expect((await server.fetch('/a%20b%2Fx')).status).toBe(404)
  })
})

describe('a proxy that is trusted by its address', () => {
  let server: ListeningServer
  beforeAll(async () => {
    const trustsProxy = (address: string): boolean => address === '127.0.0.1' || address === '10.0.0.2'
    server = await ListeningServer.start(toNodeListener(showsEnviron, { scriptName: '/app', trustsProxy }))
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test('says who the client is, up to the first address that is not trusted', async () => {
    const environ = await server.environ('/app/x', {
      headers: {
        'X-Forwarded-For': '6.6.6.6, 192.0.2.7, 10.0.0.2',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': 'shop.example',
        'X-Forwarded-Prefix': '/outer',
      },
    })
    expect(environ).toMatchObject({
      REMOTE_ADDR: '192.0.2.7',
      'wsgi.url_scheme': 'https',
      HTTPS: 'on',
      HTTP_HOST: 'shop.example',
      SERVER_PORT: '443',
      SCRIPT_NAME: '/outer/app',
      PATH_INFO: '/x',
    })
  })

  test('is answered 400 when its word is malformed', async () => {
    const answer = await server.fetch('/app', { headers: { 'X-Forwarded-Proto': 'gopher' } })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('what the proxy says of the client is malformed')
  })
})
