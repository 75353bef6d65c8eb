// wsgi.file_wrapper: W46.

import { createReadStream, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, test } from 'vitest'
import { FileWrapper, type WrappableFile } from '../../src/wsgi/index.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const CONTENT = '0123456789'
const directory = new TemporaryDirectory()
const path = join(directory.path, 'file')
writeFileSync(path, CONTENT)
afterAll(() => directory[Symbol.dispose]())

async function blocksOf(file: WrappableFile, blockSize?: number): Promise<string[]> {
  const blocks: string[] = []
  for await (const block of new FileWrapper(file, blockSize)) blocks.push(String(Buffer.from(block)))
  return blocks
}

/** A file that has `read` alone, and gives `blocks`. */
const readable = (...blocks: (string | null | undefined)[]): WrappableFile => ({
  read: () => {
    const block = blocks.shift()
    return typeof block === 'string' ? Buffer.from(block) : block
  },
})

describe('the blocks', () => {
  test('of an open file are of the size asked for, from where it stands', async () => {
    const file = await open(path)
    await file.read(Buffer.alloc(2), 0, 2, null)
    expect(await blocksOf(file, 3)).toEqual(['234', '567', '89'])
    await file.close()
  })

  test.each([
    ['null', null],
    ['undefined', undefined],
    ['no bytes', ''],
  ])('of anything with read() go on until it gives %s', async (_, end) => {
    expect(await blocksOf(readable('a', 'b', end, 'c'))).toEqual(['a', 'b'])
  })

  test('are asked for with the block size', async () => {
    const sizes: number[] = []
    const file = { read: (size: number) => (sizes.push(size), Promise.resolve(null)) }
    await blocksOf(file)
    await blocksOf(file, 4096)
    expect(sizes).toEqual([65_536, 4096])
  })

  test("of a stream of Node's are its own", async () => {
    expect((await blocksOf(createReadStream(path))).join('')).toBe(CONTENT)
    expect(await blocksOf(Readable.from([Buffer.from('a'), Buffer.from('b')]))).toEqual(['a', 'b'])
  })
})

describe('close()', () => {
  test('closes an open file', async () => {
    const file = await open(path)
    await new FileWrapper(file).close()
    expect(file.fd).toBe(-1)
  })

  test('destroys a stream that nobody has read', async () => {
    for (const stream of [createReadStream(path), Readable.from([Buffer.from('a')])]) {
      await new FileWrapper(stream).close()
      await expect.poll(() => stream.destroyed).toBe(true)
    }
  })

  test('is nothing to what has none', async () => {
    await expect(new FileWrapper(readable()).close()).resolves.toBeUndefined()
  })
})
