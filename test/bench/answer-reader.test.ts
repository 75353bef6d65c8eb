// What the clients of the fault scripts take for an answer.
import { expect, test } from 'vitest'

import { AnswerReader } from '../../bench/faults/clients/answer-reader.ts'

const ANSWERS = [
  ['of a known length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
  ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'],
  [
    'with a chunk that looks like the last one',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\n\r\n',
  ],
] as const

const BODIES = ['hello', 'hello', '0\r\n\r\n']

test.each(ANSWERS.map(([title, text], at) => ({ title, text, body: BODIES[at] })))(
  'an answer $title is complete with its last byte, and no sooner',
  ({ text, body }) => {
    const reader = new AnswerReader()
    const outcomes = Array.from(text, (byte) => reader.read(byte))
    expect(outcomes.findIndex((answer) => answer !== undefined)).toBe(text.length - 1)
    expect(outcomes.at(-1)).toMatchObject({ status: 200, body, isLast: false })
    expect(reader.hasBegun).toBe(false)
  },
)

test('the next answer begins anew', () => {
  const reader = new AnswerReader()
  expect(reader.read(ANSWERS[1][1])?.body).toBe('hello')
  expect(reader.read('HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')).toMatchObject({
    status: 503,
    body: '',
    isLast: true,
  })
})
