import { expect, test } from 'vitest'
import { heapFlags } from '../../../src/server/supervisor/heap-flags.ts'

test('the room for what is new in the heap of a front is small', () => {
  expect(heapFlags(['--enable-source-maps', ''])).toEqual(['--max-semi-space-size=4'])
})

test.each(['--max-semi-space-size=16', '--max_semi_space_size=16', '--no-warnings --max-semi-space-size=64'])(
  'who says how large it may be is obeyed: %s',
  (flags) => {
    expect(heapFlags(['', flags])).toEqual([])
  },
)
