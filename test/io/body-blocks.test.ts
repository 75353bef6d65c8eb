import { describe, expect, test } from 'vitest'
import { BLOCK_BYTES, LARGE_BLOCK_BYTES, copyOfBody, giveBack, takeBlock } from '../../src/io/body-blocks.ts'

const data = (length: number, byte: string): Buffer => Buffer.alloc(length, byte)

describe('memory for pieces of answers', () => {
  test.each([0, 1, 32_767, 32_768, 65_535, 65_536, 65_537])('holds a copy of %i bytes', (length) => {
    const bytes = data(length, 'a')
    const copy = copyOfBody(bytes)
    bytes.fill('b')
    expect(copy.equals(data(length, 'a'))).toBe(true)
  })

  test('serves again once it is given back, and not before', () => {
    const first = copyOfBody(data(40_000, 'a'))
    const second = copyOfBody(data(65_536, 'b'))
    expect(second.buffer).not.toBe(first.buffer)
    giveBack(first)
    const third = copyOfBody(data(65_536, 'c'))
    expect(third.buffer).toBe(first.buffer)
    expect(second.equals(data(65_536, 'b'))).toBe(true)
    expect(third.equals(data(65_536, 'c'))).toBe(true)
  })

  test('comes in two sizes, each of which serves again as such', () => {
    const large = takeBlock(LARGE_BLOCK_BYTES)
    const small = takeBlock(BLOCK_BYTES)
    expect([large.length, small.length]).toEqual([LARGE_BLOCK_BYTES, BLOCK_BYTES])
    giveBack(large.subarray(0, 10))
    giveBack(small.subarray(0, 10))
    expect(takeBlock(BLOCK_BYTES).buffer).toBe(small.buffer)
    expect(takeBlock(LARGE_BLOCK_BYTES).buffer).toBe(large.buffer)
  })

  test("takes nothing that is somebody else's", () => {
    const foreign = data(65_536, 'a')
    giveBack(foreign)
    expect(copyOfBody(data(65_536, 'b')).buffer).not.toBe(foreign.buffer)
  })
})
