// X-Request-Start: how long a request has waited already, as a trusted proxy says.

import { describe, expect, test } from 'vitest'
import { getRequest } from '../../harness/fixtures.ts'
import { OK, TestGateway } from '../gateway.ts'

const EMPTY = Buffer.alloc(0)
const TRUSTED = ['--trusted-proxies', '127.0.0.1']

/** What each request is taken to have waited, by the fields that it brings. */
async function waits(
  options: readonly string[],
  requests: readonly (readonly string[])[],
): Promise<number[]> {
  const waited: number[] = []
  await using gateway = await TestGateway.start(options, (exchange) => {
    waited.push(exchange.waitedMs ?? -1)
    exchange.answer(OK, EMPTY, 0, 0)
  })
  using connection = await gateway.connect()
  for (const fields of requests) await connection.request(getRequest('/', ...fields))
  return waited
}

const start = (value: number | string): string => `X-Request-Start: ${value}`

describe('X-Request-Start', () => {
  test('is read in seconds, milliseconds and microseconds', async () => {
    const ago = Date.now() - 5_000
    const texts = [
      `t=${(ago / 1000).toFixed(3)}`,
      (ago / 1000).toFixed(3),
      ago,
      `t=${ago}`,
      `${ago}.5`,
      `t=${ago}000`,
    ]
    const waited = await waits(
      TRUSTED,
      texts.map((text) => [start(text)]),
    )
    expect(waited).toHaveLength(texts.length)
    for (const ms of waited) {
      expect(ms).toBeGreaterThanOrEqual(4_999)
      expect(ms).toBeLessThan(20_000)
    }
  })

  test('counts for nothing where it cannot be true, and leaves nothing to the next request', async () => {
    const now = Date.now()
    const past = start(now - 5_000)
    const waited = await waits(TRUSTED, [
      [past],
      [],
      [start(now + 60_000)],
      [start(now - 100_000_000)],
      [start('yesterday')],
      [start('-5')],
      [start('')],
      [past, past],
    ])
    expect(waited[0]).toBeGreaterThanOrEqual(5_000)
    expect(waited.slice(1)).toEqual([0, 0, 0, 0, 0, 0, 0])
  })

  test('counts for nothing from others, and with no --queue-timeout', async () => {
    const request = [start(Date.now() - 5_000)]
    expect(await waits([], [request])).toEqual([0])
    expect(await waits([...TRUSTED, '--queue-timeout', '0s'], [request])).toEqual([0])
  })
})
