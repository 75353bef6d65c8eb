// --reload-on: tells when a file is touched. It is looked at now and then by its path, so that it may be replaced, removed and made anew;
// events of the file system are lost on some of them, and with some ways to write a file.

import { statSync } from 'node:fs'
import { stat } from 'node:fs/promises'

const LOOK_EVERY_MS = 500

/** Calls `onTouch` each time that the file's time of modification has changed. Returns what ends that. */
export function watchTouches(path: string, onTouch: () => void, everyMs = LOOK_EVERY_MS): () => void {
  let seenMs = timeOf(path)
  let timer = setTimeout(look, everyMs)
  let isEnded = false
  return () => {
    isEnded = true
    clearTimeout(timer)
  }

  function look(): void {
    // One that is not there, or cannot be looked at just now, is not touched.
    void stat(path)
      .then(compare, () => undefined)
      .then(() => {
        if (!isEnded) timer = setTimeout(look, everyMs)
      })
  }

  function compare({ mtimeMs }: { readonly mtimeMs: number }): void {
    if (mtimeMs === seenMs || isEnded) return
    seenMs = mtimeMs
    onTouch()
  }
}

function timeOf(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs
  } catch {
    return undefined
  }
}
