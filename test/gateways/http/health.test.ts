// The paths that the server answers by itself.

import { describe, expect, test } from 'vitest'
import { getRequest } from '../../harness/fixtures.ts'
import type { RawResponse } from '../../harness/raw-response.ts'
import { TestGateway, answerWith } from '../gateway.ts'

const HELLO = Buffer.from('hello')

async function start(...options: readonly string[]): Promise<{ gateway: TestGateway; targets: string[] }> {
  const targets: string[] = []
  const gateway = await TestGateway.start(options, (exchange) => {
    targets.push(exchange.target)
    answerWith(exchange, HELLO)
  })
  return { gateway, targets }
}

async function ask(gateway: TestGateway, target: string, method = 'GET'): Promise<RawResponse> {
  using connection = await gateway.connect()
  return await connection.request(getRequest(target).replace('GET', method), method)
}

const told = ({ status, text }: RawResponse): readonly unknown[] => [status, text]

describe('health endpoints', () => {
  test('answer without the application, say what is missing, and are not stored', async () => {
    const started = await start()
    const { targets } = started
    await using gateway = started.gateway
    const live = await ask(gateway, '/-/live')
    expect(told(live)).toEqual([200, '200 OK\n'])
    expect(live.values('Cache-Control')).toEqual(['no-store'])
    expect(told(await ask(gateway, '/-/ready?from=probe'))).toEqual([200, '200 OK\n'])

    gateway.readiness = 'no worker is ready'
    const unready = await ask(gateway, '/-/ready')
    expect(told(unready)).toEqual([503, '503 Service Unavailable: no worker is ready\n'])
    expect(unready.values('Cache-Control')).toEqual(['no-store'])
    expect(told(await ask(gateway, '/-/ready', 'HEAD'))).toEqual([503, ''])
    expect((await ask(gateway, '/-/live')).status).toBe(200)

    const posted = await ask(gateway, '/-/live', 'POST')
    expect([posted.status, posted.values('Allow')]).toEqual([405, ['GET, HEAD']])
    expect(targets).toEqual([])
  })

  test('are no requests of the application, but have their lines in the access log', async () => {
    const started = await start()
    await using gateway = started.gateway
    await ask(gateway, '/-/live')
    await ask(gateway, '/')
    expect(gateway.server.stats.requests).toBe(1)
    expect(gateway.records.map(({ target, status }) => [target, status])).toEqual([
      ['/-/live', 200],
      ['/', 200],
    ])
  })

  test('are at exactly their paths', async () => {
    const started = await start('--live-path', '/up', '--ready-path', '')
    const { targets } = started
    await using gateway = started.gateway
    expect((await ask(gateway, '/up')).text).toBe('200 OK\n')
    const others = ['/-/live', '/-/ready', '/up/', '/uP', '/%75p', '/?/up']
    for (const target of others) expect((await ask(gateway, target)).text).toBe('hello')
    // In absolute form the path may be empty.
    expect((await ask(gateway, 'http://test.example')).text).toBe('hello')
    expect(targets).toEqual([...others, 'http://test.example'])
  })
})
