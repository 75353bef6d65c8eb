import { describe, expect, test } from 'vitest'
import { randomPieces, seededRandom } from '../harness/random.ts'
import { AnswerReader, fieldOf } from './answer-reader.ts'

function read(
  text: string,
  { methods, isEnded }: { methods?: readonly string[]; isEnded?: boolean } = {},
): AnswerReader {
  const reader = new AnswerReader(methods)
  reader.receive(Buffer.from(text, 'latin1'))
  if (isEnded === true) reader.end()
  return reader
}

const statusesOf = (reader: AnswerReader): number[] => reader.final.map(({ status }) => status)

describe('AnswerReader', () => {
  test('reads answers that follow each other, by length and by chunks', () => {
    const reader = read(
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello' +
        'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    )
    expect(reader.error).toBeUndefined()
    expect(reader.final.map(({ status, body }) => [status, body])).toEqual([
      [200, 'hello'],
      [201, 'abcde'],
    ])
  })

  test('reads the same however the bytes are cut', () => {
    const text =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
    const whole = read(text)
    for (let seed = 0; seed < 50; seed++) {
      const reader = new AnswerReader()
      for (const piece of randomPieces(Buffer.from(text), 5, seededRandom(seed))) reader.receive(piece)
      expect([reader.interim, reader.final, reader.error]).toEqual([whole.interim, whole.final, undefined])
    }
  })

  test('keeps interim answers apart', () => {
    const reader = read('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    expect(reader.interim.map(({ status }) => status)).toEqual([100])
    expect(statusesOf(reader)).toEqual([200])
  })

  test('finds fields in any case', () => {
    const [answer] = read('HTTP/1.1 200 OK\r\nX-A:  b \r\ncontent-length: 0\r\n\r\n').final
    expect([fieldOf(answer!, 'x-a'), fieldOf(answer!, 'Content-Length'), fieldOf(answer!, 'x-b')]).toEqual([
      'b',
      '0',
      undefined,
    ])
  })

  test('takes no body after HEAD, 204 and 304, whatever the length says (RFC 9112 §6.3)', () => {
    const text =
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n'
    const reader = read(text, { methods: ['HEAD'] })
    expect([statusesOf(reader), reader.error]).toEqual([[200, 204, 304], undefined])
  })

  test('takes a body without length only as a whole when the server closes', () => {
    const text = 'HTTP/1.1 200 OK\r\n\r\nall of it'
    expect(statusesOf(read(text))).toEqual([])
    expect(read(text, { isEnded: true }).final[0]?.body).toBe('all of it')
  })
})

describe('AnswerReader complains about', () => {
  test.each([
    ['bytes that begin no answer', 'hello'],
    [
      'an answer that begins behind the body of the one before',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabHTTP',
    ],
    ['a status line without its status', 'HTTP/1.1 OK\r\n\r\n'],
    ['a field line without its colon', 'HTTP/1.1 200 OK\r\nbroken\r\n\r\n'],
    ['a head with a bare LF', 'HTTP/1.1 200 OK\r\nX-A: a\nX-B: b\r\n\r\n'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na'],
    ['a length besides chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a chunk that is no chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    [
      'a chunk that is longer than its size',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n',
    ],
  ])('%s', (_, text) => {
    expect(read(text).error).toBeTypeOf('string')
  })

  test.each([
    ['in the head', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['in the body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel'],
    ['before the last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n'],
  ])('an answer that is cut %s, but only once it is', (_, text) => {
    expect(read(text).error).toBeUndefined()
    expect(read(text, { isEnded: true }).error).toContain('in the middle of an answer')
  })
})
