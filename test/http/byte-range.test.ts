import { expect, test } from 'vitest'
import { byteRange } from '../../src/http/byte-range.ts'

const UNSATISFIABLE = 'unsatisfiable'

test.each([
  ['bytes=0-0', [0, 1]],
  ['bytes=0-9', [0, 10]],
  ['bytes=4-', [4, 10]],
  ['bytes=9-9', [9, 10]],
  ['bytes=2-100', [2, 10]],
  [`bytes=2-${'9'.repeat(400)}`, [2, 10]],
  ['bytes=-1', [9, 10]],
  ['bytes=-10', [0, 10]],
  ['bytes=-11', [0, 10]],
  ['Bytes= 3-4 ', [3, 5]],
  ['bytes=10-', UNSATISFIABLE],
  ['bytes=10-20', UNSATISFIABLE],
  [`bytes=${'9'.repeat(400)}-`, UNSATISFIABLE],
  ['bytes=-0', UNSATISFIABLE],
  ['bytes=4-3', undefined],
  ['bytes=0-1,3-4', undefined],
  ['bytes=0-1, ', undefined],
  ['bytes=', undefined],
  ['bytes=-', undefined],
  ['bytes', undefined],
  ['bytes=a-b', undefined],
  ['bytes=+1-2', undefined],
  ['bytes=0x1-2', undefined],
  ['bytes=1 -2', undefined],
  ['lines=0-1', undefined],
  ['', undefined],
])('%s of ten bytes (RFC 9110 §14.1.2)', (value, expected) => {
  const found = byteRange(value, 10)
  expect(typeof found === 'object' ? [found.start, found.end] : found).toEqual(expected)
})

test.each(['bytes=0-', 'bytes=0-0', 'bytes=-1', 'bytes=-0'])(
  '%s of nothing is all of it: no answer could name a range of nothing',
  (value) => {
    expect(byteRange(value, 0)).toBeUndefined()
  },
)
