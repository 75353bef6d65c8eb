// The PROXY protocol: required of a trusted proxy, here on a Unix socket, and of nobody else.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { RawConnection } from '../harness/raw-connection.ts'
import type { RawResponse } from '../harness/raw-response.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const directory = new TemporaryDirectory()
const path = directory.join('proxy.sock')
const OPTIONS = [
  ...['--workers', '1', '--bind', '127.0.0.1:0', '--bind', `unix:${path}`],
  ...['--proxy-protocol', '--trusted-proxies', 'unix,10.0.0.0/8', '--head-timeout', '500ms'],
]

let gantry: GantryProcess
beforeAll(async () => {
  gantry = await startFixtures(OPTIONS, { hasBind: true })
})
afterAll(async () => {
  await gantry[Symbol.asyncDispose]()
  directory[Symbol.dispose]()
})

const openProxy = (): Promise<RawConnection> => RawConnection.open({ path })
const request = (...fields: string[]): string => getRequest('/shows_environ', ...fields)

function environOf(answer: RawResponse): Readonly<Record<string, string>> {
  expect(answer.status).toBe(200)
  return JSON.parse(answer.text) as Readonly<Record<string, string>>
}

const SIGNATURE = '0d0a0d0a000d0a515549540a'
const version2 = (hex: string): Buffer => Buffer.from(SIGNATURE + hex, 'hex')
const VERSION_1 = 'PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n'
const TCP4 = 'c0000207c0000201dc0401bb'
/** PP2_TYPE_SSL with the bit for TLS, and a version inside. */
const SSL = '20000f0100000000210007544c5376312e33'

describe('a trusted proxy that begins with a PROXY header', () => {
  test.each([
    ['version 1', VERSION_1, '192.0.2.7', '56324', 'http'],
    ['version 1 over IPv6', 'PROXY TCP6 2001:DB8::7 ::1 56324 443\r\n', '2001:db8::7', '56324', 'http'],
    ['version 2', version2(`2111000c${TCP4}`), '192.0.2.7', '56324', 'http'],
    ['version 2 with TLS', version2(`2111001e${TCP4}${SSL}`), '192.0.2.7', '56324', 'https'],
    ['version 2 for itself', version2('20000000'), '', '', 'http'],
    ['version 1 for nobody', 'PROXY UNKNOWN\r\n', '', '', 'http'],
  ])(
    'speaks for the client that it names, for all the connection: %s',
    async (_what, header, address, port, scheme) => {
      using connection = await openProxy()
      connection.send(header)
      for (let count = 0; count < 3; count++) {
        const environ = environOf(await connection.request(request()))
        expect(environ).toMatchObject({ REMOTE_ADDR: address, REMOTE_PORT: port, 'wsgi.url_scheme': scheme })
      }
    },
  )

  test('may send it with the first request, or byte by byte', async () => {
    using together = await openProxy()
    const whole = Buffer.concat([version2(`2111000c${TCP4}`), Buffer.from(request() + request())])
    expect(environOf(await together.request(whole, 'GET'))['REMOTE_ADDR']).toBe('192.0.2.7')
    expect(environOf(await together.readResponse())['REMOTE_ADDR']).toBe('192.0.2.7')
    using apart = await openProxy()
    for (const byte of version2(`2111000c${TCP4}`)) apart.send(Buffer.from([byte]))
    expect(environOf(await apart.request(request()))['REMOTE_ADDR']).toBe('192.0.2.7')
  })

  test('passes on bytes of the client, whose forwarded fields count for nothing', async () => {
    using connection = await openProxy()
    connection.send(VERSION_1)
    const environ = environOf(
      await connection.request(request('X-Forwarded-For: 10.9.9.9', 'Forwarded: for=1.1.1.1')),
    )
    expect(environ['REMOTE_ADDR']).toBe('192.0.2.7')
    expect(Object.keys(environ).filter((key) => key.includes('FORWARDED'))).toEqual([])
  })

  test('may name another trusted proxy, which speaks for its client', async () => {
    using connection = await openProxy()
    connection.send('PROXY TCP4 10.0.0.2 10.0.0.1 56324 80\r\n')
    const environ = environOf(await connection.request(request('X-Forwarded-For: 192.0.2.8')))
    expect(environ['REMOTE_ADDR']).toBe('192.0.2.8')
  })
})

describe('a trusted proxy that does not', () => {
  test.each([
    ['PROXY_HEADER_MISSING', request()],
    ['PROXY_HEADER_MISSING', `\r\n${request()}`],
    ['PROXY_HEADER_MALFORMED', `PROXY TCP4 192.0.2.7 192.0.2.1 056324 443\r\n${request()}`],
    ['PROXY_HEADER_MALFORMED', version2(`2112000c${TCP4}`)],
    ['PROXY_HEADER_MALFORMED', version2('21110fff')],
  ])('is answered 400 and cut off: %s', async (code, bytes) => {
    using connection = await openProxy()
    connection.send(bytes)
    const answer = await connection.readResponse()
    expect([answer.status, answer.values('Connection')]).toEqual([400, ['close']])
    await connection.ended()
    expect(connection.received).toHaveLength(0)
    await gantry.logged(new RegExp(code))
  })

  test('is cut off when the header does not come to its end in time', async () => {
    using connection = await openProxy()
    connection.send(VERSION_1.slice(0, 20))
    await connection.ended()
  })
})

describe('everybody else', () => {
  test('speaks plain HTTP', async () => {
    using connection = await openConnection(gantry)
    expect(environOf(await connection.request(request()))['REMOTE_ADDR']).toBe('127.0.0.1')
  })

  test.each([
    ['version 1', VERSION_1],
    ['version 2', version2(`2111000c${TCP4}`)],
  ])('cannot pass for another client: %s', async (_what, header) => {
    using connection = await openConnection(gantry)
    connection.send(header)
    connection.send(request())
    expect((await connection.readResponse()).status).toBe(400)
    await connection.ended()
  })
})
