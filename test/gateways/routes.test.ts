import { expect, test } from 'vitest'
import type { RouteSettings } from '../../src/config/options/routes.ts'
import type { Exchange } from '../../src/wsgi/exchange.ts'
import { RawConnection } from '../harness/raw-connection.ts'
import { TestGateway, answerWith } from './gateway.ts'

const answerOk = (exchange: Exchange): void => answerWith(exchange, Buffer.from('ok'))

const ROUTES = [
  '/big max-body-bytes=1KiB',
  '/big/small max-body-bytes=4',
  '/raw stream-requests=on',
  '/slow request-timeout=5m',
  '/slow priority=low',
]
const OPTIONS = ['--max-body-bytes', '10', '--routes', ROUTES.join(',')]

const post = (target: string, bytes: number): string =>
  `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`
const chunked = (target: string, bytes: number): string =>
  `POST ${target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n0\r\n\r\n`

async function statusOf(gateway: TestGateway, request: string): Promise<number> {
  using connection = await RawConnection.open({ host: '127.0.0.1', port: gateway.port })
  return (await connection.request(request)).status
}

test('a request has what the longest route of its path says, whole segments counting', async () => {
  const routes: (RouteSettings | undefined)[] = []
  await using gateway = await TestGateway.start(OPTIONS, (exchange) => {
    routes.push(exchange.route)
    answerOk(exchange)
  })
  for (const target of ['/slow/x?y', '/slowly', '/', '/%73low', '/big/small'])
    await statusOf(gateway, post(target, 0))
  const slow = { requestTimeoutMs: 300_000, priority: 'low' }
  // As it stands in the request target: nothing is decoded.
  expect(routes).toEqual([slow, undefined, undefined, undefined, { maxBodyBytes: 4 }])
})

test.each([
  ['/', 10, 11],
  ['/big', 1024, 1025],
  ['/big/x', 1024, 1025],
  ['/big/small', 4, 5],
])('the largest body for %s is %i bytes, with a length and in chunks', async (target, most, tooMany) => {
  await using gateway = await TestGateway.start(OPTIONS, answerOk)
  for (const request of [post, chunked]) {
    expect(await statusOf(gateway, request(target, most))).toBe(200)
    expect(await statusOf(gateway, request(target, tooMany))).toBe(413)
  }
})

test('bodies are handed over as they arrive where a route says so', async () => {
  const streamed: boolean[] = []
  await using gateway = await TestGateway.start(OPTIONS, (exchange) => {
    streamed.push('take' in exchange.body)
    answerOk(exchange)
  })
  for (const target of ['/raw', '/raw/x', '/rawer']) await statusOf(gateway, post(target, 3))
  expect(streamed).toEqual([true, true, false])
})
