// The judge of the fuzzer: what it must complain of, shown with readers that are made up.

import { describe, expect, test } from 'vitest'
import { compareReadings } from './compare-readings.ts'
import { STRICTER } from './deliberate-differences.ts'
import { GantryReader } from './gantry-reader.ts'
import { NodeHttpReader } from './node-http-reader.ts'
import type { Refusal, RequestReader, SeenRequest } from './reading.ts'

const request: SeenRequest = {
  method: 'POST',
  target: '/',
  version: '1.1',
  fields: ['Host', 'a.test'],
  body: Buffer.from('hi'),
  isComplete: true,
  behind: 'read',
}

function reader(requests: SeenRequest[], refusal?: Refusal): RequestReader {
  return {
    requests: () => requests,
    refusal,
    progress: { heads: requests.length, ends: requests.length, bodyBytes: 0 },
    isOver: refusal !== undefined,
    receive: () => undefined,
  }
}

const refused = (code: string, index = 0): Refusal => ({ request: index, code })
const kindOf = (ours: RequestReader, theirs: RequestReader, text = ''): string =>
  compareReadings(ours, theirs, text).kind

describe('two readings', () => {
  test('are the same if every part of every request is', () => {
    expect(kindOf(reader([request]), reader([request]))).toBe('same')
  })

  test.each([
    { method: 'GET' },
    { target: '/a' },
    { version: '1.0' },
    { fields: ['host', 'a.test'] },
    { fields: ['Host', 'a.test', 'X', ''] },
    { body: Buffer.from('hi!') },
    { isComplete: false },
  ] satisfies Partial<SeenRequest>[])('are a finding if %j differs', (part) => {
    expect(kindOf(reader([request]), reader([{ ...request, ...part }]))).toBe('finding')
    expect(kindOf(reader([request, request]), reader([request, { ...request, ...part }]))).toBe('finding')
  })

  test('are a finding if one sees a request more', () => {
    expect(kindOf(reader([request]), reader([request, request]))).toBe('finding')
    expect(kindOf(reader([request, request]), reader([request]))).toBe('finding')
  })

  test('are a finding if we go on reading where llhttp does not, but not the other way round', () => {
    const last: SeenRequest = { ...request, behind: 'not-read' }
    expect(kindOf(reader([request, request]), reader([last]))).toBe('finding')
    expect(kindOf(reader([last]), reader([request, request]))).toBe('same')
  })

  test('are a finding if llhttp alone refuses, at once or in a later request', () => {
    expect(kindOf(reader([request]), reader([], refused('HPE_INVALID_HEADER_TOKEN')))).toBe('finding')
    const later = reader([request], refused('HPE_INVALID_CHUNK_SIZE', 1))
    expect(kindOf(reader([request, request]), later)).toBe('finding')
  })

  test('are a finding if we alone refuse and no row fits code and bytes', () => {
    const ours = reader([], refused('TARGET_MALFORMED'))
    expect(kindOf(ours, reader([request]), 'GET /a HTTP/1.1\r\n\r\n')).toBe('finding')
    expect(kindOf(ours, reader([request]), 'GET /a#b HTTP/1.1\r\n\r\n')).toBe('deliberate')
    expect(kindOf(reader([], refused('LINE_END')), reader([request]), 'GET /a#b HTTP/1.1\r\n\r\n')).toBe(
      'finding',
    )
  })

  test('are in order if both refuse the same request', () => {
    const ours = reader([request], refused('LINE_END', 1))
    expect(kindOf(ours, reader([request], refused('HPE_LF_EXPECTED', 1)))).toBe('both-refuse')
  })
})

describe('the table of differences', () => {
  test('names and explains each row, once', () => {
    expect(new Set(STRICTER.map(({ name }) => name)).size).toBe(STRICTER.length)
    for (const { reason } of STRICTER) expect(reason).toMatch(/\(RFC \d+ §/)
  })
})

describe('a real reader', () => {
  const bytes = Buffer.from(
    'POST /a?b HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\nGET / HTTP/1.1\r\nHo',
  )

  test.each([
    ['our codec', () => new GantryReader()],
    ['node:http', () => new NodeHttpReader()],
  ])('%s reads heads, bodies and boundaries', (_, create) => {
    const subject: RequestReader & { close?: () => void } = create()
    for (const byte of bytes) subject.receive(Buffer.of(byte))
    expect(subject.requests()).toEqual([
      {
        method: 'POST',
        target: '/a?b',
        version: '1.1',
        fields: ['Host', 'a.test', 'Transfer-Encoding', 'chunked'],
        body: Buffer.from('hi'),
        isComplete: true,
        behind: 'read',
      },
    ])
    expect([subject.progress, subject.refusal, subject.isOver]).toEqual([
      { heads: 1, ends: 1, bodyBytes: 2 },
      undefined,
      false,
    ])
    subject.receive(Buffer.from('st : a\r\n\r\n'))
    expect([subject.refusal?.request, subject.isOver]).toEqual([1, true])
    subject.close?.()
  })

  test('node:http is refused for a request without Host, though it reads on', () => {
    const subject = new NodeHttpReader()
    subject.receive(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    expect(subject.refusal).toEqual({ request: 0, code: '400' })
    subject.close()
  })
})
