// The client's side: what a server answers, however the bytes come.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AnswerReader } from '../../src/fastcgi/answer-reader.ts'
import { rawRecord } from './records.ts'

const END = rawRecord({ type: 3, content: Buffer.from([0, 0, 1, 2, 0, 0, 0, 0]), padding: 5 })
const out = (content: string, padding = 0): Buffer => rawRecord({ type: 6, content, padding })

/** The events of bytes that come in parts of `size`; data of a stream in one piece. */
function eventsOf(bytes: Buffer, size: number): string[] {
  const reader = new AnswerReader(1)
  const events: string[] = []
  const told = (stream: string, text: string): void => {
    const before = events.at(-1)
    if (before?.startsWith(`${stream} `) === true) events[events.length - 1] = before + text
    else events.push(`${stream} ${text}`)
  }
  for (let at = 0; at < bytes.length; at += size) {
    reader.receive(Buffer.from(bytes.subarray(at, at + size)))
    for (let event = reader.next(); event !== 'need-data'; event = reader.next()) {
      if (event === 'end') return [...events, `end ${reader.applicationStatus} ${reader.protocolStatus}`]
      if (event === 'violation') return [...events, `violation ${reader.problem}`]
      told(event, reader.bytes.toString('latin1', reader.start, reader.end))
    }
  }
  return events
}

const CASES: [what: string, bytes: Buffer, events: string[]][] = [
  ['an answer', Buffer.concat([out('a', 7), out('bc'), out(''), END]), ['stdout abc', 'end 258 0']],
  ['one whose stream is not ended', Buffer.concat([out('a'), END]), ['stdout a', 'end 258 0']],
  [
    'both streams',
    Buffer.concat([out('a'), rawRecord({ type: 7, content: 'oh' }), rawRecord({ type: 7 }), out('b'), END]),
    ['stdout a', 'stderr oh', 'stdout b', 'end 258 0'],
  ],
  [
    'records of the management',
    Buffer.concat([
      rawRecord({ type: 10, id: 0, content: 'x' }),
      rawRecord({ type: 11, id: 0, content: '12345678' }),
      END,
    ]),
    ['end 258 0'],
  ],
  ['how it ended', rawRecord({ type: 3, content: Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]) }), ['end 0 2']],
  [
    'another version',
    Buffer.concat([out('a'), rawRecord({ type: 6, version: 2 })]),
    ['stdout a', 'violation a record is not of version 1'],
  ],
  [
    'another request',
    rawRecord({ type: 6, id: 2, content: 'a' }),
    ['violation a record is of a request that was not made'],
  ],
  [
    'what clients send',
    rawRecord({ type: 5, content: 'a' }),
    ['violation a record is of type 5, which no server sends'],
  ],
  [
    'output behind its end',
    Buffer.concat([out(''), out('a')]),
    ['violation a stream goes on after its end, or begins before its turn'],
  ],
  [
    'an end that is none',
    rawRecord({ type: 3, content: 'x' }),
    ['violation the body of a record has not the length of its type'],
  ],
  [
    'the largest record',
    Buffer.concat([out('x'.repeat(65_535), 255), END]),
    [`stdout ${'x'.repeat(65_535)}`, 'end 258 0'],
  ],
]

describe.each([
  ['at once', 1e9],
  ['byte by byte', 1],
  ['in sevens', 7],
])('read %s', (_how, size) => {
  test.each(CASES)('%s', (_what, bytes, events) => {
    expect(eventsOf(bytes, size)).toEqual(events)
  })
})

test('anything else ends in events, and the same whatever the parts', () => {
  const type = fc.integer({ min: 0, max: 12 })
  const record = fc
    .record({
      type,
      id: fc.integer({ min: 0, max: 2 }),
      content: fc.uint8Array({ maxLength: 20 }),
      padding: fc.nat(9),
    })
    .map(rawRecord)
  const noise = fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes))
  const stream = fc
    .array(fc.oneof({ weight: 5, arbitrary: record }, noise), { maxLength: 8 })
    .map((parts) => Buffer.concat(parts))
  fc.assert(
    fc.property(stream, fc.integer({ min: 1, max: 20 }), (bytes, size) => {
      expect(eventsOf(bytes, size)).toEqual(eventsOf(bytes, 1e9))
    }),
  )
})
