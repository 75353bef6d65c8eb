// Which heads may be sent is in the table of test/conformance/cases/status-and-headers.ts; here is what the cache and the block add to it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkHead } from '../../src/wsgi/checked-head.ts'
import type { Header } from '../../src/wsgi/index.ts'

const stringsOf = ({ bytes, blockStart, blockEnd }: ReturnType<typeof checkHead>): string[] =>
  Buffer.from(bytes.subarray(blockStart, blockEnd)).toString('latin1').split('\0').slice(0, -1)

describe('the block', () => {
  test('holds the reason, names and values (protocol/link.md)', () => {
    const head = checkHead('404 Nothing here', [
      ['X-Name', 'caf\xe9'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', ''],
    ])
    expect(head.status).toBe(404)
    expect(stringsOf(head)).toEqual([
      'Nothing here',
      'X-Name',
      'caf\xe9',
      'Set-Cookie',
      'a=1',
      'Set-Cookie',
      '',
    ])
  })

  test('has the standard reason where the application gave none (W27)', () => {
    expect([checkHead('404', []).reason, checkHead('404 ', []).reason]).toEqual(['Not Found', 'Not Found'])
  })

  test('of a 204 has no Content-Length (RFC 9110 §8.6)', () => {
    const head = checkHead('204 No Content', [
      ['X-Name', 'value'],
      ['content-length', '5'],
    ])
    expect([stringsOf(head), head.contentLength]).toEqual([['No Content', 'X-Name', 'value'], -1])
  })
})

describe('what the server must know', () => {
  test('is found whatever the case of the names', () => {
    const head = checkHead('200 OK', [
      ['DATE', 'now'],
      ['serVer', 'mine'],
      ['CONTENT-length', '12'],
    ])
    expect([head.hasDate, head.hasServer, head.contentLength]).toEqual([true, true, 12])
    const plain = checkHead('200 OK', [['X-Date', 'now']])
    expect([plain.hasDate, plain.hasServer, plain.contentLength]).toEqual([false, false, -1])
  })
})

describe('a length added', () => {
  test('is a field like any other, and leaves the head as it was', () => {
    const head = checkHead('200 OK', [['Date', 'now']])
    const longer = head.withLength(5)
    expect(stringsOf(longer)).toEqual(['OK', 'Date', 'now', 'Content-Length', '5'])
    expect([longer.contentLength, longer.hasDate, head.contentLength]).toEqual([5, true, -1])
  })

  test('changes no head that has one, and none that must not have one', () => {
    for (const head of [
      checkHead('200 OK', [['Content-Length', '7']]),
      checkHead('204 No Content', []),
      checkHead('304 Not Modified', []),
    ])
      expect(head.withLength(5)).toBe(head)
  })
})

describe('what is wrong', () => {
  test('is named also where it cannot be written as JSON', () => {
    const circular: unknown[] = []
    circular.push(circular, 1n)
    const wrong: [unknown, RegExp][] = [
      [circular, /must be a string, not Array/],
      [[1n, 'value'], /the name of response header \[bigint, "value"\] must be a string, not bigint/],
      [[Buffer.from('X-Name'), 'value'], /response header \[Buffer "X-Name", "value"\] must be/],
      [['a', 'b', Object.create(null)], /must be an array \[name, value\], not \["a", "b", object\]/],
      [undefined, /must be an array \[name, value\], not undefined/],
    ]
    for (const [header, message] of wrong)
      expect(() => checkHead('200 OK', [header as Header])).toThrow(message)
  })

  test('raises again and again, also next to a head that is kept for its like', () => {
    for (let time = 0; time < 3; time++) {
      expect(() => checkHead('200 OK', [['X-Name', 'a\r\nX-Forged: yes']])).toThrow(/control character/)
      expect(checkHead('200 OK', [['X-Name', 'a..X-Forged: yes']]).headers).toHaveLength(1)
    }
  })
})

const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '\0', ' '), maxLength: 4 })
const heads = fc.tuple(
  fc.constantFrom('200 OK', '200', '404 a', '200 O\0K'),
  fc.array(fc.tuple(text, text), { maxLength: 3 }),
)

/** What a head is, or why it is none. */
function outcome(status: string, headers: Header[]): unknown {
  try {
    const head = checkHead(status, headers)
    return [head.status, head.reason, head.headers, stringsOf(head)]
  } catch (error) {
    return String(error)
  }
}

test('a head comes out the same however many others came before it', () => {
  const known = new Map<string, unknown>()
  fc.assert(
    fc.property(heads, ([status, headers]) => {
      const key = JSON.stringify([status, headers])
      const now = outcome(status, headers)
      if (known.has(key)) expect(now).toEqual(known.get(key))
      known.set(key, now)
      if (Array.isArray(now)) expect(now[2]).toEqual(headers)
    }),
    { numRuns: 3_000 },
  )
})
