// The corpus of the request side: the events are the same however the bytes come.

import { describe, expect, test } from 'vitest'
import { RequestParser } from '../../src/http/request-parser.ts'
import { VIOLATIONS } from '../../src/http/violation.ts'
import { randomPieces, seededRandom } from '../harness/random.ts'
import { parseCases, readCorpus } from './corpus.ts'
import { describeCorpus } from './describe-corpus.ts'
import { logEvents } from './event-log.ts'

// Clocks, the end of the connection, how many there are and who is speaking are the gateway's to notice; variables come by other protocols.
const FOUND_BY_THE_GATEWAY = [
  'ANSWER_NOT_TAKEN',
  'ANSWER_TAKEN_TOO_SLOWLY',
  'BODY_INCOMPLETE',
  'BODY_TIMEOUT',
  'BODY_TOO_SLOW',
  'HEAD_TIMEOUT',
  'FORWARDED_AMBIGUOUS',
  'FORWARDED_MALFORMED',
  'METHOD_MISSING',
  'PROXY_HEADER_MALFORMED',
  'PROXY_HEADER_MISSING',
  'TOO_MANY_CONNECTIONS',
  'TOO_MANY_CONNECTIONS_OF_ADDRESS',
  'VARIABLE_MALFORMED',
]
const RANDOM_RUNS = 20

const cases = readCorpus('http1')

describeCorpus('http1', (pieces, limits) => logEvents(pieces, limits))

describe.each(cases.map((one) => [one.name, one] as const))('%s', (_, { request, limits, events }) => {
  test('received in random pieces, and read when all are there', () => {
    for (let seed = 0; seed < RANDOM_RUNS; seed++) {
      const pieces = randomPieces(request, Math.max(2, request.length >> 2), seededRandom(seed))
      expect(logEvents(pieces, limits, 'at the end'), `seed ${seed}`).toEqual(events)
    }
  })
})

describe('what is not used up', () => {
  const limits = cases[0]!.limits

  test.each([
    ['a request line', 'GET /a HT', 'TP/1.1\r\nHost: a.test\r\n\r\n'],
    ['a field', 'GET /a HTTP/1.1\r\nHo', 'st: a.test\r\n\r\n'],
    ['a head between two lines', 'GET /a HTTP/1.1\r\nHost: a.test\r\n', '\r\n'],
  ])('of %s can be kept apart from the large piece that it came in', (_what, first, rest) => {
    const large = Buffer.alloc(100_000)
    large.write(first, 500, 'latin1')
    const parser = new RequestParser(limits)
    parser.receive(large, 500, 500 + first.length)
    expect(parser.next()).toBe('need-data')
    parser.ownRest()
    large.fill(0)
    parser.receive(Buffer.from(rest, 'latin1'))
    expect(parser.next()).toBe('head')
    expect([parser.head.method, parser.head.target, parser.head.field(0)]).toEqual([
      'GET',
      '/a',
      ['Host', 'a.test'],
    ])
  })

  test('of a pipelined request stays as it is, apart from the head that is being answered', () => {
    const parser = new RequestParser(limits)
    parser.receive(Buffer.from('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HT', 'latin1'))
    expect(parser.next()).toBe('head')
    parser.ownRest()
    parser.receive(Buffer.from('TP/1.1\r\nHost: a\r\n\r\n', 'latin1'))
    expect(parser.head.target).toBe('/1')
    parser.release()
    expect(parser.next()).toBe('head')
    expect(parser.head.target).toBe('/2')
  })
})

describe('the corpus', () => {
  test('has a case for every violation that the codec finds, with the status of the table', () => {
    const lines = cases.flatMap(({ events }) => events.filter((line) => line.startsWith('violation ')))
    const expected = Object.entries(VIOLATIONS)
      .filter(([code]) => !FOUND_BY_THE_GATEWAY.includes(code))
      .map(([code, { status }]) => `violation ${code} ${status}`)
    expect([...new Set(lines)].sort()).toEqual(expected.sort())
  })

  test('is refused where a case has no blocks, or an escape that is none', () => {
    expect(() => parseCases('x', '## rule\n\n```request\nGET\n```\n')).toThrow('an events block')
    expect(() => parseCases('x', '## rule\n\n```request\n\\q\n```\n\n```events\n```\n')).toThrow('no escape')
    expect(() =>
      parseCases('x', '## rule\n\n```limits\nmaxFoo 1\n```\n\n```request\n```\n\n```events\n```\n'),
    ).toThrow('no limit')
  })
})

describe('RequestParser', () => {
  test('holds no bytes of a finished request once it is released', () => {
    const parser = new RequestParser({
      maxRequestLineBytes: 100,
      maxHeaderBytes: 100,
      maxHeadBytes: 1000,
      maxHeaders: 10,
      maxTrailerBytes: 16_384,
      maxChunkExtensionBytes: 16_384,
      maxBodyBytes: 10,
    })
    parser.receive(Buffer.from('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'))
    expect([parser.next(), parser.next()]).toEqual(['head', 'need-data'])
    expect(parser.isInRequest).toBe(false)
    parser.release()
    expect([parser.bytes.length, parser.head.bytes.length, parser.pendingBytes]).toEqual([0, 0, 0])
  })

  test('keeps the head of a request in place while further ones wait behind it (RFC 9112 §9.3.2)', () => {
    const parser = new RequestParser(cases[0]!.limits)
    parser.receive(Buffer.from('GET /first HTTP/1.1\r\nHost: a.test\r\n\r\nGET /sec'))
    expect(parser.next()).toBe('head')
    for (let i = 0; i < 100; i++) parser.receive(Buffer.from('o'.repeat(50)))
    expect([parser.head.target, parser.head.field(0)]).toEqual(['/first', ['Host', 'a.test']])
    parser.receive(Buffer.from('nd HTTP/1.1\r\nHost: b.test\r\n\r\n'))
    expect(parser.next()).toBe('head')
    expect(parser.head.target).toBe(`/sec${'o'.repeat(5000)}nd`)
  })
})
