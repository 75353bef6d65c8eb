// Reads files a block at a time: what is sent to clients never lies in memory as a whole.

import { read } from 'node:fs'

const BLOCK_BYTES = 65_536

/** Reads up to a block of `availableBytes` at `position`. No bytes: the file has ended. */
export function readBlock(
  descriptor: number,
  position: number,
  availableBytes: number,
  then: (error: Error | null, block: Buffer) => void,
): void {
  const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, availableBytes))
  read(descriptor, block, 0, block.length, position, (error, bytesRead) => {
    then(error, block.subarray(0, bytesRead))
  })
}
