// A file that a worker has handed over, as blocks for whoever takes the answer.

import { close } from 'node:fs'
import { readBlock } from '../spool/file-block.ts'
import type { BlockQueue } from '../wsgi/block-queue.ts'
import type { FileBody } from '../wsgi/exchange.ts'

/** Pushes the file's span into `queue` as fast as it is taken, ends the queue and closes the file, whatever happens; then calls `over`. */
export async function readFile(file: FileBody, queue: BlockQueue, over: () => void): Promise<void> {
  const { descriptor, offset, size } = file
  const end = offset + size
  try {
    for (let at = offset; at < end && !queue.isOver; ) {
      const block = await read(descriptor, at, end - at)
      if (block.length === 0) throw new Error('the file of the answer ended early')
      at += block.length
      if (!queue.push(block)) await new Promise<void>((resolve) => (queue.onRoom = resolve))
    }
    queue.end()
  } catch (error) {
    queue.fail(error)
  } finally {
    close(descriptor, () => undefined)
    over()
  }
}

function read(descriptor: number, position: number, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    readBlock(descriptor, position, maxBytes, (error, block) => {
      if (error === null) resolve(block)
      else reject(error)
    })
  })
}
