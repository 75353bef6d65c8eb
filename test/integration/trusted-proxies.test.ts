// Who the client is, as the application and the log see it: a trusted proxy on a Unix socket, everybody else on TCP, one server.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { RawConnection } from '../harness/raw-connection.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const directory = new TemporaryDirectory()
const path = directory.join('proxy.sock')
const OPTIONS = [
  ...['--workers', '1', '--bind', '127.0.0.1:0', '--bind', `unix:${path}`, '--access-log', '-'],
  ...['--trusted-proxies', 'unix,10.0.0.0/8', '--trusted-proxies', 'fd00::/8'],
  ...['--script-name', '/app', '--allow-underscore-headers', 'X_Account'],
]

let gantry: GantryProcess
beforeAll(async () => {
  gantry = await startFixtures(OPTIONS, { hasBind: true })
})
afterAll(async () => {
  await gantry[Symbol.asyncDispose]()
  directory[Symbol.dispose]()
})

type Environ = Readonly<Record<string, string>>

const openProxy = (): Promise<RawConnection> => RawConnection.open({ path })
const request = (...fields: string[]): string => getRequest('/app/shows_environ', ...fields)

async function environOn(connection: RawConnection, ...fields: string[]): Promise<Environ> {
  const answer = await connection.request(request(...fields))
  expect(answer.status).toBe(200)
  return JSON.parse(answer.text) as Environ
}

async function environFromProxy(...fields: string[]): Promise<Environ> {
  using connection = await openProxy()
  return await environOn(connection, ...fields)
}

const SAID = [
  'X-Forwarded-For: 6.6.6.6, 192.0.2.7, 10.0.0.2',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: shop.example',
  'X-Forwarded-Prefix: /outer/',
]
const SEEN = {
  REMOTE_ADDR: '192.0.2.7',
  REMOTE_PORT: '0',
  'wsgi.url_scheme': 'https',
  HTTP_HOST: 'shop.example',
  SERVER_PORT: '443',
  SCRIPT_NAME: '/outer/app',
  PATH_INFO: '/shows_environ',
}

describe('a trusted proxy', () => {
  test('names the client in X-Forwarded fields', async () => {
    expect(await environFromProxy(...SAID)).toMatchObject({
      ...SEEN,
      HTTP_X_FORWARDED_FOR: '6.6.6.6, 192.0.2.7, 10.0.0.2',
    })
  })

  test('names the client in Forwarded (RFC 7239)', async () => {
    const field =
      'Forwarded: for=6.6.6.6, for="[2001:db8::7]:567";proto=https;host="shop.example:8443", for="[fd00::2]"'
    expect(await environFromProxy(field)).toMatchObject({
      REMOTE_ADDR: '2001:db8::7',
      REMOTE_PORT: '567',
      'wsgi.url_scheme': 'https',
      HTTP_HOST: 'shop.example:8443',
      SERVER_PORT: '8443',
      SCRIPT_NAME: '/app',
    })
  })

  test('speaks for another client with each request of a connection', async () => {
    using connection = await openProxy()
    const clients = ['192.0.2.7', '192.0.2.7', '192.0.2.7', '192.0.2.8', '', '192.0.2.7', '192.0.2.7']
    const seen: (string | undefined)[] = []
    for (const client of clients) {
      const fields = client === '' ? [] : [`X-Forwarded-For: ${client}`]
      seen.push((await environOn(connection, ...fields))['REMOTE_ADDR'])
    }
    expect(seen).toEqual(clients)
  })

  test('is the client itself where it names none', async () => {
    expect(await environFromProxy()).toMatchObject({
      REMOTE_ADDR: '',
      'wsgi.url_scheme': 'http',
      HTTP_HOST: 'test.example',
      SCRIPT_NAME: '/app',
    })
  })

  test('lets its client stand in the access log', async () => {
    await environFromProxy('X-Forwarded-For: 192.0.2.77')
    const hasLine = (): boolean =>
      /^192\.0\.2\.77 .*"GET \/app\/shows_environ HTTP\/1\.1" 200 /m.test(gantry.stdout)
    await until(hasLine, 5_000, () => `no line of 192.0.2.77:\n${gantry.stdout}`)
  })

  test.each([
    ['FORWARDED_MALFORMED', ['X-Forwarded-Proto: gopher']],
    ['FORWARDED_MALFORMED', ['Forwarded: for=192.0.2.7; proto=https']],
    ['FORWARDED_AMBIGUOUS', ['X-Forwarded-For: 192.0.2.7', 'Forwarded: for=192.0.2.8']],
  ])('is answered 400 and cut off for what is %s: %j', async (code, fields) => {
    using connection = await openProxy()
    connection.send(`${request(...fields)}${request()}`)
    const answer = await connection.readResponse()
    expect([answer.status, answer.values('Connection')]).toEqual([400, ['close']])
    await connection.ended()
    expect(connection.received).toHaveLength(0)
    await gantry.logged(new RegExp(code))
  })
})

describe('everybody else', () => {
  test('names nobody: the fields are removed, and the log says so once and what to do', async () => {
    using connection = await openConnection(gantry)
    const fields = [...SAID, 'X-Forwarded-Port: 1', 'Forwarded: for=10.0.0.9;proto=gopher']
    for (let count = 0; count < 3; count++) {
      const environ = await environOn(connection, ...fields)
      expect(environ).toMatchObject({
        REMOTE_ADDR: '127.0.0.1',
        REMOTE_PORT: String(connection.socket.localPort),
        'wsgi.url_scheme': 'http',
        HTTP_HOST: 'test.example',
        SERVER_PORT: String(gantry.port),
        SCRIPT_NAME: '/app',
      })
      expect(Object.keys(environ).filter((key) => key.includes('FORWARDED'))).toEqual([])
    }
    await gantry.logged(/Forwarded.*--trusted-proxies 127\.0\.0\.1/)
    expect(gantry.stderr.match(/X-Forwarded-For.*removed/g)).toHaveLength(1)
  })

  test('passes for no one else by a name with _, the allowed one being told apart (W11)', async () => {
    using connection = await openConnection(gantry)
    const fields = ['X_Forwarded_For: 10.0.0.9', 'X-Account: loses', 'X_Account: wins', 'X_Other: 1']
    const environ = await environOn(connection, ...fields)
    expect(environ).toMatchObject({ REMOTE_ADDR: '127.0.0.1', HTTP_X_ACCOUNT: 'wins' })
    expect(environ).not.toHaveProperty('HTTP_X_FORWARDED_FOR')
    await gantry.logged(/header field X_Other was dropped/)
    expect(gantry.stderr).not.toMatch(/header field X_Account was dropped/)
  })
})
