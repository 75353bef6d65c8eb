// Large request bodies on disk: one private directory a front, one file a body, gone when its request is.

import { mkdtempSync, rmSync, unlink } from 'node:fs'
import { createWriteStream } from 'node:fs'
import type { WriteStream } from 'node:fs'
import { join } from 'node:path'

const PENDING_WRITE_BYTES = 262_144

/** The directory that the bodies of one front are spooled to. */
export class SpoolDirectory {
  readonly path: string
  #files = 0

  /** Makes a private directory (mode 0700) below `parent`. Throws what the file system says. */
  constructor(parent: string) {
    this.path = mkdtempSync(join(parent, 'gantry-spool-'))
  }

  create(): SpoolFile {
    this.#files++
    return new SpoolFile(join(this.path, String(this.#files)))
  }

  /** Removes the directory and whatever is left in it. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** One body being written. Report back-pressure to the client: stop reading when `write` returns false until `onDrain`. */
export class SpoolFile {
  readonly path: string
  size = 0
  onDrain: (() => void) | undefined
  /** Called once, when the file could not be written (ENOSPC, EDQUOT, …). */
  onError: ((error: Error) => void) | undefined
  readonly #stream: WriteStream

  constructor(path: string) {
    this.path = path
    this.#stream = createWriteStream(path, { flags: 'wx', mode: 0o600, highWaterMark: PENDING_WRITE_BYTES })
    this.#stream.on('drain', () => this.onDrain?.())
    this.#stream.on('error', (error) => {
      this.discard()
      this.onError?.(error)
    })
  }

  write(bytes: Uint8Array): boolean {
    this.size += bytes.length
    return this.#stream.write(bytes)
  }

  /** Resolves to true when every byte is in the file, to false when the file could not be written. */
  finish(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#whenClosed(() => resolve(this.#stream.errored === null))
      this.#stream.end()
    })
  }

  /** Gives the body up. */
  discard(): void {
    // Not before it is closed: while the file is still being opened it would come into being after its removal.
    this.#whenClosed(() => removeSpoolFile(this.path))
    this.#stream.destroy()
  }

  #whenClosed(act: () => void): void {
    if (this.#stream.closed) act()
    else this.#stream.once('close', act)
  }
}

/** Removes a spooled body, if the worker has not done so already. */
export function removeSpoolFile(path: string): void {
  // A file that is gone is what is wanted; one that cannot be removed goes with the directory.
  unlink(path, () => undefined)
}
