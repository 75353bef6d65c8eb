import { openSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FileSender } from '../../src/gateways/file-sender.ts'
import { openFilesIn } from '../harness/open-files.ts'
import { numberedBytes } from '../harness/spools.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const CONTENT = numberedBytes(300_000)
const untilTrue = (isTrue: () => boolean): Promise<void> => until(isTrue, 5_000, () => 'it did not happen')

/** Sends a span of a file to a client that takes `room` blocks. */
class Sending implements Disposable {
  readonly #directory = new TemporaryDirectory()
  readonly sender: FileSender
  readonly blocks: Buffer[] = []
  taken = 0
  unused = 0
  ending = 'none'

  constructor(offset: number, size: number, room: number, blockBytes = 65_536) {
    const path = this.#directory.join('file')
    writeFileSync(path, CONTENT)
    const descriptor = openSync(path, 'r')
    this.sender = new FileSender(
      { descriptor, offset, size },
      {
        takeBlock: () => {
          this.taken++
          return Buffer.alloc(blockBytes)
        },
        write: (block) => this.blocks.push(block) !== room,
        unused: () => this.unused++,
        finished: () => (this.ending = 'finished'),
        failed: () => (this.ending = 'failed'),
      },
    )
    this.sender.resume()
  }

  get isClosed(): boolean {
    return openFilesIn(this.#directory.path).length === 0
  }

  [Symbol.dispose](): void {
    this.sender.stop()
    this.#directory[Symbol.dispose]()
  }
}

describe.runIf(process.platform === 'linux')('FileSender', () => {
  test('sends the span it was given, and closes the file', async () => {
    using sending = new Sending(1000, 200_001, Infinity)
    await untilTrue(() => sending.ending === 'finished')
    expect(Buffer.concat(sending.blocks).equals(CONTENT.subarray(1000, 201_001))).toBe(true)
    await untilTrue(() => sending.isClosed)
  })

  test('reads as much at a time as there is memory for, and no more than there is', async () => {
    using sending = new Sending(0, CONTENT.length - 1, Infinity, 262_144)
    await untilTrue(() => sending.ending === 'finished')
    expect(sending.blocks.map(({ length }) => length)).toEqual([262_144, 37_855])
    expect([sending.taken, sending.unused]).toEqual([2, 0])
  })

  test('waits for a client that is full', async () => {
    using sending = new Sending(0, CONTENT.length, 2)
    await untilTrue(() => sending.blocks.length === 2)
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
    expect([sending.blocks.length, sending.ending, sending.isClosed]).toEqual([2, 'none', false])
    sending.sender.resume()
    await untilTrue(() => sending.ending === 'finished')
    expect(Buffer.concat(sending.blocks).equals(CONTENT)).toBe(true)
  })

  test('fails when the file is shorter than was said', async () => {
    using sending = new Sending(0, CONTENT.length + 1, Infinity)
    await untilTrue(() => sending.ending === 'failed')
    await untilTrue(() => sending.isClosed)
    expect([sending.taken, sending.unused]).toEqual([sending.blocks.length + 1, 1])
  })

  test('closes the file when the client leaves, a read under way or not', async () => {
    for (const turns of [0, 1, 50]) {
      using sending = new Sending(0, CONTENT.length, 1)
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
      sending.sender.stop()
      const { length } = sending.blocks
      await untilTrue(() => sending.isClosed)
      expect([sending.blocks.length, sending.ending]).toEqual([length, 'none'])
      expect(sending.taken).toBe(length + sending.unused)
    }
  })
})
