import { beforeEach, describe, expect, test } from 'vitest'
import { rateLimit, type RateLimitOptions } from '../../src/middleware/rate-limit.ts'
import { type TestClient, testClient } from '../../src/testing/index.ts'
import type { Application } from '../../src/wsgi/application.ts'
import { ManualClock } from '../harness/manual-clock.ts'

const application: Application = (_, startResponse) => {
  startResponse('200 OK', [])
  return []
}

let clock: ManualClock
beforeEach(() => {
  clock = new ManualClock()
})

const limited = (options: RateLimitOptions): TestClient =>
  testClient(rateLimit({ clock, ...options })(application))

async function statuses(client: TestClient, count: number, address = '192.0.2.1'): Promise<number[]> {
  const answers: number[] = []
  for (let i = 0; i < count; i++) answers.push((await client.get('/', from(address))).status)
  return answers
}

const from = (address: string | undefined): { environ: Record<string, unknown> } => ({
  environ: { REMOTE_ADDR: address },
})

describe('rateLimit', () => {
  test('lets as many at once as the bucket holds, and answers 429 to more (RFC 6585 §4)', async () => {
    expect(await statuses(limited({ requests: 60, per: '1m', burst: 3 }), 5)).toEqual([
      200, 200, 200, 429, 429,
    ])
  })

  test('the bucket holds as many as are let within the time, if nothing else is said', async () => {
    expect(await statuses(limited({ requests: 2, per: '1m' }), 3)).toEqual([200, 200, 429])
  })

  test('says in whole seconds, rounded up, when there is a token again (RFC 9110 §10.2.3)', async () => {
    const client = limited({ requests: 40, per: '1m', burst: 1 })
    expect(await statuses(client, 1)).toEqual([200])
    const refused = await client.get('/', from('192.0.2.1'))
    expect([refused.header('Retry-After'), refused.text]).toEqual(['2', '429 Too Many Requests\n'])
    clock.advance(501)
    expect((await client.get('/', from('192.0.2.1'))).header('Retry-After')).toBe('1')
    clock.advance(998)
    expect((await client.get('/', from('192.0.2.1'))).header('Retry-After')).toBe('1')
    clock.advance(1)
    expect(await statuses(client, 2)).toEqual([200, 429])
  })

  test('those refused cost nothing: tokens come back at their rate meanwhile', async () => {
    const client = limited({ requests: 60, per: 60_000, burst: 2 })
    await statuses(client, 50)
    clock.advance(1000)
    expect(await statuses(client, 3)).toEqual([200, 429, 429])
  })

  test('a long pause fills the bucket and no more', async () => {
    const client = limited({ requests: 60, per: '1m', burst: 2 })
    await statuses(client, 2)
    clock.advance(3_600_000)
    expect(await statuses(client, 3)).toEqual([200, 200, 429])
  })

  test('over a long time lets through the rate, and what the bucket holds', async () => {
    const client = limited({ requests: 7, per: '1s', burst: 3 })
    let let_ = 0
    for (let i = 0; i < 1000; i++) {
      if ((await client.get('/', from('192.0.2.1'))).status === 200) let_++
      clock.advance(10)
    }
    expect(let_).toBe(7 * 10 + 2)
  })

  test('the application is not called for a request that is refused', async () => {
    let called = 0
    const counting: Application = (environ, startResponse) => {
      called++
      return application(environ, startResponse)
    }
    const client = testClient(rateLimit({ requests: 1, per: '1m', clock })(counting))
    await statuses(client, 3)
    expect(called).toBe(1)
  })
})

describe('rateLimit tells clients apart', () => {
  const oneEach: RateLimitOptions = { requests: 1, per: '1h' }

  test.each([
    ['192.0.2.1', '192.0.2.2', false],
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['2001:db8::1', '2001:0db8:0:0::2', true],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
    ['fe80::1%eth0', 'fe80::2%eth0', false],
    [undefined, undefined, true],
  ])('%s and %s are one: %s (IPv6 by its /64 network)', async (one, other, isOne) => {
    const client = limited(oneEach)
    await client.get('/', from(one))
    expect((await client.get('/', from(other))).status).toBe(isOne ? 429 : 200)
  })

  test('by a key of one’s own, long ones too; without one there is no limit', async () => {
    const client = limited({ ...oneEach, key: (environ) => environ['HTTP_X_API_KEY'] })
    const ask = async (key?: string): Promise<number> =>
      (await client.get('/', key === undefined ? {} : { headers: { 'X-API-Key': key } })).status
    const long = 'k'.repeat(5000)
    expect([await ask('a'), await ask('b'), await ask('a')]).toEqual([200, 200, 429])
    expect([await ask(long), await ask(`${long}!`), await ask(long)]).toEqual([200, 200, 429])
    expect([await ask(), await ask()]).toEqual([200, 200])
  })

  test('each application that one middleware stands before shares its buckets', async () => {
    const layer = rateLimit({ ...oneEach, clock })
    expect(await statuses(testClient(layer(application)), 1)).toEqual([200])
    expect(await statuses(testClient(layer(application)), 1)).toEqual([429])
  })
})

describe('rateLimit remembers a bounded number of clients', () => {
  test('and forgets first whose bucket is full, which loses nothing', async () => {
    const client = limited({ requests: 60, per: '1m', burst: 1, maxKeys: 2 })
    await statuses(client, 1, 'a')
    clock.advance(999)
    await statuses(client, 1, 'b')
    clock.advance(1) // a's bucket is full
    await statuses(client, 1, 'c')
    expect([await statuses(client, 1, 'b'), await statuses(client, 1, 'c')]).toEqual([[429], [429]])
  })

  test('else whose bucket is the fullest', async () => {
    const client = limited({ requests: 60, per: '1m', burst: 3, maxKeys: 2 })
    await statuses(client, 3, 'busy')
    await statuses(client, 1, 'calm')
    await statuses(client, 1, 'new')
    expect(await statuses(client, 1, 'busy')).toEqual([429])
  })
})

describe('rateLimit refuses', () => {
  test.each([
    [{ requests: 0, per: '1m' }, 'rateLimit: requests'],
    [{ requests: 1.5, per: '1m' }, 'rateLimit: requests'],
    [{ requests: 1, per: 'soon' }, 'rateLimit: per'],
    [{ requests: 1, per: 0 }, 'rateLimit: per'],
    [{ requests: 1, per: '1m', burst: 0 }, 'rateLimit: burst'],
    [{ requests: 1, per: '1m', maxKeys: 0 }, 'rateLimit: maxKeys'],
  ])('%j', (options, message) => {
    expect(() => rateLimit(options)).toThrow(message)
  })
})
