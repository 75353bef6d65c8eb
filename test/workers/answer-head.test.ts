import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readHead } from '../../src/workers/answer-head.ts'
import type { ResponseHead } from '../../src/wsgi/response-head.ts'

type Pair = readonly [name: string, value: string]

/** A head as a worker sends it, in the middle of other bytes. */
function headOf(status: number, reason: string, pairs: readonly Pair[]): ResponseHead {
  const block = Buffer.from([reason, ...pairs.flat(), ''].join('\0'), 'latin1')
  const bytes = Buffer.concat([Buffer.from('before'), block, Buffer.from('behind')])
  const blockStart = 'before'.length
  const facts = { hasDate: false, hasServer: false, contentLength: -1 }
  return { ...facts, status, bytes, blockStart, blockEnd: blockStart + block.length }
}

test('reads status, reason and headers, each character a byte', () => {
  const pairs: Pair[] = [
    ['X-Name', 'caf\xe9'],
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', ''],
  ]
  expect(readHead(headOf(404, 'Nothing here', pairs))).toEqual({ status: '404 Nothing here', headers: pairs })
  expect(readHead(headOf(204, '', []))).toEqual({ status: '204 ', headers: [] })
})

test('gives every caller a list and pairs of its own', () => {
  const head = headOf(200, 'OK', [['X-Name', 'value']])
  for (let i = 0; i < 4; i++) {
    const { headers } = readHead(head)
    expect(headers).toEqual([['X-Name', 'value']])
    headers[0]![1] = 'changed'
    headers.push(['X-More', 'value'])
  }
})

test('keeps no bytes of the link, which reads the next answer into them', () => {
  const head = headOf(200, 'OK', [['X-Name', 'first']])
  for (let i = 0; i < 4; i++) readHead(head)
  Buffer.from(head.bytes.buffer, head.bytes.byteOffset, head.bytes.length).write(
    'other',
    'beforeOK.X-Name.'.length,
  )
  expect(readHead(head).headers).toEqual([['X-Name', 'other']])
  expect(readHead(headOf(200, 'OK', [['X-Name', 'first']])).headers).toEqual([['X-Name', 'first']])
})

test('a head comes out the same however many others came before it', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\xff'), maxLength: 3 })
  const long = fc.integer({ min: 1_000, max: 1_030 }).map((length) => 'x'.repeat(length))
  const value = fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: long })
  const pairs = fc.array(fc.tuple(fc.constantFrom('X-One', 'X-Two'), value), { maxLength: 2 })
  const given = fc.tuple(fc.constantFrom(200, 404), fc.constantFrom('OK', ''), pairs)
  fc.assert(
    fc.property(fc.array(given, { maxLength: 60 }), (heads) => {
      for (const [status, reason, headers] of [...heads, ...heads, ...heads])
        expect(readHead(headOf(status, reason, headers))).toEqual({ status: `${status} ${reason}`, headers })
    }),
  )
})
