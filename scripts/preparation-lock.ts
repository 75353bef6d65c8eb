// What tests need is installed by one process at a time: the files of a test run are processes of their own, and may all ask
// at once.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { withLockFile } from './lock-file.ts'

const CACHE = fileURLToPath(new URL('../.cache', import.meta.url))

export async function withPreparationLock<T>(work: () => Promise<T>): Promise<T> {
  mkdirSync(CACHE, { recursive: true })
  return await withLockFile(join(CACHE, 'preparation.lock'), work)
}
