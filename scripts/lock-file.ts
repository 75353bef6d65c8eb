// One process at a time: the lock is a file that holds its owner's process id. A dead owner's lock does not count.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

const POLL_MS = 50

export async function withLockFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!tryLock(path)) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error
    if (hasDeadOwner(path)) rmSync(path, { force: true })
    return false
  }
}

function hasDeadOwner(path: string): boolean {
  let owner: number
  try {
    owner = Number(readFileSync(path, 'utf8'))
    // Just made and not written yet.
    if (owner === 0) return false
  } catch {
    return false
  }
  try {
    process.kill(owner, 0)
    return false
  } catch (error) {
    return isSystemError(error, 'ESRCH')
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code
}
