// Where lines are written to: a file, or standard output. Neither ever makes the event loop wait.

import { closeSync, constants, openSync, write, writeSync } from 'node:fs'

export interface LineTarget {
  /** Writes what it can of `bytes`; one call at a time. An error may come with a part written. */
  write(bytes: Uint8Array, done: (error: NodeJS.ErrnoException | null, writtenBytes: number) => void): void
  /** Writes before it returns, or throws. For the very end of the process. */
  writeNow(bytes: Uint8Array): void
  /** Goes on in what is now at its path; throws and goes on as before if that cannot be opened. Not during `write`. */
  reopen(): void
  close(): void
}

const STANDARD_OUTPUT = '-'

/** Opens `target`, a path or `-`. Throws what the file system says. */
export function openLineTarget(target: string): LineTarget {
  return target === STANDARD_OUTPUT ? standardOutput() : new LineFile(target)
}

class LineFile implements LineTarget {
  readonly #path: string
  #descriptor: number

  constructor(path: string) {
    this.#path = path
    this.#descriptor = openToAppend(path)
  }

  write(bytes: Uint8Array, done: (error: NodeJS.ErrnoException | null, writtenBytes: number) => void): void {
    write(this.#descriptor, bytes, done)
  }

  writeNow(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; ) start += writeSync(this.#descriptor, bytes, start)
  }

  reopen(): void {
    const old = this.#descriptor
    this.#descriptor = openToAppend(this.#path)
    closeSync(old)
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

function openToAppend(path: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants
  // Without O_NONBLOCK a named pipe that nobody reads would hold the start, and one read slowly a thread of Node's, for ever.
  return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o640)
}

/** The stream and not its descriptor: workers' prints go through it too, and their lines must not be torn. */
function standardOutput(): LineTarget {
  return {
    write: (bytes, done) =>
      process.stdout.write(bytes, (error) => done(error ?? null, error ? 0 : bytes.length)),
    writeNow: (bytes) => process.stdout.write(bytes),
    reopen: () => undefined,
    close: () => undefined,
  }
}
