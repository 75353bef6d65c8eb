// --reload-on: tells when a file is touched. It is looked at now and then by its path, so that it may be replaced, removed and made anew;
// events of the file system are lost on some of them, and with some ways to write a file.

import { type StatsListener, unwatchFile, watchFile } from 'node:fs'

const LOOK_EVERY_MS = 500

/** Calls `onTouch` each time that the file's time of modification has changed. Returns what ends that. */
export function watchTouches(path: string, onTouch: () => void): () => void {
  let seenMs: number | undefined
  const look: StatsListener = ({ mtimeMs }, { mtimeMs: beforeMs }) => {
    seenMs ??= beforeMs
    // 0: it is not there. When it comes back with the time that it had, nothing has changed.
    if (mtimeMs === 0 || mtimeMs === seenMs) return
    seenMs = mtimeMs
    onTouch()
  }
  watchFile(path, { interval: LOOK_EVERY_MS }, look)
  return () => unwatchFile(path, look)
}
