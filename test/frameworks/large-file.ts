// Twenty megabytes that no compression and no line reader makes easy: pseudo-random, the same every time.

import { createCipheriv, createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'

export const LARGE_FILE_BYTES = 20 * 1024 * 1024

export interface LargeFile {
  readonly path: string
  readonly sha256: string
}

export function writeLargeFile(path: string): LargeFile {
  const bytes = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(
    Buffer.alloc(LARGE_FILE_BYTES),
  )
  // What looks like the end of a form must not end it.
  bytes.write('\r\n--boundary--\r\n', LARGE_FILE_BYTES >> 1)
  writeFileSync(path, bytes)
  return { path, sha256: createHash('sha256').update(bytes).digest('hex') }
}
