// What another process writes to the end of a file when it gets a signal.

import { open } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const LOOK_EVERY_MS = 20
const PATIENCE_MS = 500
const MAX_BYTES = 262_144

/** The text that is added to the file at `path` when `signal` was called; empty if there is none. */
export async function textWrittenOn(path: string, signal: () => void): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const { size: before } = await file.stat()
    signal()
    const deadlineMs = performance.now() + PATIENCE_MS
    let size = before
    // It is complete when it has stopped growing.
    for (let isComplete = false; !isComplete && performance.now() < deadlineMs; ) {
      await pause(LOOK_EVERY_MS)
      const { size: now } = await file.stat()
      isComplete = now > before && now === size
      size = now
    }
    const bytes = Buffer.alloc(Math.min(size - before, MAX_BYTES))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, before)
    return bytes.toString('utf8', 0, bytesRead)
  } catch {
    return '' // the worker has ended, and its file is gone
  }
}
