// The judge of the chains: a test over thousands of requests that finds nothing must be one that would have found something.

import { describe, expect, test } from 'vitest'
import { readWithCodec } from './codec-reading.ts'
import {
  type ChainRecord,
  findDisagreements,
  findStrangers,
  type ForwardedRequest,
  type SeenRequest,
} from './disagreements.ts'

function forwarded(id: string, differences: Partial<ForwardedRequest> = {}): ForwardedRequest {
  const line = { method: 'GET', target: `/${id}`, status: 200, connection: '' }
  return { id, client: '127.1.0.1', ...line, answeredId: id, ...differences }
}

function seen(id: string, differences: Partial<SeenRequest> = {}): SeenRequest {
  return { id, method: 'GET', target: `/${id}`, body: '', ...differences }
}

const REFUSED = { status: 400, answeredId: '', connection: 'close' } as const
const GOOD: ChainRecord = {
  forwarded: [forwarded('1'), forwarded('2', REFUSED), forwarded('3')],
  seen: [seen('1'), seen('3')],
  logged: [
    { method: 'GET', target: '/1', status: 200 },
    { method: '', target: '', status: 400 },
    { method: 'GET', target: '/3', status: 200 },
  ],
}

describe('a proxy and Gantry', () => {
  test('agree when each request was answered or refused once', () => {
    expect(findDisagreements(GOOD)).toEqual([])
  })

  test('agree about a request that the proxy gave up, whether Gantry has seen it or not', () => {
    const givenUp = forwarded('4', { status: undefined, answeredId: '' })
    const record = { ...GOOD, forwarded: [...GOOD.forwarded, givenUp] }
    expect(findDisagreements(record)).toEqual([])
    const logged = [...GOOD.logged, { method: 'GET', target: '/4', status: 499 }]
    expect(findDisagreements({ ...record, logged })).toEqual([])
  })

  test('agree about the path of an absolute target, and about OPTIONS *', () => {
    const whole = forwarded('1', { target: 'http://a.test?1' })
    const asterisk = forwarded('2', { method: 'OPTIONS', target: '*', status: 204, answeredId: '' })
    const logged = [
      { method: 'OPTIONS', target: '*', status: 204 },
      { method: 'GET', target: '/?1', status: 200 },
    ]
    const record = { forwarded: [whole, asterisk], seen: [seen('1', { target: '/?1' })], logged }
    expect(findDisagreements(record)).toEqual([])
  })

  test.each<readonly [what: string, change: Partial<ChainRecord>, complaint: string]>([
    ['a request without a number', { seen: [...GOOD.seen, seen('', { target: '/x' })] }, 'smuggled'],
    ['a request with another number', { seen: [...GOOD.seen, seen('9')] }, 'smuggled'],
    ['a request that comes twice', { seen: [...GOOD.seen, seen('1')] }, '2 times'],
    ['another target', { seen: [seen('1', { target: '/x' }), seen('3')] }, 'reached the application as'],
    ['another method', { seen: [seen('1', { method: 'PUT' }), seen('3')] }, 'reached the application as'],
    [
      'two answers that are mixed up',
      { forwarded: [forwarded('1', { answeredId: '3' }), forwarded('2', REFUSED), forwarded('3')] },
      'got the answer to 3',
    ],
    [
      'an answer that is not the one of the application',
      { forwarded: [forwarded('1', { answeredId: '' }), forwarded('2', REFUSED), forwarded('3')] },
      'got another answer',
    ],
    [
      'a success that the application knows nothing of',
      { forwarded: [forwarded('1'), forwarded('2', { answeredId: '' }), forwarded('3')] },
      'from nobody',
    ],
    [
      'a refusal after which the connection goes on',
      {
        forwarded: [forwarded('1'), forwarded('2', { ...REFUSED, connection: 'keep-alive' }), forwarded('3')],
      },
      'on a connection that goes on',
    ],
    [
      'an answer too many',
      { logged: [...GOOD.logged, { method: 'GET', target: '/x', status: 404 }] },
      'never forwarded',
    ],
    ['an answer too few', { logged: GOOD.logged.slice(1) }, 'does not know'],
  ])('disagree about %s', (_, change, complaint) => {
    expect(findDisagreements({ ...GOOD, ...change }).join('\n')).toContain(complaint)
  })
})

describe('the requests of a case', () => {
  const post = 'POST /1 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello'
  const get = 'GET /2 HTTP/1.1\r\nHost: a.test\r\n\r\n'
  const first = seen('1', { method: 'POST', body: 'hello' })
  const strangers = (text: string, ...requests: readonly SeenRequest[]): string[] =>
    findStrangers(requests, readWithCodec(Buffer.from(text)))

  test('may reach the application, all of them or some, in their order', () => {
    expect(strangers(post + get, first, seen('2'))).toEqual([])
    expect(strangers(post + get, seen('2'))).toEqual([])
  })

  test.each([
    ['out of their order', strangers(post + get, seen('2'), first)],
    ['twice', strangers(post + get, first, first)],
    ['with another body', strangers(post + get, seen('1', { method: 'POST', body: 'hell' }))],
    ['that are others', strangers(post + get, first, seen('3'))],
    [
      'behind the last one of a connection',
      strangers(get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n') + post, seen('2'), first),
    ],
    ['that are not complete', strangers(post.slice(0, -1), first)],
  ])('do not reach it %s', (_, complaints) => {
    expect(complaints.join()).toContain('is not in the case')
  })

  test('are the proxy’s word behind what the codec refuses, and its own before it', () => {
    const broken = 'GET /3 HTTP/1.1\r\nHost : a.test\r\n\r\n'
    expect(strangers(get + broken, seen('2'), seen('3'))).toEqual([])
  })
})
